package io.librarymesh.controlplane.translate;

import com.google.protobuf.UInt32Value;
import io.librarymesh.controlplane.istio.AuthorizationRule;
import io.librarymesh.controlplane.istio.AuthorizationRule.Condition;
import io.librarymesh.controlplane.istio.AuthorizationRule.Operation;
import io.librarymesh.controlplane.istio.AuthorizationRule.Source;
import io.librarymesh.controlplane.istio.AuthorizationRule.Values;
import io.librarymesh.controlplane.istio.PathTemplates;
import io.librarymesh.proto.envoy.config.core.v3.CidrRange;
import io.librarymesh.proto.envoy.config.core.v3.TypedExtensionConfig;
import io.librarymesh.proto.envoy.config.rbac.v3.Permission;
import io.librarymesh.proto.envoy.config.rbac.v3.Policy;
import io.librarymesh.proto.envoy.config.rbac.v3.Principal;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.librarymesh.proto.envoy.type.matcher.v3.PathMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes a policy of RBAC of one rule. What cannot be asked where it is to be enforced, such as a
 * path on a connection that is not HTTP, makes a rule that allows void and leaves one that denies
 * without it: neither lets in whom it was not to let in. Source: Istio {@code
 * pilot/pkg/security/authz/model}.
 *
 * <p>One for each rule.
 */
final class AuthorizationRuleTranslation {
  private static final int V4_BITS = 32;
  private static final int V6_BITS = 128;

  private final boolean allows;
  private final EnforcedOn enforcedOn;
  private final String namespace;
  private final TrustDomains trustDomains;
  private boolean isLacking;

  /** Where rules are enforced. */
  enum EnforcedOn {
    /** On requests, whose tokens are known. */
    REQUESTS,
    /** On requests, by a server of gRPC, which knows neither tokens nor templates. */
    REQUESTS_OF_GRPC,
    /** On connections that are not HTTP. */
    CONNECTIONS
  }

  /**
   * @param allows whether a request that the rule matches passes
   * @param namespace that of the policy
   */
  AuthorizationRuleTranslation(
      boolean allows, EnforcedOn enforcedOn, String namespace, TrustDomains trustDomains) {
    this.allows = allows;
    this.enforcedOn = enforcedOn;
    this.namespace = namespace;
    this.trustDomains = trustDomains;
  }

  /** Empty when the rule matches nothing. */
  Optional<Policy> translate(AuthorizationRule rule) {
    List<Permission> callees = new ArrayList<>();
    List<Principal> callers = new ArrayList<>();
    rule.when().forEach(condition -> when(condition, callees, callers));
    Policy.Builder policy = Policy.newBuilder();
    for (Operation operation : rule.to()) {
      List<Permission> terms = to(operation);
      terms.addAll(callees);
      policy.addPermissions(RbacTerms.PERMISSIONS.all(terms));
    }
    for (Source source : rule.from()) {
      List<Principal> terms = from(source);
      terms.addAll(callers);
      policy.addPrincipals(RbacTerms.PRINCIPALS.all(terms));
    }
    if (rule.to().isEmpty()) {
      policy.addPermissions(RbacTerms.PERMISSIONS.all(callees));
    }
    if (rule.from().isEmpty()) {
      policy.addPrincipals(RbacTerms.PRINCIPALS.all(callers));
    }
    return isLacking && allows ? Optional.empty() : Optional.of(policy.build());
  }

  private List<Principal> from(Source source) {
    List<Principal> terms = new ArrayList<>();
    identity(source.principals(), this::principals, terms);
    identity(source.namespaces(), v -> List.of(TextPatterns.namespace(v)), terms);
    identity(source.serviceAccounts(), v -> List.of(TextPatterns.account(v, namespace)), terms);
    identity(source.trustDomains(), this::trustDomains, terms);
    token(source.requestPrincipals(), TokenConditions::principal, terms);
    add(source.ipBlocks(), v -> directAddress(v), RbacTerms.PRINCIPALS, terms);
    add(source.remoteIpBlocks(), v -> remoteAddress(v), RbacTerms.PRINCIPALS, terms);
    return terms;
  }

  private List<Permission> to(Operation operation) {
    List<Permission> terms = new ArrayList<>();
    header(":authority", operation.hosts(), TextPatterns::ofAnyCase, terms);
    header(":method", operation.methods(), TextPatterns::of, terms);
    paths(operation.paths(), terms);
    add(operation.ports(), AuthorizationRuleTranslation::port, RbacTerms.PERMISSIONS, terms);
    return terms;
  }

  private void when(Condition condition, List<Permission> callees, List<Principal> callers) {
    String key = condition.key();
    Values values = condition.values();
    switch (key) {
      case "source.principal" -> identity(values, this::principals, callers);
      case "source.namespace" -> identity(values, v -> List.of(TextPatterns.namespace(v)), callers);
      case "source.serviceAccount" ->
          identity(values, v -> List.of(TextPatterns.account(v, namespace)), callers);
      case "source.trustDomain" -> identity(values, this::trustDomains, callers);
      case "source.ip" -> add(values, v -> directAddress(v), RbacTerms.PRINCIPALS, callers);
      case "remote.ip" -> add(values, v -> remoteAddress(v), RbacTerms.PRINCIPALS, callers);
      case "request.auth.principal" -> token(values, TokenConditions::principal, callers);
      case "request.auth.audiences" ->
          token(values, v -> TokenConditions.claim(List.of("aud"), v), callers);
      case "request.auth.presenter" ->
          token(values, v -> TokenConditions.claim(List.of("azp"), v), callers);
      case "destination.ip" -> add(values, v -> ownAddress(v), RbacTerms.PERMISSIONS, callees);
      case "destination.port" ->
          add(values, AuthorizationRuleTranslation::port, RbacTerms.PERMISSIONS, callees);
      case "connection.sni" -> add(values, v -> serverName(v), RbacTerms.PERMISSIONS, callees);
      default -> byName(key, values, callees, callers);
    }
  }

