/**
 * The conformance cases that are written as Istio resources, through the whole of the control plane
 * and the client.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.controlplane.conformance;
