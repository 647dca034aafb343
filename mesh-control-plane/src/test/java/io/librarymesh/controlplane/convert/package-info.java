/** Conversions, each compared with what it was made of. */
@org.jspecify.annotations.NullMarked
package io.librarymesh.controlplane.convert;
