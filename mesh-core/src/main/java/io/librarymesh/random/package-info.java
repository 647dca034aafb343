/** The seam to chance. Takes the name of a decision; returns a number. No other room draws. */
@org.jspecify.annotations.NullMarked
package io.librarymesh.random;
