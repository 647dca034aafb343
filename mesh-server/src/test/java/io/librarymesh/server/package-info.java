@org.jspecify.annotations.NullMarked
package io.librarymesh.server;
