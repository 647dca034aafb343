/**
 * Servers of the mesh: takes connections, carries out the TLS mode of a port, and has requests
 * judged before the application sees them. Does I/O and decides nothing: who may come is said by
 * {@link io.librarymesh.authz.InboundEngine}, which {@link io.librarymesh.server.InboundPolicyView}
 * brings.
 *
 * <p>{@link io.librarymesh.server.InboundListener} makes a mesh server of any that speaks plain
 * HTTP, {@link io.librarymesh.server.ServerTls} of one that speaks TLS by itself. In front of the
 * application stands {@link io.librarymesh.server.MeshHttpFilter} or {@link
 * io.librarymesh.server.MeshServletFilter}, to which the caller's identity comes beside the
 * request, never in it.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.server;
