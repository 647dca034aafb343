/**
 * {@code meshctl demo}: the workshop on live traffic. A stage of real processes, chapters that say
 * what they expect, and a script that plays them and compares.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.cli.demo;
