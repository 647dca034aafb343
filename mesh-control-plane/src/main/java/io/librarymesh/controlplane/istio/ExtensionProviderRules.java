package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.ExtensionProvider.Authorizer;
import io.librarymesh.controlplane.istio.ExtensionProvider.Headers;
import io.librarymesh.controlplane.istio.ExtensionProvider.Protocol;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Rules of the extension providers of a {@code MeshConfig}. */
final class ExtensionProviderRules {
  private static final Pattern STATUS = Pattern.compile("[1-5][0-9]{2}");
  private static final Pattern PATH_PREFIX = Pattern.compile("/[-A-Za-z0-9._~!$&'()*+,;=:@/%]*");

  private ExtensionProviderRules() {}

  static void check(List<ExtensionProvider> providers, FieldPath path, ValueRules rules) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < providers.size(); i++) {
      ExtensionProvider provider = providers.get(i);
      FieldPath place = path.index(i);
      if (!Names.isLowerDnsLabel(provider.name())) {
        rules.invalid(
            place.field("name"),
            Quoting.quote(provider.name()),
            "lower-case letters, digits and '-', at most 63");
      } else if (!names.add(provider.name())) {
        rules.invalid(place.field("name"), provider.name(), "another name than the one before");
      }
      provider.authorizer().ifPresent(authorizer -> check(authorizer, place, rules));
    }
  }

  private static void check(Authorizer authorizer, FieldPath provider, ValueRules rules) {
    FieldPath path =
        provider.field(
            authorizer.protocol() == Protocol.HTTP ? "envoyExtAuthzHttp" : "envoyExtAuthzGrpc");
    service(authorizer.service(), path.field("service"), rules);
    if (authorizer.port().isEmpty()) {
      rules.missing(path.field("port"), "a port of the service");
    }
    rules.port(path.field("port"), authorizer.port());
    rules.duration(path.field("timeout"), authorizer.timeout());
    authorizer
        .statusOnError()
        .filter(status -> !STATUS.matcher(status).matches())
        .ifPresent(
            status ->
                rules.invalid(path.field("statusOnError"), status, "a status of HTTP: 100 to 599"));
    authorizer
        .pathPrefix()
        .filter(prefix -> !prefix.isEmpty() && !PATH_PREFIX.matcher(prefix).matches())
        .ifPresent(
            prefix ->
                rules.invalid(path.field("pathPrefix"), prefix, "the beginning of a path: /..."));
    headers(authorizer.headers(), path, rules);
  }

  private static void service(String service, FieldPath path, ValueRules rules) {
    int slash = service.indexOf('/');
    boolean good =
        Names.isFqdn(service.substring(slash + 1))
            && (slash < 0 || Names.isLowerDnsLabel(service.substring(0, slash)));
    if (!good) {
      rules.invalid(path, Quoting.quote(service), "HOST or NAMESPACE/HOST");
    }
  }

  private static void headers(Headers headers, FieldPath path, ValueRules rules) {
    patterns(headers.request(), path.field("includeRequestHeadersInCheck"), rules);
    patterns(headers.toApplication(), path.field("headersToUpstreamOnAllow"), rules);
    patterns(headers.toCallerOnDeny(), path.field("headersToDownstreamOnDeny"), rules);
    patterns(headers.toCallerOnAllow(), path.field("headersToDownstreamOnAllow"), rules);
    FieldPath added = path.field("includeAdditionalHeadersInCheck");
    headers
        .added()
        .forEach(
            (name, value) -> {
              if (!Names.isHeaderName(name)) {
                rules.invalid(added.field(name), Quoting.quote(name), "the name of a header");
              }
              if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
                rules.invalid(added.field(name), Quoting.quote(value), "one line of text");
              }
            });
  }

  /** A star alone would stand for all headers, which Istio does not take either. */
  private static void patterns(List<String> patterns, FieldPath path, ValueRules rules) {
    for (int i = 0; i < patterns.size(); i++) {
      String pattern = patterns.get(i);
      String name =
          pattern.startsWith("*")
              ? pattern.substring(1)
              : pattern.endsWith("*") ? pattern.substring(0, pattern.length() - 1) : pattern;
      if (!Names.isHeaderName(name) || name.contains("*")) {
        rules.invalid(
            path.index(i),
            Quoting.quote(pattern),
            "the name of a header, or its beginning or end with a star");
      }
    }
  }
}
