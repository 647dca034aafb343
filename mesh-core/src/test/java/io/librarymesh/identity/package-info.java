@NullMarked
package io.librarymesh.identity;

import org.jspecify.annotations.NullMarked;
