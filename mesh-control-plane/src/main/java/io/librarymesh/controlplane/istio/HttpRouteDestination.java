package io.librarymesh.controlplane.istio;

/**
 * A weighted destination of an HTTP rule; Istio's {@code HTTPRouteDestination}.
 *
 * @param position where the entry begins
 * @param destination where to
 * @param weight relative weight, 0 when none was written; with two or more destinations 0 means
 *     never
 * @param headers header operations of this destination
 */
public record HttpRouteDestination(
    SourcePosition position, Destination destination, int weight, Headers headers) {}
