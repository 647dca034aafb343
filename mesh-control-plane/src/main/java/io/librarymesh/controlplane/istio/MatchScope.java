package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The conditions of a match that concern who calls and on which port, not the single request. The
 * control plane decides them while it makes the routes of a client.
 *
 * @param port the service port
 * @param sourceLabels labels that the client workload must carry
 * @param sourceNamespace the client's namespace
 * @param gateways replaces the VirtualService's gateways for this match; when it is not empty, an
 *     HTTP match does not look at sourceLabels and sourceNamespace
 */
public record MatchScope(
    Optional<Integer> port,
    Map<String, String> sourceLabels,
    Optional<String> sourceNamespace,
    List<String> gateways) {

  /** No condition. */
  public static final MatchScope ANY =
      new MatchScope(Optional.empty(), Map.of(), Optional.empty(), List.of());

  /** Copies the collections. */
  public MatchScope {
    sourceLabels = Copies.ordered(sourceLabels);
    gateways = List.copyOf(gateways);
  }
}
