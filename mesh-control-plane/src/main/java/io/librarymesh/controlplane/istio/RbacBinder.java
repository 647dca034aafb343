package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.RbacConfig.Mode;
import io.librarymesh.controlplane.istio.RbacConfig.Target;
import io.librarymesh.controlplane.istio.ServiceRole.AccessRule;
import io.librarymesh.controlplane.istio.ServiceRole.Constraint;
import io.librarymesh.controlplane.istio.ServiceRoleBinding.Subject;
import java.util.Optional;

/** Reads the kinds of {@code rbac.istio.io}. */
final class RbacBinder {
  private RbacBinder() {}

  private enum Enforcement {
    ENFORCED,
    PERMISSIVE
  }

  static RbacConfig config(Resource.Kind kind, Fields document, Metadata metadata, Fields spec) {
    Mode mode = spec.choice("mode", Mode.class).orElse(Mode.OFF);
    Optional<Target> inclusion = spec.message("inclusion", RbacBinder::target);
    Optional<Target> exclusion = spec.message("exclusion", RbacBinder::target);
    if (mode == Mode.ON_WITH_INCLUSION && inclusion.isEmpty()) {
      spec.refuse("mode", mode + " without inclusion (expected: inclusion, with what is included)");
    } else if (mode == Mode.ON_WITH_EXCLUSION && exclusion.isEmpty()) {
      spec.refuse("mode", mode + " without exclusion (expected: exclusion, with what is excluded)");
    }
    return new RbacConfig(
        kind,
        document.position(),
        metadata.withoutNamespace(),
        mode,
        inclusion.orElse(Target.NONE),
        exclusion.orElse(Target.NONE),
        isTrial(spec, "enforcementMode"));
  }

  private static Target target(Fields target) {
    return new Target(target.texts("services"), target.texts("namespaces"));
  }

  private static boolean isTrial(Fields spec, String name) {
    return spec.choice(name, Enforcement.class).orElse(Enforcement.ENFORCED)
        == Enforcement.PERMISSIVE;
  }

  static ServiceRole role(Fields document, Metadata metadata, Fields spec) {
    return new ServiceRole(
        document.position(), metadata, spec.messages("rules", RbacBinder::accessRule));
  }

  private static AccessRule accessRule(Fields rule) {
    return new AccessRule(
        rule.position(),
        rule.texts("services"),
        rule.texts("hosts"),
        rule.texts("notHosts"),
        rule.texts("paths"),
        rule.texts("notPaths"),
        rule.texts("methods"),
        rule.texts("notMethods"),
        rule.uint32s("ports"),
        rule.uint32s("notPorts"),
        rule.messages("constraints", RbacBinder::constraint));
  }

  private static Constraint constraint(Fields constraint) {
    return new Constraint(
        constraint.position(), constraint.textOrEmpty("key"), constraint.texts("values"));
  }

  static ServiceRoleBinding binding(Fields document, Metadata metadata, Fields spec) {
    Optional<String> reference = spec.message("roleRef", RbacBinder::reference);
    Optional<String> role = spec.text("role");
    boolean hasActions = spec.has("actions");
    int ways = (reference.isPresent() ? 1 : 0) + (role.isPresent() ? 1 : 0) + (hasActions ? 1 : 0);
    if (ways != 1) {
      spec.refuse("expected one of roleRef, role, actions");
    }
    return new ServiceRoleBinding(
        document.position(),
        metadata,
        spec.messages("subjects", RbacBinder::subject),
        reference.or(() -> role).orElse(""),
        spec.messages("actions", RbacBinder::accessRule),
        isTrial(spec, "mode"));
  }

  private static String reference(Fields reference) {
    Optional<String> kind = reference.text("kind");
    if (kind.isPresent() && !kind.get().equals(Resource.Kind.SERVICE_ROLE.yamlName())) {
      reference.refuse(
          "kind", Quoting.quote(kind.get()) + " (expected: ServiceRole, which alone can be bound)");
    }
    Optional<String> name = reference.text("name");
    if (name.isEmpty()) {
      reference.refuse("no name (expected: that of a ServiceRole of the namespace)");
    }
    return name.orElse("");
  }

  private static Subject subject(Fields subject) {
    return new Subject(
        subject.position(),
        subject.textOrEmpty("user"),
        subject.textOrEmpty("group"),
        subject.texts("names"),
        subject.texts("notNames"),
        subject.texts("groups"),
        subject.texts("notGroups"),
        subject.texts("namespaces"),
        subject.texts("notNamespaces"),
        subject.texts("ips"),
        subject.texts("notIps"),
        subject.textMap("properties"));
  }
}
