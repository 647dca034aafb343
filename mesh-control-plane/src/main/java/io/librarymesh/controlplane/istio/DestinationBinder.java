package io.librarymesh.controlplane.istio;

import java.util.Optional;

/** Reads a {@code Destination}. */
final class DestinationBinder {
  private DestinationBinder() {}

  static Destination bind(Fields destination) {
    return new Destination(
        destination.position(),
        destination.textOrEmpty("host"),
        destination.textOrEmpty("subset"),
        destination.message("port", DestinationBinder::portNumber));
  }

  /** A destination that must be there; an empty one is left for validation when it is not. */
  static Destination required(Fields fields, String name) {
    return fields
        .message(name, DestinationBinder::bind)
        .orElseGet(() -> new Destination(fields.position(), "", "", Optional.empty()));
  }

  /** {@code port: {}} says port 0, which validation refuses. */
  static int portNumber(Fields port) {
    return port.port("number").orElse(0);
  }
}
