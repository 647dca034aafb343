package io.librarymesh.authz;

import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.IpAddress;
import io.librarymesh.config.Metadata;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What conditions look at: a connection, and a request on it unless it is not HTTP. */
final class Facts {
  private static final String FORWARDED_FOR = "x-forwarded-for";

  private final InboundConnection connection;
  private final @Nullable InboundRequest request;
  private final ClientAddress client;
  private final String target;
  private final String path;
  private final Metadata claims;
  private @Nullable InetAddress remote;

  private Facts(
      InboundConnection connection,
      @Nullable InboundRequest request,
      ClientAddress client,
      String target,
      Metadata claims) {
    this.connection = connection;
    this.request = request;
    this.client = client;
    this.target = target;
    this.path = pathOf(target);
    this.claims = claims;
  }

  /** A connection of which no requests are known. */
  static Facts of(InboundConnection connection) {
    return new Facts(connection, null, new ClientAddress(true, 0), "", Metadata.EMPTY);
  }

  /**
   * A request.
   *
   * @param target its path in the form to judge, with the query
   */
  static Facts of(InboundRequest request, ClientAddress client, String target, Metadata claims) {
    return new Facts(request, request, client, target, claims);
  }

  InboundConnection connection() {
    return connection;
  }

  boolean isHttp() {
    return request != null;
  }

  /** Without the query. */
  String path() {
    return path;
  }

  Metadata claims() {
    return claims;
  }

  /** The lines of a header, pseudo headers included. */
  List<String> headerLines(String name) {
    if (request == null) {
      return List.of();
    }
    return switch (name) {
      case ":method" -> List.of(request.method());
      case ":scheme" -> List.of(request.scheme());
      case ":path" -> List.of(target);
      // One header for both, as in Envoy.
      case ":authority", "host" ->
          request.authority().isEmpty() ? List.of() : List.of(request.authority());
      default -> name.startsWith(":") ? List.of() : request.headerLines(name);
    };
  }

  /** Where the client says to be. */
  InetAddress remote() {
    InetAddress known = remote;
    if (known == null) {
      known = forwarded().orElse(connection.source());
      remote = known;
    }
    return known;
  }

  private Optional<InetAddress> forwarded() {
    int skipped = client.ofConnection() ? client.trustedHops() - 1 : client.trustedHops();
    if (request == null || skipped < 0) {
      return Optional.empty();
    }
    String all = String.join(",", request.headerLines(FORWARDED_FOR));
    int end = all.length();
    for (int i = 0; i < skipped; i++) {
      end = all.lastIndexOf(',', end - 1);
      if (end < 0) {
        return Optional.empty();
      }
    }
    String entry = all.substring(all.lastIndexOf(',', end - 1) + 1, end);
    return IpAddress.parse(entry.strip());
  }

  private static String pathOf(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }
}
