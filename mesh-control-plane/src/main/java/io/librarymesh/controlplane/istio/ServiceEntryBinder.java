package io.librarymesh.controlplane.istio;

import java.util.Optional;

/** Reads a ServiceEntry. */
final class ServiceEntryBinder {
  private ServiceEntryBinder() {}

  static ServiceEntry bind(Fields document, Metadata metadata, Fields spec) {
    return new ServiceEntry(
        document.position(),
        metadata,
        spec.texts("hosts"),
        spec.texts("addresses"),
        spec.messages("ports", ServiceEntryBinder::port),
        spec.choice("location", ServiceEntry.Location.class)
            .orElse(ServiceEntry.Location.MESH_EXTERNAL),
        spec.choice("resolution", ServiceEntry.Resolution.class)
            .orElse(ServiceEntry.Resolution.NONE),
        spec.messages("endpoints", WorkloadBinder::spec),
        spec.message("workloadSelector", selector -> selector.textMap("labels")),
        spec.texts("exportTo"),
        spec.texts("subjectAltNames"));
  }

  private static ServiceEntry.Port port(Fields port) {
    int number = port.port("number").orElse(0);
    Optional<String> written = port.text("protocol");
    Optional<Protocol> protocol = written.flatMap(Protocol::byName);
    if (written.isPresent() && protocol.isEmpty()) {
      port.refuse(
          "protocol",
          "expected one of "
              + String.join(", ", Protocol.NAMES)
              + ", found "
              + Quoting.quote(written.get())
              + Spelling.hint(written.get(), Protocol.NAMES));
    }
    return new ServiceEntry.Port(
        number,
        port.textOrEmpty("name"),
        protocol.orElse(Protocol.UNSPECIFIED),
        port.port("targetPort").orElse(number));
  }
}
