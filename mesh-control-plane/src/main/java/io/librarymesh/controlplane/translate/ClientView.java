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
 * @param role what part it plays
 * @param identity whether it says that it has an identity of the mesh, with which it can speak
 *     mutual TLS
 * @param egress what its Sidecar lets it see; a view that no context has made {@linkplain
 *     PushContext#canonical canonical} sees everything
 */
public record ClientView(
    String namespace,
    Map<String, String> labels,
    String locality,
    Dialect dialect,
    Role role,
    boolean identity,
    EgressScope egress) {

  /** A view as the client describes itself, without an identity. */
  public ClientView(
      String namespace, Map<String, String> labels, String locality, Dialect dialect, Role role) {
    this(namespace, labels, locality, dialect, role, false, EgressScope.EVERYTHING);
  }

  /** The same of one that calls services. */
  public ClientView(
      String namespace, Map<String, String> labels, String locality, Dialect dialect) {
    this(namespace, labels, locality, dialect, Role.CALLER);
  }

  /** Copies the labels. */
  public ClientView {
    labels = Map.copyOf(labels);
  }

  /** The same client with other labels and elsewhere. */
  public ClientView with(Map<String, String> otherLabels, String otherLocality) {
    return new ClientView(namespace, otherLabels, otherLocality, dialect, role, identity, egress);
  }

  /** The same client, with an identity of the mesh or without one. */
  public ClientView withIdentity(boolean value) {
    return new ClientView(namespace, labels, locality, dialect, role, value, egress);
  }

  /** The same client, seeing something else. */
  ClientView withEgress(EgressScope scope) {
    return new ClientView(namespace, labels, locality, dialect, role, identity, scope);
  }

  boolean isRouter() {
    return role == Role.ROUTER;
  }

  boolean hasLabels(Map<String, String> wanted) {
    return labels.entrySet().containsAll(wanted.entrySet());
  }
}
