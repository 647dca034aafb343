/**
 * What tests of the mesh stand on: time that moves only when told, draws that are written down, an
 * observer that remembers, and configuration handed over directly. The conformance cases are in
 * {@link io.librarymesh.testkit.conformance}.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.testkit;
