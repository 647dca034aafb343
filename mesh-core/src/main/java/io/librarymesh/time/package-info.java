/**
 * The seams to time. Takes nothing; returns nanoseconds and timers. No other room reads a clock or
 * starts a timer.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.time;
