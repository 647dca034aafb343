package io.librarymesh.xds;

import io.librarymesh.config.HashPolicy;
import io.librarymesh.config.HashPolicy.CookieAttribute;
import io.librarymesh.config.RegexRewrite;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads what the hash of a request is made of. Source: Envoy {@code
 * route.v3.RouteAction.HashPolicy}. On purpose: {@code source_ip} is the name of this machine, and
 * {@code filter_state} is passed over, as it is in Envoy where there is no such object.
 */
final class HashPolicyReader {
  private HashPolicyReader() {}

  static List<HashPolicy> read(RouteAction action, FieldPath at, Findings findings) {
    List<HashPolicy> policies = new ArrayList<>();
    for (int i = 0; i < action.getHashPolicyCount(); i++) {
      policy(action.getHashPolicy(i), at.element("hash_policy", i), findings)
          .ifPresent(policies::add);
    }
    return policies;
  }

  private static Optional<HashPolicy> policy(
      RouteAction.HashPolicy policy, FieldPath at, Findings findings) {
    boolean terminal = policy.getTerminal();
    return switch (policy.getPolicySpecifierCase()) {
      case HEADER -> Optional.of(header(policy, at.field("header"), findings));
      case COOKIE -> Optional.of(cookie(policy, at.field("cookie"), findings));
      case CONNECTION_PROPERTIES ->
          policy.getConnectionProperties().getSourceIp()
              ? Optional.of(new HashPolicy.Source(terminal))
              : Optional.empty();
      case QUERY_PARAMETER -> {
        String name = policy.getQueryParameter().getName();
        requireName(name, at.field("query_parameter").field("name"), findings);
        yield Optional.of(new HashPolicy.QueryParameter(name, terminal));
      }
      case FILTER_STATE -> {
        findings.warn(at.field("filter_state"), "not carried out: it finds nothing");
        yield Optional.empty();
      }
      case POLICYSPECIFIER_NOT_SET -> {
        findings.error(
            at, "no policy (expected: header, cookie, connection_properties or query_parameter)");
        yield Optional.empty();
      }
    };
  }

  private static HashPolicy header(RouteAction.HashPolicy policy, FieldPath at, Findings findings) {
    RouteAction.HashPolicy.Header header = policy.getHeader();
    requireName(header.getHeaderName(), at.field("header_name"), findings);
    RegexRewrite rewrite =
        header.hasRegexRewrite()
            ? RegexReader.rewrite(header.getRegexRewrite(), at.field("regex_rewrite"), findings)
            : RegexRewrite.NONE;
    return new HashPolicy.Header(header.getHeaderName(), rewrite, policy.getTerminal());
  }

  private static HashPolicy cookie(RouteAction.HashPolicy policy, FieldPath at, Findings findings) {
    RouteAction.HashPolicy.Cookie cookie = policy.getCookie();
    requireName(cookie.getName(), at.field("name"), findings);
    if (!cookie.hasTtl()) {
      return new HashPolicy.Cookie(cookie.getName(), policy.getTerminal());
    }
    long ttl = DurationReader.nanos(cookie.getTtl(), at.field("ttl"), findings);
    return new HashPolicy.GeneratedCookie(
        cookie.getName(),
        ttl / 1_000_000_000L,
        cookie.getPath(),
        cookie.getAttributesList().stream()
            .map(a -> new CookieAttribute(a.getName(), a.getValue()))
            .toList(),
        policy.getTerminal());
  }

  private static void requireName(String name, FieldPath at, Findings findings) {
    if (name.isEmpty()) {
      findings.error(at, "empty (expected: a name)");
    }
  }
}
