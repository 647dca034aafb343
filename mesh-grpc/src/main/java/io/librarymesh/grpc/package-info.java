/**
 * gRPC clients and servers in the mesh: channel builders and interceptors that drive the engine of
 * {@code mesh-core}, on grpc-java's own xDS stack where that stack is right. Nothing lives here
 * yet; until it does, a stock {@code grpc-xds} client can read the control plane directly.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.grpc;
