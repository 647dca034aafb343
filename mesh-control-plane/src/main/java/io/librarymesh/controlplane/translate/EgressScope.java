package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Sidecar;
import io.librarymesh.controlplane.istio.Sidecar.OutboundPolicy;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What clients see of the mesh: everything, or what the Sidecar in force for them imports.
 * Immutable; equal when the same Sidecar says the same to clients of the same namespace.
 *
 * <p>It is a part of the {@link ClientView}, so that no client is ever served from what was made
 * for one that sees more.
 */
public final class EgressScope {

  /** Nothing is left out, and the mesh says what becomes of unknown hosts. */
  public static final EgressScope EVERYTHING = new EgressScope("", Optional.empty());

  private final String namespace;
  private final Optional<Sidecar> sidecar;
  private final List<EgressListener> listeners;
  private final int hash;

  private EgressScope(String namespace, Optional<Sidecar> sidecar) {
    this.namespace = namespace;
    this.sidecar = sidecar;
    List<Sidecar.Egress> written = sidecar.map(Sidecar::egress).orElse(List.of());
    this.listeners =
        written.isEmpty()
            ? List.of(EgressListener.EVERYTHING)
            : written.stream().map(entry -> EgressListener.of(entry, namespace)).toList();
    this.hash = Objects.hash(namespace, sidecar);
  }

  /**
   * What a Sidecar leaves.
   *
   * @param namespace the clients', which may be another than the Sidecar's
   */
  static EgressScope of(Sidecar sidecar, String namespace) {
    return new EgressScope(namespace, Optional.of(sidecar));
  }

  /** Whether nothing is left out, so that nobody need ask. */
  boolean isEverything() {
    return sidecar.map(Sidecar::egress).orElse(List.of()).isEmpty();
  }

  /** The Sidecar that says so. */
  Optional<Sidecar> sidecar() {
    return sidecar;
  }

  /** What it says of calls to unknown hosts; absent when the mesh decides. */
  Optional<OutboundPolicy> outboundPolicy() {
    return sidecar.flatMap(Sidecar::outboundTrafficPolicy);
  }

  /** All entries; at least one. */
  List<EgressListener> listeners() {
    return listeners;
  }

  /** The entry for calls to a port; empty when no call to it is known. */
  Optional<EgressListener> listener(int port) {
    for (EgressListener entry : listeners) {
      if (entry.port() == port || entry.port() == EgressListener.ALL_PORTS) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof EgressScope that
            && hash == that.hash
            && namespace.equals(that.namespace)
            && sidecar.equals(that.sidecar));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** Which Sidecar it is. */
  @Override
  public String toString() {
    return sidecar.map(s -> s.id().toString()).orElse("everything");
  }
}
