@org.jspecify.annotations.NullMarked
package io.librarymesh.controlplane.keys;
