package io.librarymesh.controlplane.serve;

import java.util.Optional;

/**
 * A node id as Istio's proxies have it: {@code TYPE~ADDRESS~NAME.NAMESPACE~DOMAIN}.
 *
 * @param type {@code sidecar}, {@code router} or another
 * @param domain {@code NAMESPACE.svc.cluster.local}; may be empty
 */
record IstioNodeId(String type, String domain) {

  private static final String ROUTER = "router";

  /** Empty when the id is of another form. */
  static Optional<IstioNodeId> parse(String id) {
    String[] parts = id.split("~", -1);
    return parts.length == 4 ? Optional.of(new IstioNodeId(parts[0], parts[3])) : Optional.empty();
  }

  boolean isRouter() {
    return type.equals(ROUTER);
  }

  /** The namespace that its domain begins with, for nodes whose metadata name none. */
  Optional<String> namespace() {
    int dot = domain.indexOf('.');
    return dot < 1 ? Optional.empty() : Optional.of(domain.substring(0, dot));
  }
}
