package io.librarymesh.xds;

import com.google.protobuf.Any;
import io.librarymesh.config.TransportSockets;
import io.librarymesh.config.UpstreamTls;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster.TransportSocketMatch;
import io.librarymesh.proto.envoy.config.core.v3.TransportSocket;
import io.librarymesh.proto.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads in what endpoints are spoken to. Source: Envoy {@code transport_socket} and {@code
 * transport_socket_matches} of {@code cluster.v3.Cluster}.
 *
 * <p>What cannot be carried out is an error: sending in plain text what was meant to be encrypted,
 * or to somebody who was not to have it, is worse than not sending it.
 */
final class TransportSocketReader {
  private static final String RAW_BUFFER = "envoy.transport_sockets.raw_buffer";

  private TransportSocketReader() {}

  static TransportSockets read(Cluster message, FieldPath root, Findings findings) {
    if (message.getTransportSocketMatchesCount() == 0 && !message.hasTransportSocket()) {
      return TransportSockets.PLAIN;
    }
    List<TransportSockets.Match> matches = new ArrayList<>();
    for (int i = 0; i < message.getTransportSocketMatchesCount(); i++) {
      TransportSocketMatch match = message.getTransportSocketMatches(i);
      FieldPath at = root.element("transport_socket_matches", i);
      matches.add(
          new TransportSockets.Match(
              match.getName(),
              MetadataReader.read(match.getMatch()),
              socket(match.getTransportSocket(), at.field("transport_socket"), findings)));
    }
    Optional<UpstreamTls> otherwise =
        message.hasTransportSocket()
            ? socket(message.getTransportSocket(), root.field("transport_socket"), findings)
            : Optional.empty();
    return new TransportSockets(matches, otherwise);
  }

  private static Optional<UpstreamTls> socket(
      TransportSocket socket, FieldPath at, Findings findings) {
    Any settings = socket.getTypedConfig();
    if (socket.hasTypedConfig()
        ? settings.is(RawBuffer.class)
        : socket.getName().equals(RAW_BUFFER)) {
      return Optional.empty();
    }
    if (!settings.is(UpstreamTlsContext.class)) {
      findings.error(
          at,
          socket.getName()
              + " (expected: "
              + RAW_BUFFER
              + " or envoy.transport_sockets.tls with an UpstreamTlsContext)");
      return Optional.empty();
    }
    FieldPath inside = at.field("typed_config");
    return AnyReader.unpack(settings, UpstreamTlsContext.class, inside, findings)
        .map(context -> UpstreamTlsReader.read(context, inside, findings));
  }
}
