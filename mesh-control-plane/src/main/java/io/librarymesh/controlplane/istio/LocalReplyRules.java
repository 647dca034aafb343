package io.librarymesh.controlplane.istio;

import java.util.Optional;
import java.util.Set;

/** Rules of what a rule answers by itself: redirects and direct responses. */
final class LocalReplyRules {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int LARGEST_BODY = 1 << 20;
  private static final int LARGE_BODY = 100 << 10;

  private LocalReplyRules() {}

  static void redirect(
      HttpRouteAction.Redirect redirect, HttpRoute route, FieldPath path, ValueRules rules) {
    boolean nothing =
        redirect.uri().isEmpty()
            && redirect.prefixRewrite().isEmpty()
            && redirect.authority().isEmpty()
            && redirect.scheme().isEmpty()
            && redirect.port().isEmpty()
            && redirect.derivePort().isEmpty();
    if (nothing) {
      rules
          .report()
          .incomplete(
              path,
              "nothing to change (expected: at least one of uri, prefixRewrite, authority, port,"
                  + " derivePort, scheme)");
    }
    rules.port(path.field("port"), redirect.port());
    redirect
        .scheme()
        .filter(scheme -> !scheme.equals("http") && !scheme.equals("https"))
        .ifPresent(scheme -> rules.invalid(path.field("scheme"), scheme, "http or https"));
    if (!REDIRECTS.contains(redirect.redirectCode())) {
      rules.invalid(
          path.field("redirectCode"), redirect.redirectCode(), "301, 302, 303, 307 or 308");
    }
    prefixRewrite(redirect, route, path, rules);
  }

  private static void prefixRewrite(
      HttpRouteAction.Redirect redirect, HttpRoute route, FieldPath path, ValueRules rules) {
    if (redirect.prefixRewrite().isEmpty()) {
      return;
    }
    FieldPath at = path.field("prefixRewrite");
    if (redirect.uri().isPresent()) {
      rules.report().invalid(at, "together with uri (expected: one of them)");
    }
    for (HttpMatchRequest match : route.match()) {
      Optional<HttpMatchRequest.UriMatch> other =
          match.uri().filter(uri -> !(uri.match() instanceof StringMatch.Prefix));
      if (other.isPresent()) {
        rules.report().invalid(at, "with a uri match that is no prefix (expected: prefix matches)");
        return;
      }
    }
  }

  static void directResponse(
      HttpRouteAction.DirectResponse response, FieldPath path, ValueRules rules) {
    if (response.status() < 200 || response.status() > 599) {
      rules.invalid(path.field("status"), response.status(), "a status from 200 to 599");
    }
    response.body().ifPresent(body -> body(body, path.field("body"), rules));
  }

  /** A body that travels with the configuration. */
  static void body(HttpBody body, FieldPath path, ValueRules rules) {
    int size;
    try {
      size = body.bytes().length;
    } catch (IllegalArgumentException notBase64) {
      rules.invalid(path.field("bytes"), "not base64", "base64");
      return;
    }
    if (size > LARGEST_BODY) {
      rules.invalid(path, size + " bytes", "at most 1 MiB");
    } else if (size > LARGE_BODY) {
      rules.report().suspicious(path, size + " bytes travel to every client that has this route");
    }
  }
}
