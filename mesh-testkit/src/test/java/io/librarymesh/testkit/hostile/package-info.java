/**
 * Input of people who mean harm. Classes called {@code ...Fuzz} are fuzz targets in the form that
 * Jazzer takes; the ordinary tests give them the inputs under {@code resources/fuzz}.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.testkit.hostile;
