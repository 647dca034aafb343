/** What a call costs, measured beside reference rows of the same run. */
@org.jspecify.annotations.NullMarked
package io.librarymesh.benchmarks;
