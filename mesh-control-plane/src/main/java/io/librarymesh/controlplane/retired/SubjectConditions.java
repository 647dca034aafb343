package io.librarymesh.controlplane.retired;

import io.librarymesh.controlplane.istio.ServiceRoleBinding.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a subject of a binding asks of callers.
 *
 * @param source as {@code from[].source}; empty for anybody
 * @param when further conditions
 * @param changes what means something else than before, by the field
 */
record SubjectConditions(
    Map<String, Object> source, List<Object> when, Map<String, String> changes) {

  private static final String GROUP = "request.auth.claims[group]";
  private static final String PRINCIPAL = "source.principal";
  private static final String REQUEST_PRINCIPAL = "request.auth.principal";

  /** The fields of a source that say the same as a property. */
  private static final Map<String, String> FIELDS =
      Map.of(
          PRINCIPAL,
          "principals",
          REQUEST_PRINCIPAL,
          "requestPrincipals",
          "source.namespace",
          "namespaces",
          "source.ip",
          "ipBlocks");

  /** Of these any value is one that is there: whoever has none was let in before. */
  private static final Set<String> PRESENCE =
      Set.of(PRINCIPAL, REQUEST_PRINCIPAL, "source.namespace");

  /**
   * Empty where it is nobody.
   *
   * @param byOrigin whether a user is who the token says
   */
  static Optional<SubjectConditions> of(Subject subject, boolean byOrigin) {
    boolean nobody =
        subject.notNames().contains(Patterns.ANY)
            || subject.notGroups().contains(Patterns.ANY)
            || subject.notNamespaces().contains(Patterns.ANY);
    if (nobody) {
      return Optional.empty();
    }
    SubjectConditions conditions =
        new SubjectConditions(new LinkedHashMap<>(), new ArrayList<>(), new LinkedHashMap<>());
    conditions.add(subject, byOrigin ? REQUEST_PRINCIPAL : PRINCIPAL);
    return Optional.of(conditions);
  }

  private void add(Subject subject, String user) {
    if (!subject.user().isEmpty()) {
      restrict(user, List.of(subject.user()));
    }
    restrict(user, subject.names());
    exclude("not" + capital(field(user)), subject.notNames());
    restrict("source.namespace", subject.namespaces());
    exclude("notNamespaces", subject.notNamespaces());
    restrict("source.ip", subject.ips());
    exclude("notIpBlocks", subject.notIps());
    if (!subject.group().isEmpty()) {
      restrict(GROUP, List.of(subject.group()));
    }
    restrict(GROUP, subject.groups());
    if (!subject.notGroups().isEmpty()) {
      when.add(RuleConditions.condition(GROUP, "notValues", subject.notGroups()));
    }
    subject.properties().forEach(this::property);
  }

  private void property(String key, String value) {
    if (value.equals(Patterns.ANY) && PRESENCE.contains(key)) {
      changes.put(
          "spec.subjects[].properties",
          key + ": \"*\" let in who has none, too; now there must be one");
      put(key, List.of(value));
    } else {
      restrict(key, List.of(value));
    }
  }

  /** Nothing to ask where anything will do. */
  private void restrict(String key, List<String> values) {
    if (!Patterns.isAnything(values)) {
      put(key, values);
    }
  }

  /** What is asked of one thing twice must hold twice. */
  private void put(String key, List<String> values) {
    String field = FIELDS.getOrDefault(key, "");
    if (field.isEmpty() || source.putIfAbsent(field, values) != null) {
      when.add(RuleConditions.condition(key, "values", values));
    }
  }

  private void exclude(String field, List<String> values) {
    if (!values.isEmpty()) {
      source.put(field, values);
    }
  }

  private static String field(String key) {
    return FIELDS.getOrDefault(key, "");
  }

  private static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
