package io.librarymesh.controlplane.istio;

/**
 * A shadow copy of requests; Istio's {@code HTTPMirrorPolicy}.
 *
 * @param destination where the copy goes
 * @param percentage share of requests that are copied; 100 when none was written
 * @param single whether it is written as the older {@code mirror}, not in {@code mirrors}
 */
public record HttpMirrorPolicy(Destination destination, Percent percentage, boolean single) {}
