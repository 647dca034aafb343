package io.librarymesh.controlplane.istio;

/**
 * A weighted destination of a TLS or TCP rule; Istio's {@code RouteDestination}.
 *
 * @param position where the entry begins
 * @param destination where to
 * @param weight relative weight, 0 when none was written
 */
public record RouteDestination(SourcePosition position, Destination destination, int weight) {}
