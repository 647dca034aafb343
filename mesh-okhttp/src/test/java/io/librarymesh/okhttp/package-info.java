/** Tests of the adapter on real sockets. */
@org.jspecify.annotations.NullMarked
package io.librarymesh.okhttp;
