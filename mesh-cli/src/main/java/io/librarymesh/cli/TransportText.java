package io.librarymesh.cli;

import io.librarymesh.config.Cluster;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.TransportSockets;
import io.librarymesh.config.UpstreamTls;
import io.librarymesh.config.UpstreamTls.Certificate;
import io.librarymesh.config.UpstreamTls.Trust;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What endpoints are spoken to in, for people. */
final class TransportText {
  private static final int SHOWN = 5;

  private TransportText() {}

  /** What the cluster asks for; nothing where all is plain text. */
  static List<String> lines(Cluster cluster) {
    TransportSockets sockets = cluster.sockets();
    List<String> lines = new ArrayList<>();
    for (TransportSockets.Match match : sockets.matches()) {
      match.socket().ifPresent(tls -> lines.add(words(tls) + "; to endpoints that serve it"));
    }
    sockets.otherwise().ifPresent(tls -> lines.add(words(tls)));
    return lines;
  }

  /** What one endpoint is spoken to in; empty where all of the cluster is plain text. */
  static String of(Cluster cluster, Endpoint endpoint) {
    if (lines(cluster).isEmpty()) {
      return "";
    }
    Optional<UpstreamTls> tls = cluster.sockets().to(endpoint.socketMatch());
    return "; " + tls.map(TransportText::kind).orElse("plain text");
  }

  private static String kind(UpstreamTls tls) {
    return tls.certificate() instanceof Certificate.None ? "TLS" : "mutual TLS";
  }

  private static String words(UpstreamTls tls) {
    return kind(tls)
        + (tls.sni().isEmpty() ? ", no server name" : ", server name " + tls.sni())
        + ", expects "
        + expected(tls);
  }

  private static String expected(UpstreamTls tls) {
    if (tls.trust() instanceof Trust.InsecureAnybody) {
      return "anybody (insecure)";
    }
    Set<String> names = new LinkedHashSet<>();
    tls.names().forEach(name -> names.add(name(name.match())));
    if (names.isEmpty()) {
      return tls.trust() instanceof Trust.OfMesh || tls.sni().isEmpty() ? "nobody" : tls.sni();
    }
    String shown = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
    return names.size() > SHOWN ? shown + " and " + (names.size() - SHOWN) + " more" : shown;
  }

  private static String name(StringMatch match) {
    return match instanceof StringMatch.Exact exact ? exact.value() : match.toString();
  }
}
