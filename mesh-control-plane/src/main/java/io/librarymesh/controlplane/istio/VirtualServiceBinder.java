package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Set;

/** Reads a VirtualService. */
final class VirtualServiceBinder {
  /** What clients of the mesh do not do, and the Envoy of a gateway does. */
  private static final Set<String> DONE_BY_GATEWAYS = Set.of("corsPolicy", "statPrefix");

  private VirtualServiceBinder() {}

  static VirtualService bind(Fields document, Metadata metadata, Fields spec) {
    String namespace = metadata.namespace();
    List<String> hosts = spec.texts("hosts");
    List<String> written = HttpMatchBinder.gateways(spec, namespace);
    List<String> gateways = written.isEmpty() ? List.of(VirtualService.MESH_GATEWAY) : written;
    if (!gateways.contains(VirtualService.MESH_GATEWAY)) {
      spec.report().muteInForce(DONE_BY_GATEWAYS);
    }
    HttpRouteBinder routes = new HttpRouteBinder(namespace);
    return new VirtualService(
        document.position(),
        metadata,
        hosts,
        gateways,
        spec.texts("exportTo"),
        spec.messages("http", routes::bind),
        spec.messages("tls", rule -> L4RouteBinder.tls(rule, namespace)),
        spec.messages("tcp", rule -> L4RouteBinder.tcp(rule, namespace)));
  }
}
