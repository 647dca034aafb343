package io.librarymesh.controlplane.translate;

import java.util.Map;

/**
 * What of a client decides the resources that it gets. Clients with equal views get equal
 * resources.
 *
 * @param namespace the client's namespace, from which short names are resolved
 * @param labels the client's labels; of interest are only those that some rule asks for
 * @param locality where it runs, {@code region/zone/subzone}; of interest only where some rule
 *     prefers what is near
 * @param dialect what it understands
 */
public record ClientView(
    String namespace, Map<String, String> labels, String locality, Dialect dialect) {

  /** Copies the labels. */
  public ClientView {
    labels = Map.copyOf(labels);
  }

  boolean hasLabels(Map<String, String> wanted) {
    return labels.entrySet().containsAll(wanted.entrySet());
  }
}
