package io.librarymesh.xds;

import io.librarymesh.config.CidrRange;
import io.librarymesh.config.ClaimMatch;
import io.librarymesh.config.InboundFilter.Rbac;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.config.RbacPolicy;
import io.librarymesh.config.RbacRules;
import io.librarymesh.proto.envoy.config.core.v3.TypedExtensionConfig;
import io.librarymesh.proto.envoy.config.rbac.v3.Permission;
import io.librarymesh.proto.envoy.config.rbac.v3.Policy;
import io.librarymesh.proto.envoy.config.rbac.v3.Principal;
import io.librarymesh.proto.envoy.config.rbac.v3.RBAC;
import io.librarymesh.proto.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.librarymesh.proto.envoy.type.matcher.v3.MetadataMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.PathMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.ValueMatcher;
import io.librarymesh.proto.envoy.type.v3.Int32Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads policies of a server. A condition that is not understood is an error, never a warning:
 * without it the policy would allow, or deny, something else.
 *
 * <p>Source: Envoy {@code http.rbac.v3.RBAC}, {@code rbac.v3.RBAC}.
 */
final class RbacReader {
  private static final String TOKENS = "envoy.filters.http.jwt_authn";

  private RbacReader() {}

  static Rbac filter(
      io.librarymesh.proto.envoy.extensions.filters.http.rbac.v3.RBAC filter,
      FieldPath at,
      Findings findings) {
    FieldUse.requireKnown(filter, at, findings);
    return new Rbac(
        filter.hasRules()
            ? Optional.of(rules(filter.getRules(), at.field("rules"), findings))
            : Optional.empty(),
        filter.hasShadowRules()
            ? Optional.of(rules(filter.getShadowRules(), at.field("shadow_rules"), findings))
            : Optional.empty(),
        filter.getShadowRulesStatPrefix());
  }

  /**
   * Of connections that are not HTTP.
   *
   * @param filter Envoy {@code network.rbac.v3.RBAC}
   */
  static Rbac ofConnections(
      io.librarymesh.proto.envoy.extensions.filters.network.rbac.v3.RBAC filter,
      FieldPath at,
      Findings findings) {
    FieldUse.requireKnown(filter, at, findings);
    return new Rbac(
        filter.hasRules()
            ? Optional.of(rules(filter.getRules(), at.field("rules"), findings))
            : Optional.empty(),
        filter.hasShadowRules()
            ? Optional.of(rules(filter.getShadowRules(), at.field("shadow_rules"), findings))
            : Optional.empty(),
        filter.getShadowRulesStatPrefix());
  }

  private static RbacRules rules(RBAC rules, FieldPath at, Findings findings) {
    FieldUse.requireKnown(rules, at, findings);
    RbacRules.Action action =
        switch (rules.getAction()) {
          case ALLOW -> RbacRules.Action.ALLOW;
          case DENY -> RbacRules.Action.DENY;
          case LOG -> RbacRules.Action.LOG;
          case UNRECOGNIZED -> {
            findings.error(
                at.field("action"), rules.getActionValue() + " (expected: ALLOW, DENY or LOG)");
            yield RbacRules.Action.ALLOW;
          }
        };
    List<RbacPolicy> policies = new ArrayList<>();
    for (Map.Entry<String, Policy> entry : new TreeMap<>(rules.getPoliciesMap()).entrySet()) {
      FieldPath place = at.entry("policies", entry.getKey());
      Policy policy = entry.getValue();
      FieldUse.requireKnown(policy, place, findings);
      policies.add(
          new RbacPolicy(
              entry.getKey(),
              new RbacCondition.Some(
                  permissions(policy.getPermissionsList(), "permissions", place, findings)),
              new RbacCondition.Some(
                  principals(policy.getPrincipalsList(), "principals", place, findings))));
    }
    return new RbacRules(action, policies);
  }

