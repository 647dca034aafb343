@NullMarked
package io.librarymesh.controlplane.retired;

import org.jspecify.annotations.NullMarked;
