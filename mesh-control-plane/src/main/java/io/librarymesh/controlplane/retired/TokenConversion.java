package io.librarymesh.controlplane.retired;

import io.librarymesh.controlplane.istio.AuthenticationPolicy;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.Jwt;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.Path;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.Trigger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The origins of a Policy as a RequestAuthentication and, where they are not optional, an
 * AuthorizationPolicy that refuses requests without a token.
 *
 * <p>What the second cannot say it leaves out, so that it refuses more than was refused before.
 */
final class TokenConversion {
  private static final String ORIGINS = "spec.origins";

  private final AuthenticationPolicy policy;
  private final AuthenticationConversion.Workloads workloads;
  private final List<Integer> ports;
  private final Today today;

  TokenConversion(
      AuthenticationPolicy policy,
      AuthenticationConversion.Workloads workloads,
      List<Integer> ports,
      Today today) {
    this.policy = policy;
    this.workloads = workloads;
    this.ports = ports;
    this.today = today;
  }

  void convert(String name) {
    Map<String, Object> spec = Today.selecting(workloads.labels());
    List<Object> rules = new ArrayList<>();
    for (int i = 0; i < policy.origins().size(); i++) {
      rules.add(rule(policy.origins().get(i), ORIGINS + "[" + i + "].jwt"));
    }
    spec.put("jwtRules", rules);
    today.make("RequestAuthentication", workloads.namespace(), name, List.of(policy), spec);
    changes();
    if (!policy.originIsOptional()) {
      Map<String, Object> refusal = Today.selecting(workloads.labels());
      refusal.put("action", "DENY");
      Map<String, Object> rule =
          Today.map(
              "from",
              List.of(Today.map("source", Today.map("notRequestPrincipals", List.of("*")))));
      List<Object> to = operations();
      if (!to.isEmpty()) {
        rule.put("to", to);
      }
      refusal.put("rules", List.of(rule));
      today.make(
          Today.AUTHORIZATION_POLICY,
          workloads.namespace(),
          name + "-require-token",
          List.of(policy),
          refusal);
    }
  }

  /** The token stays in the request that the application gets, as it did. */
  private Map<String, Object> rule(Jwt jwt, String field) {
    Map<String, Object> rule = Today.map("issuer", jwt.issuer());
    if (!jwt.audiences().isEmpty()) {
      rule.put("audiences", jwt.audiences());
    }
    if (!jwt.jwksUri().isEmpty()) {
      rule.put("jwksUri", jwt.jwksUri());
    } else if (!jwt.jwks().isEmpty()) {
      rule.put("jwks", jwt.jwks());
    }
    if (!jwt.headers().isEmpty()) {
      rule.put("fromHeaders", jwt.headers().stream().map(name -> Today.map("name", name)).toList());
    }
    if (!jwt.params().isEmpty()) {
      rule.put("fromParams", jwt.params());
    }
    if (!jwt.headers().isEmpty() || !jwt.params().isEmpty()) {
      String where = jwt.headers().isEmpty() ? ".jwtParams" : ".jwtHeaders";
      today.known(
          policy,
          jwt.position(),
          field + where,
          "tokens are looked for there alone, not in Authorization and access_token");
    }
    rule.put("forwardOriginalToken", true);
    return rule;
  }

  private void changes() {
    if (!ports.isEmpty()) {
      changed(
          "spec.targets",
          "tokens of requests to other ports are looked at, too: an invalid one"
              + " is answered with 401");
    }
    if (policy.originIsOptional()) {
      changed("spec.originIsOptional", "an invalid token was let in; now it is answered with 401");
    } else {
      changed(
          ORIGINS,
          "a request without a token was answered with 401; now with 403, preflights included");
    }
    if (policy.origins().stream().anyMatch(jwt -> !jwt.triggers().isEmpty())) {
      changed(
          ORIGINS + "[].jwt.triggerRules",
          "an invalid token was let in where none was asked for; now it is answered with 401");
    }
    long triggers = policy.origins().stream().map(Jwt::triggers).distinct().count();
    if (triggers > 1) {
      changed(ORIGINS, "asked for by paths of their own; now a token of any of them will do");
    }
  }

  private void changed(String field, String message) {
    today.changed(policy, policy.position(), field, message);
  }

  /** For which requests a token is asked for; empty for all. */
  private List<Object> operations() {
    Set<Object> operations = new LinkedHashSet<>();
    for (int i = 0; i < policy.origins().size(); i++) {
      Jwt jwt = policy.origins().get(i);
      String field = ORIGINS + "[" + i + "].jwt.triggerRules";
      if (jwt.triggers().isEmpty()) {
        return ofPorts();
      }
      for (int j = 0; j < jwt.triggers().size(); j++) {
        operations.add(operation(jwt.triggers().get(j), field + "[" + j + "]"));
      }
    }
    return operations.contains(Map.of()) ? List.of() : List.copyOf(operations);
  }

  private List<Object> ofPorts() {
    return ports.isEmpty() ? List.of() : List.of(Today.map("operation", withPorts()));
  }

  private Map<String, Object> withPorts() {
    return ports.isEmpty()
        ? new LinkedHashMap<>()
        : Today.map("ports", ports.stream().map(String::valueOf).toList());
  }

  private Map<String, Object> operation(Trigger trigger, String field) {
    Map<String, Object> operation = withPorts();
    List<String> included = paths(trigger.included(), field + ".includedPaths");
    if (!included.isEmpty() && included.size() == trigger.included().size()) {
      operation.put("paths", included);
    }
    List<String> excluded = paths(trigger.excluded(), field + ".excludedPaths");
    if (!excluded.isEmpty()) {
      operation.put("notPaths", excluded);
    }
    return operation.isEmpty() ? Map.of() : Today.map("operation", operation);
  }

  /** Whether no part of it would be more than a text today. */
  private static boolean isLiteral(String path) {
    return !path.startsWith(Patterns.ANY)
        && !path.endsWith(Patterns.ANY)
        && path.indexOf('{') < 0
        && path.indexOf('}') < 0;
  }

  private List<String> paths(List<Path> paths, String field) {
    List<String> patterns = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      Path path = paths.get(i);
      String at = field + "[" + i + "]";
      boolean regex = path.form() == Path.Form.REGEX;
      if (regex || !isLiteral(path.text())) {
        String what =
            regex ? "by regular expressions" : "with '*' at an end, or '{' or '}' in them";
        today.problem(
            policy, path.position(), at, "policies of today have no paths " + what + " here");
        continue;
      }
      if (path.form() != Path.Form.PREFIX) {
        today.changed(
            policy,
            path.position(),
            at,
            "was compared with the path and its query; now the query is not looked at");
      }
      patterns.add(
          switch (path.form()) {
            case PREFIX -> path.text() + "*";
            case SUFFIX -> "*" + path.text();
            case EXACT, REGEX -> path.text();
          });
    }
    return patterns;
  }
}
