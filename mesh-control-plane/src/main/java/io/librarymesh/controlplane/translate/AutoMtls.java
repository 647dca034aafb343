package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.PeerAuthentication.Mode;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import java.util.List;

/**
 * Which endpoints are called with mutual TLS of the mesh where no DestinationRule says how. Whether
 * one serves it is known of the endpoint, never guessed from the service. Source: Istio {@code
 * pilot/pkg/xds/endpoints/mtls_checker.go}.
 */
final class AutoMtls {
  private AutoMtls() {}

  /** Whether some endpoint of a service may be called so, if it serves it. */
  static boolean isPossible(Upstream upstream, MeshConfig meshConfig) {
    return upstream.policy().tls().isEmpty()
        && meshConfig.autoMtls()
        && !upstream.service().service().meshExternal();
  }

  /**
   * Whether this endpoint is called so. A namespace that takes plaintext alone is called in
   * plaintext, whatever policies of single workloads say.
   */
  static boolean reaches(ServiceEndpoint endpoint, Service service, ClientLookup lookup) {
    return lookup.meshConfig().autoMtls()
        && !service.meshExternal()
        && endpoint.mutualTls()
        && lookup.peers(service.namespace()).mode(service.namespace()) != Mode.DISABLE
        && lookup
                .peers(endpoint.namespace())
                .mode(endpoint.namespace(), endpoint.labels(), endpoint.port())
            != Mode.DISABLE;
  }

  /** Whether all endpoints of the port are called so, for a client that does not see them. */
  static boolean reachesAll(Upstream upstream, ClientLookup lookup) {
    RegisteredService service = upstream.service();
    List<ServiceEndpoint> endpoints = service.endpoints(upstream.name().port());
    return !endpoints.isEmpty()
        && endpoints.stream().allMatch(e -> reaches(e, service.service(), lookup));
  }
}
