package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.ServiceRole.AccessRule;
import io.librarymesh.controlplane.istio.ServiceRole.Constraint;
import io.librarymesh.controlplane.istio.ServiceRoleBinding.Subject;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Rules of the kinds of {@code rbac.istio.io}. */
final class RbacRules {
  private static final Set<String> PROPERTIES =
      Set.of(
          "source.ip",
          "source.namespace",
          "source.principal",
          "request.auth.principal",
          "request.auth.audiences",
          "request.auth.presenter");

  private static final Pattern PROPERTY =
      Pattern.compile(
          "(request\\.(headers|auth\\.claims)|experimental\\.envoy\\.filters\\.[^\\[]+)\\[.+]");

  private static final Set<String> CONSTRAINTS =
      Set.of(
          "destination.ip",
          "destination.port",
          "destination.namespace",
          "destination.name",
          "destination.user");

  private static final Pattern CONSTRAINT =
      Pattern.compile(
          "(destination\\.labels|request\\.headers|experimental\\.envoy\\.filters\\.[^\\[]+)\\[.+]");

  private RbacRules() {}

  static void check(RbacConfig config, FieldPath path, ValueRules rules) {
    if (!config.metadata().name().equals(AuthenticationPolicyRules.DEFAULT)) {
      rules.invalid(
          path.fields("metadata", "name"),
          config.metadata().name(),
          "default, since a mesh has only one");
    }
    target(config.inclusion(), path.fields("spec", "inclusion"), rules);
    target(config.exclusion(), path.fields("spec", "exclusion"), rules);
  }

  private static void target(RbacConfig.Target target, FieldPath path, ValueRules rules) {
    for (int i = 0; i < target.services().size(); i++) {
      String service = target.services().get(i);
      if (!Names.isFqdn(service) || service.indexOf('.') < 0) {
        String rule = "the complete host of a service, without a wildcard";
        rules.invalid(path.field("services").index(i), Quoting.quote(service), rule);
      }
    }
    for (int i = 0; i < target.namespaces().size(); i++) {
      String namespace = target.namespaces().get(i);
      if (!Names.isLowerDnsLabel(namespace)) {
        FieldPath at = path.field("namespaces").index(i);
        rules.invalid(at, Quoting.quote(namespace), "a namespace, without a wildcard");
      }
    }
  }

  static void check(ServiceRole role, FieldPath spec, ValueRules rules) {
    if (role.rules().isEmpty()) {
      rules.missing(spec.field("rules"), "at least one rule");
    }
    accessRules(role.rules(), spec.field("rules"), rules);
  }

  private static void accessRules(List<AccessRule> list, FieldPath path, ValueRules rules) {
    for (int i = 0; i < list.size(); i++) {
      accessRule(list.get(i), path.index(i), rules);
    }
  }

  private static void accessRule(AccessRule rule, FieldPath path, ValueRules rules) {
    if (rule.services().isEmpty()) {
      rules.missing(path.field("services"), "at least one service");
    }
    patterns(rule.services(), path.field("services"), rules);
    both(rule.hosts(), rule.notHosts(), path.field("notHosts"), rules);
    both(rule.paths(), rule.notPaths(), path.field("notPaths"), rules);
    both(rule.methods(), rule.notMethods(), path.field("notMethods"), rules);
    both(rule.ports(), rule.notPorts(), path.field("notPorts"), rules);
    patterns(rule.hosts(), path.field("hosts"), rules);
    patterns(rule.notHosts(), path.field("notHosts"), rules);
    patterns(rule.paths(), path.field("paths"), rules);
    patterns(rule.notPaths(), path.field("notPaths"), rules);
    patterns(rule.methods(), path.field("methods"), rules);
    patterns(rule.notMethods(), path.field("notMethods"), rules);
    ports(rule.ports(), path.field("ports"), rules);
    ports(rule.notPorts(), path.field("notPorts"), rules);
    for (int i = 0; i < rule.constraints().size(); i++) {
      constraint(rule.constraints().get(i), path.field("constraints").index(i), rules);
    }
  }

