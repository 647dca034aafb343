package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.AuthorizationPolicy.Action;
import io.librarymesh.controlplane.istio.AuthorizationRule.Condition;
import io.librarymesh.controlplane.istio.AuthorizationRule.Operation;
import io.librarymesh.controlplane.istio.AuthorizationRule.Source;
import io.librarymesh.controlplane.istio.AuthorizationRule.Values;
import java.util.List;
import java.util.function.BiConsumer;

/** Rules of an AuthorizationPolicy; what attributes may be asked for has its own class. */
final class AuthorizationPolicyRules {
  private static final int MAX_ENTRIES = 512;
  private static final int MAX_ACCOUNTS = 16;
  private static final int MAX_ACCOUNT = 320;

  private AuthorizationPolicyRules() {}

  static void check(AuthorizationPolicy policy, FieldPath path, ValueRules rules) {
    FieldPath spec = path.field("spec");
    PolicyTargets.check(policy.selector(), policy.targetRefs(), spec, rules);
    checkAction(policy, spec, rules);
    String dryRun = policy.metadata().annotations().get(AuthorizationPolicy.DRY_RUN);
    if (dryRun != null) {
      checkDryRun(policy, dryRun, path, rules);
    }
    atMost(policy.rules(), spec.field("rules"), rules);
    for (int i = 0; i < policy.rules().size(); i++) {
      check(policy, policy.rules().get(i), spec.field("rules").index(i), rules);
    }
  }

  private static void checkAction(AuthorizationPolicy policy, FieldPath spec, ValueRules rules) {
    Action action = policy.action();
    boolean custom = action == Action.CUSTOM;
    if ((custom || action == Action.DENY) && policy.rules().isEmpty()) {
      rules.missing(spec.field("rules"), "at least one: without rules nothing is denied");
    }
    if (custom && policy.provider().filter(name -> !name.isEmpty()).isEmpty()) {
      rules.missing(spec.fields("provider", "name"), "who decides");
    }
    if (!custom && policy.provider().isPresent()) {
      rules
          .report()
          .invalid(spec.field("provider"), "with action " + action + " (expected: action CUSTOM)");
    }
  }

  private static void checkDryRun(
      AuthorizationPolicy policy, String value, FieldPath path, ValueRules rules) {
    FieldPath at = path.fields("metadata", "annotations").field(AuthorizationPolicy.DRY_RUN);
    if (!AuthorizationPolicy.isBoolean(value)) {
      rules
          .report()
          .suspicious(
              at, Quoting.quote(value) + ": the policy is enforced (expected: true or false)");
    } else if (policy.isDryRun() && policy.action() == Action.CUSTOM) {
      rules.invalid(at, value, "no trial of a policy that has others decide");
    }
  }

  private static void check(
      AuthorizationPolicy policy, AuthorizationRule rule, FieldPath path, ValueRules rules) {
    FieldPath from = path.field("from");
    atMost(rule.from(), from, rules);
    for (int i = 0; i < rule.from().size(); i++) {
      source(policy, rule.from().get(i), from.index(i).field("source"), rules);
    }
    FieldPath to = path.field("to");
    for (int i = 0; i < rule.to().size(); i++) {
      operation(rule.to().get(i), to.index(i).field("operation"), rules);
    }
    for (int i = 0; i < rule.when().size(); i++) {
      condition(policy, rule.when().get(i), path.field("when").index(i), rules);
    }
  }

  private static void source(
      AuthorizationPolicy policy, Source source, FieldPath path, ValueRules rules) {
    if (source.isEmpty()) {
      rules.missing(path, "at least one field that says who calls");
    }
    boolean custom = policy.action() == Action.CUSTOM;
    values(path, "principals", "notPrincipals", source.principals(), custom, rules);
    values(
        path,
        "requestPrincipals",
        "notRequestPrincipals",
        source.requestPrincipals(),
        custom,
        rules);
    values(path, "namespaces", "notNamespaces", source.namespaces(), custom, rules);
    values(path, "serviceAccounts", "notServiceAccounts", source.serviceAccounts(), custom, rules);
    values(path, "trustDomains", "notTrustDomains", source.trustDomains(), custom, rules);
    values(path, "ipBlocks", "notIpBlocks", source.ipBlocks(), false, rules);
    values(path, "remoteIpBlocks", "notRemoteIpBlocks", source.remoteIpBlocks(), false, rules);
    accounts(source, path, rules);
    each(
        path,
        "trustDomains",
        "notTrustDomains",
        source.trustDomains(),
        (at, value) -> AuthorizationAttributes.trustDomain(at, value, rules));
    for (String name : List.of("ip", "remoteIp")) {
      Values blocks = name.equals("ip") ? source.ipBlocks() : source.remoteIpBlocks();
      String negated = "not" + Character.toUpperCase(name.charAt(0)) + name.substring(1);
      each(
          path,
          name + "Blocks",
          negated + "Blocks",
          blocks,
          (at, value) -> AuthorizationAttributes.address(at, value, rules));
    }
  }

