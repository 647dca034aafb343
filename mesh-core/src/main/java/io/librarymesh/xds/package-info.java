/**
 * The xDS client: streams, acknowledgements, and the reading of protobuf into {@code config}. The
 * only room that knows protobuf or gRPC.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.xds;