  /** Attributes with names in brackets. What is not known here is as if nobody could know it. */
  private void byName(
      String key, Values values, List<Permission> callees, List<Principal> callers) {
    if (key.startsWith("request.headers[")) {
      String name = key.substring(key.indexOf('[') + 1, key.length() - 1).toLowerCase(Locale.ROOT);
      header(name, values, TextPatterns::of, callees);
    } else if (key.startsWith("request.auth.claims[")) {
      String names = key.substring(key.indexOf('[') + 1, key.length() - 1);
      List<String> path = List.of(names.split("]\\[", -1));
      token(values, v -> TokenConditions.claim(path, v), callers);
    } else {
      isLacking = true;
    }
  }

  private List<StringMatcher> principals(String value) {
    return trustDomains.principals(value).stream().map(TextPatterns::principal).toList();
  }

  private List<StringMatcher> trustDomains(String value) {
    return trustDomains.domains(value).stream().map(TextPatterns::trustDomain).toList();
  }

  private static void identity(
      Values values, Function<String, List<StringMatcher>> matchers, List<Principal> terms) {
    Function<StringMatcher, Principal> named =
        matcher ->
            Principal.newBuilder()
                .setAuthenticated(Principal.Authenticated.newBuilder().setPrincipalName(matcher))
                .build();
    Function<List<String>, List<Principal>> all =
        texts -> texts.stream().flatMap(v -> matchers.apply(v).stream()).map(named).toList();
    addAll(all.apply(values.any()), all.apply(values.none()), RbacTerms.PRINCIPALS, terms);
  }

  private void token(Values values, Function<String, Principal> term, List<Principal> terms) {
    if (isAskable(values, enforcedOn == EnforcedOn.REQUESTS)) {
      add(values, term, RbacTerms.PRINCIPALS, terms);
    }
  }

  private void header(
      String name, Values values, Function<String, StringMatcher> matcher, List<Permission> terms) {
    if (isAskable(values, enforcedOn != EnforcedOn.CONNECTIONS)) {
      add(
          values,
          value ->
              Permission.newBuilder()
                  .setHeader(
                      HeaderMatcher.newBuilder().setName(name).setStringMatch(matcher.apply(value)))
                  .build(),
          RbacTerms.PERMISSIONS,
          terms);
    }
  }

  private void paths(Values values, List<Permission> terms) {
    boolean templates =
        values.any().stream().anyMatch(PathTemplates::isTemplate)
            || values.none().stream().anyMatch(PathTemplates::isTemplate);
    if (isAskable(
        values,
        templates ? enforcedOn == EnforcedOn.REQUESTS : enforcedOn != EnforcedOn.CONNECTIONS)) {
      add(values, AuthorizationRuleTranslation::path, RbacTerms.PERMISSIONS, terms);
    }
  }

  private boolean isAskable(Values values, boolean isKnown) {
    isLacking |= !isKnown && !values.isEmpty();
    return isKnown;
  }

  private static <T> void add(
      Values values, Function<String, T> term, RbacTerms<T> side, List<T> terms) {
    addAll(
        values.any().stream().map(term).toList(),
        values.none().stream().map(term).toList(),
        side,
        terms);
  }

  private static <T> void addAll(List<T> any, List<T> none, RbacTerms<T> side, List<T> terms) {
    if (!any.isEmpty()) {
      terms.add(side.any(any));
    }
    if (!none.isEmpty()) {
      terms.add(side.not(side.any(none)));
    }
  }

  private static Permission path(String value) {
    Permission.Builder permission = Permission.newBuilder();
    if (PathTemplates.isTemplate(value)) {
      String template = value.replace("{**}", "**").replace("{*}", "*");
      return permission
          .setUriTemplate(
              TypedExtensionConfig.newBuilder()
                  .setName("envoy.path.match.uri_template.uri_template_matcher")
                  .setTypedConfig(
                      Packing.pack(
                          UriTemplateMatchConfig.newBuilder().setPathTemplate(template).build())))
          .build();
    }
    return permission.setUrlPath(PathMatcher.newBuilder().setPath(TextPatterns.of(value))).build();
  }

  private static Permission port(String value) {
    return Permission.newBuilder().setDestinationPort(Integer.parseInt(value)).build();
  }

  private static Permission ownAddress(String value) {
    return Permission.newBuilder().setDestinationIp(addresses(value)).build();
  }

  private static Permission serverName(String value) {
    return Permission.newBuilder().setRequestedServerName(TextPatterns.of(value)).build();
  }

  private static Principal directAddress(String value) {
    return Principal.newBuilder().setDirectRemoteIp(addresses(value)).build();
  }

  private static Principal remoteAddress(String value) {
    return Principal.newBuilder().setRemoteIp(addresses(value)).build();
  }

  /** An address, or one with the length of a prefix. */
  private static CidrRange addresses(String value) {
    int slash = value.indexOf('/');
    String address = slash < 0 ? value : value.substring(0, slash);
    int bits = address.indexOf(':') < 0 ? V4_BITS : V6_BITS;
    int length = slash < 0 ? bits : Integer.parseInt(value.substring(slash + 1));
    return CidrRange.newBuilder()
        .setAddressPrefix(address)
        .setPrefixLen(UInt32Value.of(length))
        .build();
  }
}
