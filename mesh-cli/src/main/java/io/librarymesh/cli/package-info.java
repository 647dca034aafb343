/**
 * The command line, {@code meshctl}. Each command is a class that reads its options and calls what
 * does the work; the work of {@code call} and {@code demo}, which no other module does, is here
 * too.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.cli;
