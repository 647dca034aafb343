/** Tests of mesh-core's root package; they stand here because the fakes that they need do. */
@org.jspecify.annotations.NullMarked
package io.librarymesh;
