/** A stock Envoy at the edge of a mesh that this control plane serves. */
@org.jspecify.annotations.NullMarked
package io.librarymesh.controlplane.ingress;
