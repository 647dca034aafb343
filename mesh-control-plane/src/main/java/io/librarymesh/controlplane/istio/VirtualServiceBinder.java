package io.librarymesh.controlplane.istio;

import java.util.List;

/** Reads a VirtualService. */
final class VirtualServiceBinder {
  private VirtualServiceBinder() {}

  static VirtualService bind(Fields document, Metadata metadata, Fields spec) {
    List<String> hosts = spec.texts("hosts");
    List<String> written = spec.texts("gateways");
    List<String> gateways = written.isEmpty() ? List.of(VirtualService.MESH_GATEWAY) : written;
    if (!gateways.contains(VirtualService.MESH_GATEWAY)) {
      spec.report().muteInForce();
      spec.report()
          .inform(
              spec.path().field("gateways"),
              "not used here: these rules are for the gateways named, not for clients of the mesh");
    }
    HttpRouteBinder routes = new HttpRouteBinder(metadata.namespace());
    return new VirtualService(
        document.position(),
        metadata,
        hosts,
        gateways,
        spec.texts("exportTo"),
        spec.messages("http", routes::bind),
        spec.messages("tls", L4RouteBinder::tls),
        spec.messages("tcp", L4RouteBinder::tcp));
  }
}
