package io.librarymesh.config;

import java.util.List;
import java.util.Optional;

/**
 * How the endpoints of a cluster are spoken to. Source: Envoy {@code transport_socket} and {@code
 * transport_socket_matches}.
 *
 * @param matches the first one that fits an endpoint counts
 * @param otherwise how endpoints are spoken to that nothing fits; empty for plain text
 */
public record TransportSockets(List<Match> matches, Optional<UpstreamTls> otherwise) {
  /** Plain text to everybody. */
  public static final TransportSockets PLAIN = new TransportSockets(List.of(), Optional.empty());

  public TransportSockets {
    matches = List.copyOf(matches);
  }

  /** TLS to everybody. */
  public static TransportSockets of(UpstreamTls tls) {
    return new TransportSockets(List.of(), Optional.of(tls));
  }

  /** How an endpoint is spoken to; empty for plain text. */
  public Optional<UpstreamTls> to(Metadata endpoint) {
    for (int i = 0; i < matches.size(); i++) {
      if (endpoint.matches(matches.get(i).wanted(), false)) {
        return matches.get(i).socket();
      }
    }
    return otherwise;
  }

  /**
   * How some endpoints are spoken to.
   *
   * @param name for people
   * @param wanted what an endpoint must have in its {@code envoy.transport_socket_match}
   * @param socket empty for plain text
   */
  public record Match(String name, Metadata wanted, Optional<UpstreamTls> socket) {}
}
