/**
 * Turns what people declared into xDS v3 resources: pure functions from a {@link
 * io.librarymesh.controlplane.translate.PushContext} and a {@link
 * io.librarymesh.controlplane.translate.ClientView} to one resource by name.
 *
 * <p>The shape is the one of proxyless gRPC: a Listener per {@code host:port} that a client calls,
 * a RouteConfiguration with one virtual host per service port, a Cluster and a
 * ClusterLoadAssignment per service port and subset. A client names what it needs and gets nothing
 * else.
 *
 * <p>Nothing in here keeps state, waits or logs. Equal input gives equal bytes.
 */
@NullMarked
package io.librarymesh.controlplane.translate;

import org.jspecify.annotations.NullMarked;
