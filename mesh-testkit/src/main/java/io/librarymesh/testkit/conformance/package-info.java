/**
 * Conformance cases as data, and what runs them. A {@link
 * io.librarymesh.testkit.conformance.ConformanceCase} says what is configured, what is called, what
 * the upstream answers and what the caller must see; a {@link
 * io.librarymesh.testkit.conformance.ConformanceDriver} does it over one adapter; the {@link
 * io.librarymesh.testkit.conformance.ConformanceRunner} compares. The format is described in {@code
 * conformance/README.md} beside the cases.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.testkit.conformance;
