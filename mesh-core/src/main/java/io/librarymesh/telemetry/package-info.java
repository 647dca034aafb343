/** The finished call as values, and the observer that receives them. Never influences a call. */
@org.jspecify.annotations.NullMarked
package io.librarymesh.telemetry;
