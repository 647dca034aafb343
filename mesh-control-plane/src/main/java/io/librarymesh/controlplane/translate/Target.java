package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import java.util.Locale;
import java.util.Optional;

/** What a {@code host:port} leads to, as one client sees it. */
sealed interface Target {

  /** A port of a service. */
  record OfService(Service service, int port) implements Target {}

  /**
   * A host on port 80 that only VirtualServices name.
   *
   * @param host the VirtualService's host, complete and lower-case; may be a wildcard
   */
  record OfRules(String host) implements Target {}

  /** Nobody declared it. */
  record Unknown() implements Target {}

  /** A host and a port as a client wrote them, the host in lower case without a final dot. */
  record Authority(String host, int port) {

    /** Reads {@code host:port}; IPv6 in brackets. Empty when the text is not of this form. */
    static Optional<Authority> parse(String text) {
      int colon = text.lastIndexOf(':');
      if (colon < 1) {
        return Optional.empty();
      }
      String host = text.substring(0, colon).toLowerCase(Locale.ROOT);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      } else if (host.indexOf(':') >= 0 || host.indexOf('/') >= 0) {
        return Optional.empty();
      }
      String plain = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
      return plain.isEmpty()
          ? Optional.empty()
          : ClusterName.port(text.substring(colon + 1)).map(p -> new Authority(plain, p));
    }
  }

  /** The target of a registered service's port. */
  static Target of(RegisteredService service, int port) {
    return new OfService(service.service(), port);
  }
}
