package io.librarymesh.controlplane.istio;

import java.util.Map;
import java.util.Optional;

/**
 * Whether servers take mutual TLS, plaintext or both; {@code security.istio.io/PeerAuthentication}.
 *
 * @param position where the document begins
 * @param metadata name and namespace
 * @param selector labels of the workloads of its namespace that it is for; empty: all of them, or
 *     all of the mesh in the root namespace
 * @param mode of ports that have none of their own; empty: that of the next wider policy
 * @param portLevelMtls modes by the port that a workload listens on, as it is written; present but
 *     empty is invalid
 */
public record PeerAuthentication(
    SourcePosition position,
    Metadata metadata,
    Map<String, String> selector,
    Optional<Mode> mode,
    Optional<Map<String, Optional<Mode>>> portLevelMtls)
    implements Resource {

  /** Copies the maps, keeping their order. */
  public PeerAuthentication {
    selector = Copies.ordered(selector);
    portLevelMtls = portLevelMtls.map(Copies::ordered);
  }

  @Override
  public Kind kind() {
    return Kind.PEER_AUTHENTICATION;
  }

  /** The mode of a port alone; empty where none is written for it, or {@code UNSET} is. */
  public Optional<Mode> modeOf(int port) {
    return portLevelMtls.flatMap(
        ports -> ports.getOrDefault(Integer.toString(port), Optional.empty()));
  }

  /** What a server takes. {@code UNSET}, which Istio also has, is as if nothing were written. */
  public enum Mode {
    /** Plaintext. */
    DISABLE,
    /** Mutual TLS and plaintext. */
    PERMISSIVE,
    /** Mutual TLS. */
    STRICT
  }
}
