package io.librarymesh.controlplane.retired;

import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServiceRole.AccessRule;
import io.librarymesh.controlplane.istio.ServiceRole.Constraint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a rule of a role asks of requests and of servers.
 *
 * @param operation as {@code to[].operation}; empty for any request
 * @param when further conditions
 * @param labels values of labels of the server, any of which it must have
 */
record RuleConditions(
    Map<String, Object> operation, List<Object> when, Map<String, List<String>> labels) {
  private static final String LABELS = "destination.labels[";

  /** Of these AuthorizationPolicies know nothing. */
  private static final Set<String> UNKNOWN_TODAY =
      Set.of("destination.ip", "destination.user", "destination.name");

  /** Empty where it lets nobody in, or cannot be said. */
  static Optional<RuleConditions> of(
      Resource of, AccessRule rule, String namespace, String field, Today today) {
    boolean never =
        rule.notHosts().contains(Patterns.ANY)
            || rule.notPaths().contains(Patterns.ANY)
            || rule.notMethods().contains(Patterns.ANY);
    if (never) {
      today.changed(
          of,
          rule.position(),
          field,
          "not of anything, so it lets nobody in; nothing is left of it");
      return Optional.empty();
    }
    boolean braces = paths(rule).stream().anyMatch(p -> p.indexOf('{') >= 0 || p.indexOf('}') >= 0);
    if (braces) {
      today.problem(
          of,
          rule.position(),
          field + ".paths",
          "policies of today have no '{' and '}' in paths, so it lets nobody in");
      return Optional.empty();
    }
    Map<String, Object> operation = operation(rule);
    List<Object> when = new ArrayList<>();
    Map<String, List<String>> labels = new LinkedHashMap<>();
    boolean holds = true;
    for (int i = 0; i < rule.constraints().size(); i++) {
      Constraint constraint = rule.constraints().get(i);
      String at = field + ".constraints[" + i + "]";
      holds &= add(of, constraint, namespace, at, operation, when, labels, today);
    }
    return holds ? Optional.of(new RuleConditions(operation, when, labels)) : Optional.empty();
  }

  private static List<String> paths(AccessRule rule) {
    List<String> paths = new ArrayList<>(rule.paths());
    paths.addAll(rule.notPaths());
    return paths;
  }

  private static Map<String, Object> operation(AccessRule rule) {
    Map<String, Object> operation = new LinkedHashMap<>();
    put(operation, "hosts", rule.hosts());
    put(operation, "notHosts", rule.notHosts());
    put(operation, "methods", rule.methods());
    put(operation, "notMethods", rule.notMethods());
    put(operation, "paths", rule.paths());
    put(operation, "notPaths", rule.notPaths());
    put(operation, "ports", rule.ports().stream().map(String::valueOf).toList());
    put(operation, "notPorts", rule.notPorts().stream().map(String::valueOf).toList());
    return operation;
  }

  private static void put(Map<String, Object> operation, String name, List<String> values) {
    if (!Patterns.isAnything(values)) {
      operation.put(name, values);
    }
  }

  private static boolean add(
      Resource of,
      Constraint constraint,
      String namespace,
      String field,
      Map<String, Object> operation,
      List<Object> when,
      Map<String, List<String>> labels,
      Today today) {
    String key = constraint.key();
    List<String> values = constraint.values();
    if (key.equals("destination.namespace")) {
      boolean own = values.stream().anyMatch(value -> Patterns.matches(value, namespace));
      if (!own) {
        today.changed(
            of,
            constraint.position(),
            field,
            "never that of the role, so it lets nobody in; nothing is left of it");
      }
      return own;
    }
    boolean wildcard =
        key.startsWith(LABELS) && values.stream().anyMatch(value -> value.indexOf('*') >= 0);
    if (UNKNOWN_TODAY.contains(key) || wildcard) {
      String what = wildcard ? "no wildcards in labels of servers" : "no " + key;
      today.problem(
          of,
          constraint.position(),
          field,
          "policies of today have " + what + ", so it lets nobody in");
      return false;
    }
    if (key.startsWith(LABELS)) {
      String name = key.substring(LABELS.length(), key.length() - 1);
      labels.merge(name, values, (a, b) -> a.stream().filter(b::contains).toList());
    } else if (!Patterns.isAnything(values)) {
      if (key.equals("destination.port") && !operation.containsKey("ports")) {
        operation.put("ports", values);
      } else {
        when.add(condition(key, "values", values));
      }
    }
    return true;
  }

  static Map<String, Object> condition(String key, String how, List<String> values) {
    Map<String, Object> condition = Today.map("key", key);
    condition.put(how, values);
    return condition;
  }

  /** A rule of an AuthorizationPolicy, for some callers. */
  Map<String, Object> rule(SubjectConditions callers) {
    Map<String, Object> rule = new LinkedHashMap<>();
    if (!callers.source().isEmpty()) {
      rule.put("from", List.of(Today.map("source", callers.source())));
    }
    if (!operation.isEmpty()) {
      rule.put("to", List.of(Today.map("operation", operation)));
    }
    List<Object> all = new ArrayList<>(when);
    all.addAll(callers.when());
    if (!all.isEmpty()) {
      rule.put("when", all);
    }
    return rule;
  }

  /**
   * The labels of a Service together with those that the rule asks for: one set for each
   * combination of values; none where they contradict each other.
   */
  List<Map<String, String>> selectors(Map<String, String> service) {
    Set<Map<String, String>> selectors = new LinkedHashSet<>(Set.of(service));
    for (Map.Entry<String, List<String>> label : labels.entrySet()) {
      Set<Map<String, String>> with = new LinkedHashSet<>();
      for (Map<String, String> selector : selectors) {
        for (String value : label.getValue()) {
          if (selector.getOrDefault(label.getKey(), value).equals(value)) {
            Map<String, String> more = new LinkedHashMap<>(selector);
            more.put(label.getKey(), value);
            with.add(more);
          }
        }
      }
      selectors = with;
    }
    return List.copyOf(selectors);
  }
}
