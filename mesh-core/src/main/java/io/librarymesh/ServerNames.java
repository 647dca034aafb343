package io.librarymesh;

import io.librarymesh.config.StringMatch;
import io.librarymesh.config.UpstreamTls;
import io.librarymesh.config.UpstreamTls.SubjectAltName;
import io.librarymesh.config.UpstreamTls.SubjectAltName.Kind;
import io.librarymesh.identity.CertificateNames;
import io.librarymesh.identity.PeerPolicy;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.route.TextCondition;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Who a server may be, of what a cluster says about the names of its certificate. */
final class ServerNames {
  private static final int SHOWN = 5;

  private ServerNames() {}

  /** Which workloads are meant. Only URIs name any; of no names nobody is meant. */
  static PeerPolicy workloads(List<SubjectAltName> names) {
    List<SubjectAltName> uris = names.stream().filter(name -> name.kind() == Kind.URI).toList();
    Set<SpiffeId> ids = new HashSet<>();
    for (SubjectAltName name : uris) {
      Optional<SpiffeId> id = id(name.match());
      if (id.isEmpty()) {
        return PeerPolicy.matching(words(names), anyOf(uris));
      }
      ids.add(id.get());
    }
    return PeerPolicy.oneOf(ids);
  }

  private static Optional<SpiffeId> id(StringMatch match) {
    if (match instanceof StringMatch.Exact exact && !exact.ignoreCase()) {
      try {
        return Optional.of(SpiffeId.parse(exact.value()));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static Predicate<String> anyOf(List<SubjectAltName> names) {
    return names.stream()
        .map(name -> TextCondition.of(name.match()))
        .reduce(text -> false, Predicate::or);
  }

  /** The names that a certificate of the server must have, where it is none of the mesh. */
  static Predicate<CertificateNames> rule(UpstreamTls asked) {
    if (asked.names().isEmpty()) {
      String host = asked.sni();
      return found -> !host.isEmpty() && found.isHost(host);
    }
    return asked.names().stream().map(ServerNames::rule).reduce(found -> false, Predicate::or);
  }

  private static Predicate<CertificateNames> rule(SubjectAltName name) {
    Predicate<String> text = TextCondition.of(name.match());
    return switch (name.kind()) {
      case URI -> found -> found.uris().stream().anyMatch(text);
      case DNS -> found -> isHost(name, found) || found.hosts().stream().anyMatch(text);
      case IP_ADDRESS -> found -> found.addresses().stream().anyMatch(text);
      case HOST ->
          found ->
              isHost(name, found)
                  || found.hosts().stream().anyMatch(text)
                  || found.addresses().stream().anyMatch(text);
    };
  }

  /** A certificate with a wildcard is that of a host below it, as in Envoy. */
  private static boolean isHost(SubjectAltName name, CertificateNames found) {
    return name.match() instanceof StringMatch.Exact exact && found.isHost(exact.value());
  }

  /** For messages. */
  static String expected(UpstreamTls asked) {
    if (!asked.names().isEmpty()) {
      return words(asked.names());
    }
    return asked.sni().isEmpty() || asked.trust() instanceof UpstreamTls.Trust.OfMesh
        ? "nobody: no name is known of this destination"
        : asked.sni();
  }

  private static String words(List<SubjectAltName> names) {
    String shown =
        names.stream()
            .limit(SHOWN)
            .map(name -> words(name.match()))
            .collect(Collectors.joining(", "));
    return names.size() > SHOWN ? shown + " and " + (names.size() - SHOWN) + " more" : shown;
  }

  private static String words(StringMatch match) {
    if (match instanceof StringMatch.Exact exact) {
      return exact.value();
    } else if (match instanceof StringMatch.Prefix prefix) {
      return prefix.value() + "*";
    } else if (match instanceof StringMatch.Suffix suffix) {
      return "*" + suffix.value();
    } else if (match instanceof StringMatch.Contains contains) {
      return "*" + contains.value() + "*";
    }
    return match instanceof StringMatch.Regex regex ? regex.regex() : match.toString();
  }
}
