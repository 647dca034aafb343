@org.jspecify.annotations.NullMarked
package io.librarymesh.spiffe;
