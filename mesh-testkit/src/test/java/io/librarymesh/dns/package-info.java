/** Tests of mesh-core's room for names; they stand here because the fakes that they need do. */
@org.jspecify.annotations.NullMarked
package io.librarymesh.dns;