  private static void accounts(Source source, FieldPath path, ValueRules rules) {
    Values accounts = source.serviceAccounts();
    if (!accounts.isEmpty() && !(source.principals().isEmpty() && source.namespaces().isEmpty())) {
      rules
          .report()
          .invalid(
              path.field(accounts.any().isEmpty() ? "notServiceAccounts" : "serviceAccounts"),
              "beside principals or namespaces (expected: one or the other)");
    }
    limit(accounts.any(), path.field("serviceAccounts"), rules);
    limit(accounts.none(), path.field("notServiceAccounts"), rules);
    each(
        path,
        "serviceAccounts",
        "notServiceAccounts",
        accounts,
        (at, value) -> {
          if (value.length() > MAX_ACCOUNT) {
            rules.invalid(at, value.length() + " characters", MAX_ACCOUNT + " at most");
          } else {
            AuthorizationAttributes.account(at, value, rules);
          }
        });
  }

  private static void limit(List<String> accounts, FieldPath path, ValueRules rules) {
    if (accounts.size() > MAX_ACCOUNTS) {
      rules.invalid(path, accounts.size() + " accounts", MAX_ACCOUNTS + " at most");
    }
  }

  private static void operation(Operation operation, FieldPath path, ValueRules rules) {
    if (operation.isEmpty()) {
      rules.missing(path, "at least one field that says what is called");
    }
    values(path, "hosts", "notHosts", operation.hosts(), false, rules);
    values(path, "ports", "notPorts", operation.ports(), false, rules);
    values(path, "methods", "notMethods", operation.methods(), false, rules);
    values(path, "paths", "notPaths", operation.paths(), false, rules);
    each(
        path,
        "ports",
        "notPorts",
        operation.ports(),
        (at, value) -> AuthorizationAttributes.port(at, value, rules));
    each(
        path,
        "paths",
        "notPaths",
        operation.paths(),
        (at, value) -> PathTemplates.check(at, value, rules));
  }

  private static void condition(
      AuthorizationPolicy policy, Condition condition, FieldPath path, ValueRules rules) {
    FieldPath key = path.field("key");
    if (condition.key().isEmpty()) {
      rules.missing(key, "an attribute, such as request.headers[x-env]");
      return;
    }
    if (condition.values().isEmpty()) {
      rules.missing(path.field("values"), "at least one value, there or in notValues");
    }
    if (AuthorizationAttributes.key(key, condition.key(), rules)) {
      each(
          path,
          "values",
          "notValues",
          condition.values(),
          (at, value) -> AuthorizationAttributes.value(condition.key(), at, value, rules));
    }
    if (policy.action() == Action.CUSTOM && AuthorizationAttributes.isOfIdentity(condition.key())) {
      rules.invalid(key, condition.key(), "not with action CUSTOM: who calls is not known yet");
    }
  }

  /** No value is empty; with the action CUSTOM there is none of what is not known so early. */
  private static void values(
      FieldPath path, String any, String none, Values values, boolean forbidden, ValueRules rules) {
    each(
        path,
        any,
        none,
        values,
        (at, value) -> {
          if (value.isEmpty()) {
            rules.invalid(at, "''", "a value that is not empty");
          }
        });
    if (forbidden && !values.isEmpty()) {
      rules
          .report()
          .invalid(
              path.field(values.any().isEmpty() ? none : any),
              "with action CUSTOM (expected: not written; who calls is not known yet)");
    }
  }

  private static void each(
      FieldPath path, String any, String none, Values values, BiConsumer<FieldPath, String> check) {
    for (int i = 0; i < values.any().size(); i++) {
      check.accept(path.field(any).index(i), values.any().get(i));
    }
    for (int i = 0; i < values.none().size(); i++) {
      check.accept(path.field(none).index(i), values.none().get(i));
    }
  }

  private static void atMost(List<?> entries, FieldPath path, ValueRules rules) {
    if (entries.size() > MAX_ENTRIES) {
      rules.invalid(path, entries.size() + " entries", MAX_ENTRIES + " at most");
    }
  }
}
