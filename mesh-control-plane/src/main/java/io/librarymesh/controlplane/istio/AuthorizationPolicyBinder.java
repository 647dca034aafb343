package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.AuthorizationRule.Condition;
import io.librarymesh.controlplane.istio.AuthorizationRule.Operation;
import io.librarymesh.controlplane.istio.AuthorizationRule.Source;
import io.librarymesh.controlplane.istio.AuthorizationRule.Values;
import java.util.List;
import java.util.function.Function;

/** Reads an AuthorizationPolicy. */
final class AuthorizationPolicyBinder {
  private static final Source ANYBODY =
      new Source(
          Values.NOTHING,
          Values.NOTHING,
          Values.NOTHING,
          Values.NOTHING,
          Values.NOTHING,
          Values.NOTHING,
          Values.NOTHING);
  private static final Operation ANYTHING =
      new Operation(Values.NOTHING, Values.NOTHING, Values.NOTHING, Values.NOTHING);

  private AuthorizationPolicyBinder() {}

  static AuthorizationPolicy bind(Fields document, Metadata metadata, Fields spec) {
    return new AuthorizationPolicy(
        document.position(),
        metadata,
        PolicyTargets.selector(spec),
        PolicyTargets.references(spec),
        spec.choice("action", AuthorizationPolicy.Action.class)
            .orElse(AuthorizationPolicy.Action.ALLOW),
        spec.message("provider", provider -> provider.textOrEmpty("name")),
        spec.messages("rules", AuthorizationPolicyBinder::rule));
  }

  private static AuthorizationRule rule(Fields rule) {
    return new AuthorizationRule(
        entries(rule, "from", AuthorizationPolicyBinder::from),
        entries(rule, "to", AuthorizationPolicyBinder::to),
        rule.messages("when", AuthorizationPolicyBinder::condition));
  }

  /** A list without entries is not the same as none, and nobody knows what is meant by it. */
  private static <T> List<T> entries(Fields rule, String name, Function<Fields, T> read) {
    List<T> entries = rule.messages(name, read);
    boolean isList =
        rule.any(name).filter(value -> value instanceof YamlValue.Sequence).isPresent();
    if (entries.isEmpty() && isList) {
      rule.refuse(name, "empty (expected: at least one entry, or no '" + name + "')");
    }
    return entries;
  }

  private static Source from(Fields from) {
    return from.message("source", AuthorizationPolicyBinder::source).orElse(ANYBODY);
  }

  private static Source source(Fields source) {
    return new Source(
        values(source, "principals", "notPrincipals"),
        values(source, "requestPrincipals", "notRequestPrincipals"),
        values(source, "namespaces", "notNamespaces"),
        values(source, "serviceAccounts", "notServiceAccounts"),
        values(source, "trustDomains", "notTrustDomains"),
        values(source, "ipBlocks", "notIpBlocks"),
        values(source, "remoteIpBlocks", "notRemoteIpBlocks"));
  }

  private static Operation to(Fields to) {
    return to.message("operation", AuthorizationPolicyBinder::operation).orElse(ANYTHING);
  }

  private static Operation operation(Fields operation) {
    return new Operation(
        values(operation, "hosts", "notHosts"),
        values(operation, "ports", "notPorts"),
        values(operation, "methods", "notMethods"),
        values(operation, "paths", "notPaths"));
  }

  private static Condition condition(Fields condition) {
    return new Condition(condition.textOrEmpty("key"), values(condition, "values", "notValues"));
  }

  private static Values values(Fields fields, String any, String none) {
    return new Values(fields.texts(any), fields.texts(none));
  }
}
