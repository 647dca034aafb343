package io.librarymesh.controlplane.istio;

import java.util.Optional;

/**
 * A service, or a subset of it; Istio's {@code Destination}.
 *
 * @param position where the destination begins
 * @param host the service's host as written; a name without a dot belongs to the rule's namespace
 * @param subset the DestinationRule subset, empty for the whole service
 * @param port the service port; absent means the port that the client called
 */
public record Destination(
    SourcePosition position, String host, String subset, Optional<Integer> port) {}
