package io.librarymesh.controlplane.istio;

import java.util.List;

/**
 * What clients do to protect themselves and a service where Istio has no field for it; {@code
 * librarymesh.io/ResiliencePolicy}. Attaches to hosts as a VirtualService does.
 *
 * @param position where the document begins
 * @param metadata name and namespace; short names inside are expanded with this namespace
 * @param hosts the names that the rules attach to, as written; at least one
 * @param exportTo namespaces whose clients the rules are for: {@code .}, {@code *} or names; empty
 *     means everybody
 * @param http ordered rules; the first whose match applies to a request is in force for it
 */
public record ResiliencePolicy(
    SourcePosition position,
    Metadata metadata,
    List<String> hosts,
    List<String> exportTo,
    List<ResilienceRule> http)
    implements Resource {

  /** Copies the lists. */
  public ResiliencePolicy {
    hosts = List.copyOf(hosts);
    exportTo = List.copyOf(exportTo);
    http = List.copyOf(http);
  }

  @Override
  public Kind kind() {
    return Kind.RESILIENCE_POLICY;
  }
}
