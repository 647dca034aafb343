/**
 * The conformance driver of the bare engine: it obeys the steps of a {@link
 * io.librarymesh.MeshCall} on fake time, with scripted chance and without a socket.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.testkit.engine;