  private static void both(List<?> these, List<?> not, FieldPath path, ValueRules rules) {
    if (!these.isEmpty() && !not.isEmpty()) {
      rules.report().invalid(path, "beside those that are meant (expected: one of both)");
    }
  }

  private static void patterns(List<String> texts, FieldPath path, ValueRules rules) {
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      boolean both = text.length() > 1 && text.startsWith("*") && text.endsWith("*");
      if (text.isEmpty()) {
        rules.missing(path.index(i), "*, PREFIX*, *SUFFIX, or the whole");
      } else if (both) {
        rules.invalid(path.index(i), text, "*, PREFIX*, *SUFFIX, or the whole");
      }
    }
  }

  private static void ports(List<Long> ports, FieldPath path, ValueRules rules) {
    for (int i = 0; i < ports.size(); i++) {
      rules.port(path.index(i), (int) Math.min(ports.get(i), Integer.MAX_VALUE));
    }
  }

  private static void constraint(Constraint constraint, FieldPath path, ValueRules rules) {
    String key = constraint.key();
    if (key.isEmpty()) {
      rules.missing(path.field("key"), "such as request.headers[NAME] or destination.port");
    } else if (!CONSTRAINTS.contains(key) && !CONSTRAINT.matcher(key).matches()) {
      rules.invalid(
          path.field("key"),
          key,
          "request.headers[NAME], destination.labels[NAME], destination.port, destination.namespace"
              + " or experimental.envoy.filters.NAME[KEY]");
    }
    if (constraint.values().isEmpty()) {
      rules.missing(path.field("values"), "at least one value");
    }
  }

  static void check(ServiceRoleBinding binding, FieldPath spec, ValueRules rules) {
    if (binding.subjects().isEmpty()) {
      rules.missing(spec.field("subjects"), "at least one subject");
    }
    for (int i = 0; i < binding.subjects().size(); i++) {
      subject(binding.subjects().get(i), spec.field("subjects").index(i), rules);
    }
    accessRules(binding.actions(), spec.field("actions"), rules);
  }

  private static void subject(Subject subject, FieldPath path, ValueRules rules) {
    boolean empty =
        subject.user().isEmpty()
            && subject.group().isEmpty()
            && subject.names().isEmpty()
            && subject.notNames().isEmpty()
            && subject.groups().isEmpty()
            && subject.notGroups().isEmpty()
            && subject.namespaces().isEmpty()
            && subject.notNamespaces().isEmpty()
            && subject.ips().isEmpty()
            && subject.notIps().isEmpty()
            && subject.properties().isEmpty();
    if (empty) {
      rules.missing(path, "a caller; user: \"*\" for anybody");
    }
    if (!subject.user().isEmpty() && !subject.names().isEmpty()) {
      rules.report().invalid(path.field("names"), "beside user (expected: one of both)");
    }
    ips(subject.ips(), path.field("ips"), rules);
    ips(subject.notIps(), path.field("notIps"), rules);
    subject
        .properties()
        .forEach((key, value) -> property(key, value, path.field("properties").field(key), rules));
  }

  private static void ips(List<String> ips, FieldPath path, ValueRules rules) {
    for (int i = 0; i < ips.size(); i++) {
      if (!Names.isIpOrCidr(ips.get(i))) {
        rules.invalid(path.index(i), Quoting.quote(ips.get(i)), "an address, or ADDRESS/LENGTH");
      }
    }
  }

  private static void property(String key, String value, FieldPath path, ValueRules rules) {
    if (!PROPERTIES.contains(key) && !PROPERTY.matcher(key).matches()) {
      rules.invalid(
          path,
          Quoting.quote(key),
          "source.ip, .namespace or .principal, request.headers[NAME], request.auth.principal,"
              + " .audiences, .presenter or .claims[NAME], or experimental.envoy.filters.NAME[KEY]");
    } else if (key.equals("source.ip") && !value.equals("*") && !Names.isIpOrCidr(value)) {
      rules.invalid(path, Quoting.quote(value), "an address, or ADDRESS/LENGTH");
    }
  }
}
