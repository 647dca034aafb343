/**
 * The control plane as one object, to run by itself or inside a service.
 *
 * <p>The rooms below, in the order in which configuration walks: {@code istio} reads, {@code
 * retired} says what retired APIs mean today, {@code store} keeps, {@code registry} knows services
 * and endpoints, {@code translate} makes xDS, {@code serve} delivers it; {@code admin} stands
 * beside and shows.
 */
@NullMarked
package io.librarymesh.controlplane;

import org.jspecify.annotations.NullMarked;
