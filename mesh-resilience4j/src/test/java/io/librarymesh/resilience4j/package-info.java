@org.jspecify.annotations.NullMarked
package io.librarymesh.resilience4j;
