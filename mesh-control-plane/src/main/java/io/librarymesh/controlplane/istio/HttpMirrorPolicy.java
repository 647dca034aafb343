package io.librarymesh.controlplane.istio;

/**
 * A shadow copy of requests; Istio's {@code HTTPMirrorPolicy}.
 *
 * @param destination where the copy goes
 * @param percentage share of requests that are copied; 100 when none was written
 */
public record HttpMirrorPolicy(Destination destination, Percent percentage) {}
