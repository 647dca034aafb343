package io.librarymesh.controlplane.istio;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a Sidecar. */
final class SidecarBinder {
  private static final String HTTP_PROXY = "HTTP_PROXY";

  private SidecarBinder() {}

  static Sidecar bind(Fields document, Metadata metadata, Fields spec) {
    return new Sidecar(
        document.position(),
        metadata,
        spec.message("workloadSelector", selector -> selector.textMap("labels")),
        spec.messages("ingress", SidecarBinder::ingress),
        spec.messages("egress", SidecarBinder::egress),
        spec.message("inboundConnectionPool", ConnectionPoolBinder::settings),
        spec.message("outboundTrafficPolicy", SidecarBinder::outboundPolicy));
  }

  private static Sidecar.Egress egress(Fields egress) {
    return new Sidecar.Egress(
        egress.position(),
        egress.message("port", SidecarBinder::port),
        egress.textOrEmpty("bind"),
        captureMode(egress),
        egress.texts("hosts"));
  }

  private static Sidecar.Ingress ingress(Fields ingress) {
    captureMode(ingress);
    return new Sidecar.Ingress(
        ingress.message("port", SidecarBinder::port),
        ingress.textOrEmpty("bind"),
        ingress.textOrEmpty("defaultEndpoint"),
        ingress.message("tls", tls -> ServerTlsBinder.bind(tls).mode()),
        ingress.message("connectionPool", ConnectionPoolBinder::settings));
  }

  private static Sidecar.CaptureMode captureMode(Fields listener) {
    return listener
        .choice("captureMode", Sidecar.CaptureMode.class)
        .orElse(Sidecar.CaptureMode.DEFAULT);
  }

  private static Sidecar.Port port(Fields port) {
    Optional<String> written = port.text("protocol");
    boolean proxy = written.filter(HTTP_PROXY::equalsIgnoreCase).isPresent();
    Optional<Protocol> protocol = written.flatMap(Protocol::byName);
    if (written.isPresent() && protocol.isEmpty() && !proxy) {
      List<String> names = new ArrayList<>(Protocol.NAMES);
      names.add(HTTP_PROXY);
      port.refuse(
          "protocol",
          "expected one of "
              + String.join(", ", names)
              + ", found "
              + Quoting.quote(written.get())
              + Spelling.hint(written.get(), names));
    }
    if (port.port("targetPort").filter(target -> target > 0).isPresent()) {
      port.refuse("targetPort", "a port of a Sidecar has no target (expected: not written)");
    }
    return new Sidecar.Port(
        port.port("number").orElse(0),
        port.textOrEmpty("name"),
        protocol.orElse(proxy ? Protocol.HTTP : Protocol.UNSPECIFIED),
        proxy);
  }

  private static Sidecar.OutboundPolicy outboundPolicy(Fields policy) {
    return new Sidecar.OutboundPolicy(
        policy
            .choice("mode", Sidecar.OutboundMode.class)
            .orElse(Sidecar.OutboundMode.REGISTRY_ONLY),
        policy.message("egressProxy", DestinationBinder::bind));
  }
}
