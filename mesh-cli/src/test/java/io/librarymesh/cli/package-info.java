@org.jspecify.annotations.NullMarked
package io.librarymesh.cli;
