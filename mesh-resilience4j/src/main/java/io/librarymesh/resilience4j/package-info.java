/**
 * Rate limits and bulkheads of a {@link io.librarymesh.config.ResiliencePolicy}, counted by
 * Resilience4j. Being on the class path is all it takes: the mesh finds {@link
 * io.librarymesh.resilience4j.Resilience4jPermits} by itself.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.resilience4j;
