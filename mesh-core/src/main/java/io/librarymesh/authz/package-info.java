/**
 * Takes a request to a server; returns an {@link io.librarymesh.authz.InboundVerdict}: whether its
 * tokens are good and its caller may do this. Compiles an {@code InboundPolicy} once per update.
 *
 * <p>Beside the walk of a call: nothing of it knows this room.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.authz;
