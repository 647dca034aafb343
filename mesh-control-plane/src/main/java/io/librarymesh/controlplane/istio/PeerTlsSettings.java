package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Optional;

/**
 * What the {@code MeshConfig} says of TLS between workloads; absent is Istio's default.
 *
 * @param enableAutoMtls whether endpoints that serve mutual TLS are called with it where no
 *     DestinationRule says how
 * @param trustDomain the domain of the mesh's identities
 * @param trustDomainAliases domains whose identities count as those of the mesh
 */
public record PeerTlsSettings(
    Optional<Boolean> enableAutoMtls,
    Optional<String> trustDomain,
    List<String> trustDomainAliases) {

  /** Istio's defaults. */
  public static final PeerTlsSettings NONE =
      new PeerTlsSettings(Optional.empty(), Optional.empty(), List.of());

  /** Copies the list. */
  public PeerTlsSettings {
    trustDomainAliases = List.copyOf(trustDomainAliases);
  }
}
