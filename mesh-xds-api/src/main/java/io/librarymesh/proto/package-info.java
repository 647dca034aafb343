/**
 * The xDS v3 messages that Library Mesh reads and writes, and the aggregated discovery service's
 * gRPC stubs, as Java classes.
 *
 * <p>The subpackages are generated when the module is built, from the {@code .proto} files inside
 * {@code io.envoyproxy.controlplane:api}, and trimmed to the messages and fields that {@code
 * src/main/xds/keep.txt} lists. The Java package is this one followed by the proto package: {@code
 * envoy.config.cluster.v3.Cluster} is {@link io.librarymesh.proto.envoy.config.cluster.v3.Cluster}.
 * On the wire nothing differs: proto packages, field numbers and type URLs ({@code
 * type.googleapis.com/envoy.config.cluster.v3.Cluster}) are Envoy's. {@code google.rpc.Status} is
 * {@code com.google.rpc.Status} of proto-google-common-protos, which grpc-protobuf brings.
 *
 * <p>What is trimmed is not lost. A field that is not kept arrives in {@link
 * com.google.protobuf.Message#getUnknownFields()} of the message that had it, and is written back
 * when that message is serialized. Three consequences for a reader:
 *
 * <ul>
 *   <li>Whoever must say what a resource asks for and the mesh does not honour looks at the unknown
 *       fields, at every level.
 *   <li>A oneof whose chosen member is not kept reads as not set. Look at the unknown fields before
 *       taking that as "absent".
 *   <li>Envoy's validation rules ({@code validate.rules}) are dropped with all other annotations;
 *       ranges and required fields are checked by the reader.
 * </ul>
 *
 * <p>Messages are immutable and may be shared between threads; builders are confined to one.
 */
package io.librarymesh.proto;