  private static List<RbacCondition> permissions(
      List<Permission> list, String field, FieldPath at, Findings findings) {
    requireSome(list, field, at, findings);
    List<RbacCondition> read = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      read.add(permission(list.get(i), at.element(field, i), findings));
    }
    return read;
  }

  private static RbacCondition permission(Permission permission, FieldPath at, Findings findings) {
    FieldUse.requireKnown(permission, at, findings);
    return switch (permission.getRuleCase()) {
      case AND_RULES ->
          new RbacCondition.All(
              permissions(
                  permission.getAndRules().getRulesList(),
                  "rules",
                  at.field("and_rules"),
                  findings));
      case OR_RULES ->
          new RbacCondition.Some(
              permissions(
                  permission.getOrRules().getRulesList(), "rules", at.field("or_rules"), findings));
      case NOT_RULE ->
          new RbacCondition.Not(
              permission(permission.getNotRule(), at.field("not_rule"), findings));
      case ANY -> any(permission.getAny(), at, findings);
      case HEADER ->
          new RbacCondition.Header(
              MatcherReader.header(permission.getHeader(), at.field("header"), findings));
      case URL_PATH -> path(permission.getUrlPath(), at.field("url_path"), findings);
      case DESTINATION_IP ->
          new RbacCondition.DestinationAddress(
              range(permission.getDestinationIp(), at.field("destination_ip"), findings));
      case DESTINATION_PORT -> RbacCondition.DestinationPort.of(permission.getDestinationPort());
      case DESTINATION_PORT_RANGE -> {
        Int32Range ports = permission.getDestinationPortRange();
        yield new RbacCondition.DestinationPort(ports.getStart(), ports.getEnd());
      }
      case METADATA -> claim(permission.getMetadata(), at.field("metadata"), findings);
      case REQUESTED_SERVER_NAME ->
          new RbacCondition.ServerName(
              MatcherReader.text(
                  permission.getRequestedServerName(),
                  at.field("requested_server_name"),
                  findings));
      case URI_TEMPLATE -> template(permission.getUriTemplate(), at, findings);
      case RULE_NOT_SET -> unknown(at, findings);
    };
  }

  private static List<RbacCondition> principals(
      List<Principal> list, String field, FieldPath at, Findings findings) {
    requireSome(list, field, at, findings);
    List<RbacCondition> read = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      read.add(principal(list.get(i), at.element(field, i), findings));
    }
    return read;
  }

  @SuppressWarnings("deprecation") // source_ip is what older control planes write
  private static RbacCondition principal(Principal principal, FieldPath at, Findings findings) {
    FieldUse.requireKnown(principal, at, findings);
    return switch (principal.getIdentifierCase()) {
      case AND_IDS ->
          new RbacCondition.All(
              principals(principal.getAndIds().getIdsList(), "ids", at.field("and_ids"), findings));
      case OR_IDS ->
          new RbacCondition.Some(
              principals(principal.getOrIds().getIdsList(), "ids", at.field("or_ids"), findings));
      case NOT_ID ->
          new RbacCondition.Not(principal(principal.getNotId(), at.field("not_id"), findings));
      case ANY -> any(principal.getAny(), at, findings);
      case AUTHENTICATED ->
          authenticated(principal.getAuthenticated(), at.field("authenticated"), findings);
      case SOURCE_IP ->
          new RbacCondition.SourceAddress(
              range(principal.getSourceIp(), at.field("source_ip"), findings));
      case DIRECT_REMOTE_IP ->
          new RbacCondition.SourceAddress(
              range(principal.getDirectRemoteIp(), at.field("direct_remote_ip"), findings));
      case REMOTE_IP ->
          new RbacCondition.RemoteAddress(
              range(principal.getRemoteIp(), at.field("remote_ip"), findings));
      case HEADER ->
          new RbacCondition.Header(
              MatcherReader.header(principal.getHeader(), at.field("header"), findings));
      case URL_PATH -> path(principal.getUrlPath(), at.field("url_path"), findings);
      case METADATA -> claim(principal.getMetadata(), at.field("metadata"), findings);
      case IDENTIFIER_NOT_SET -> unknown(at, findings);
    };
  }

  private static RbacCondition authenticated(
      Principal.Authenticated authenticated, FieldPath at, Findings findings) {
    FieldUse.requireKnown(authenticated, at, findings);
    return new RbacCondition.Peer(
        authenticated.hasPrincipalName()
            ? Optional.of(
                MatcherReader.text(
                    authenticated.getPrincipalName(), at.field("principal_name"), findings))
            : Optional.empty());
  }

  private static RbacCondition any(boolean value, FieldPath at, Findings findings) {
    if (!value) {
      findings.error(at.field("any"), "false (expected: true)");
    }
    return RbacCondition.ALWAYS;
  }

  private static RbacCondition path(PathMatcher matcher, FieldPath at, Findings findings) {
    FieldUse.requireKnown(matcher, at, findings);
    return new RbacCondition.Path(
        MatcherReader.text(matcher.getPath(), at.field("path"), findings));
  }

  private static RbacCondition template(
      TypedExtensionConfig extension, FieldPath at, Findings findings) {
    FieldPath place = at.field("uri_template").field("typed_config");
    String template =
        AnyReader.unpack(extension.getTypedConfig(), UriTemplateMatchConfig.class, place, findings)
            .map(UriTemplateMatchConfig::getPathTemplate)
            .orElse("/");
    try {
      return new RbacCondition.PathTemplate(template);
    } catch (IllegalArgumentException e) {
      findings.error(place.field("path_template"), String.valueOf(e.getMessage()));
      return RbacCondition.NEVER;
    }
  }

  private static CidrRange range(
      io.librarymesh.proto.envoy.config.core.v3.CidrRange range, FieldPath at, Findings findings) {
    try {
      return CidrRange.parse(range.getAddressPrefix() + "/" + range.getPrefixLen().getValue());
    } catch (IllegalArgumentException e) {
      findings.error(at, String.valueOf(e.getMessage()));
      return CidrRange.parse("::1/128");
    }
  }

  private static RbacCondition claim(MetadataMatcher matcher, FieldPath at, Findings findings) {
    FieldUse.requireKnown(matcher, at, findings);
    if (!matcher.getFilter().equals(TOKENS)) {
      findings.error(at.field("filter"), matcher.getFilter() + " (expected: " + TOKENS + ")");
    }
    List<String> path = new ArrayList<>();
    matcher.getPathList().forEach(segment -> path.add(segment.getKey()));
    if (path.isEmpty() || path.contains("")) {
      findings.error(at.field("path"), path + " (expected: names that lead to a claim)");
      return RbacCondition.NEVER;
    }
    return new RbacCondition.Claim(
        path, value(matcher.getValue(), at.field("value"), findings), matcher.getInvert());
  }

  private static ClaimMatch value(ValueMatcher matcher, FieldPath at, Findings findings) {
    FieldUse.requireKnown(matcher, at, findings);
    return switch (matcher.getMatchPatternCase()) {
      case STRING_MATCH ->
          new ClaimMatch.Text(
              MatcherReader.text(matcher.getStringMatch(), at.field("string_match"), findings));
      case BOOL_MATCH -> new ClaimMatch.Flag(matcher.getBoolMatch());
      case PRESENT_MATCH -> new ClaimMatch.Present(matcher.getPresentMatch());
      case LIST_MATCH ->
          new ClaimMatch.Element(
              value(
                  matcher.getListMatch().getOneOf(),
                  at.field("list_match").field("one_of"),
                  findings));
      case OR_MATCH -> {
        List<ClaimMatch> alternatives = new ArrayList<>();
        for (int i = 0; i < matcher.getOrMatch().getValueMatchersCount(); i++) {
          alternatives.add(
              value(
                  matcher.getOrMatch().getValueMatchers(i),
                  at.field("or_match").element("value_matchers", i),
                  findings));
        }
        yield new ClaimMatch.Some(alternatives);
      }
      case NULL_MATCH, MATCHPATTERN_NOT_SET -> {
        findings.error(
            at, matcher.getMatchPatternCase() + " (expected: string, bool, present, list or or)");
        yield new ClaimMatch.Present(false);
      }
    };
  }

  private static void requireSome(List<?> list, String field, FieldPath at, Findings findings) {
    if (list.isEmpty()) {
      findings.error(at.field(field), "empty (expected: at least one)");
    }
  }

  private static RbacCondition unknown(FieldPath at, Findings findings) {
    findings.error(at, "no condition (expected: one that is known here)");
    return RbacCondition.NEVER;
  }
}
