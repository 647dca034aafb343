package io.librarymesh.controlplane.retired;

import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.RbacConfig;
import io.librarymesh.controlplane.istio.RbacConfig.Mode;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServiceRole;
import io.librarymesh.controlplane.istio.ServiceRole.AccessRule;
import io.librarymesh.controlplane.istio.ServiceRoleBinding;
import io.librarymesh.controlplane.istio.ServiceRoleBinding.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is bound to callers, as AuthorizationPolicies that let them in: one for each rule and each
 * Service that it names, with a rule for each subject.
 */
final class RolePolicies {
  private final Services services;
  private final Optional<RbacConfig> config;
  private final AuthenticationConversion authentication;
  private final Today today;

  RolePolicies(
      Services services,
      Optional<RbacConfig> config,
      AuthenticationConversion authentication,
      Today today) {
    this.services = services;
    this.config = config;
    this.authentication = authentication;
    this.today = today;
  }

  /** A rule for the workloads of a Service, or of all of the namespace where there is none. */
  private record Place(String namespace, Optional<KubernetesService> service) {
    Map<String, String> labels() {
      return service.map(KubernetesService::selector).orElse(Map.of());
    }
  }

  /** Who is let in by a rule, in force or tried out. */
  private record Bound(String name, List<Resource> from, List<Subject> subjects, boolean isTrial) {}

  /** A role, with the bindings for it. */
  void ofRole(ServiceRole role, List<ServiceRoleBinding> bindings) {
    Map<String, List<ServiceRoleBinding>> byNamespace = new LinkedHashMap<>();
    bindings.forEach(
        binding ->
            byNamespace
                .computeIfAbsent(binding.metadata().namespace(), n -> new ArrayList<>())
                .add(binding));
    byNamespace.forEach(
        (namespace, those) -> {
          for (boolean trial : new boolean[] {false, true}) {
            List<ServiceRoleBinding> alike =
                those.stream().filter(binding -> isTrial(binding) == trial).toList();
            if (!alike.isEmpty()) {
              List<Resource> from = new ArrayList<>(List.of(role));
              from.addAll(alike);
              List<Subject> subjects =
                  alike.stream().flatMap(binding -> binding.subjects().stream()).toList();
              Bound bound = new Bound(role.metadata().name(), from, subjects, trial);
              rules(role, role.rules(), "spec.rules", namespace, bound);
            }
          }
        });
  }

  /** A binding that says itself what may be done. */
  void ofActions(ServiceRoleBinding binding) {
    Bound bound =
        new Bound(
            binding.metadata().name(), List.of(binding), binding.subjects(), isTrial(binding));
    rules(binding, binding.actions(), "spec.actions", binding.metadata().namespace(), bound);
  }

  private boolean isTrial(ServiceRoleBinding binding) {
    return binding.isTrial() || config.map(RbacConfig::isTrial).orElse(false);
  }

  private void rules(
      Resource of, List<AccessRule> rules, String field, String namespace, Bound bound) {
    for (int i = 0; i < rules.size(); i++) {
      String at = field + "[" + i + "]";
      AccessRule rule = rules.get(i);
      Optional<RuleConditions> conditions = RuleConditions.of(of, rule, namespace, at, today);
      if (conditions.isEmpty()) {
        continue;
      }
      for (int j = 0; j < rule.services().size(); j++) {
        String name = "generated-" + bound.name() + "-rule" + i + "-svc" + j;
        List<Place> places =
            places(of, rule, rule.services().get(j), at + ".services[" + j + "]", namespace);
        for (int k = 0; k < places.size(); k++) {
          make(places.get(k), name + "-target" + k, conditions.get(), bound, of, at);
        }
      }
    }
  }

  /** Where roles are not asked for, a policy that lets somebody in would refuse all others. */
  private List<Place> places(
      Resource of, AccessRule rule, String pattern, String field, String namespace) {
    if (pattern.equals("*") && isAsked(namespace)) {
      return List.of(new Place(namespace, Optional.empty()));
    }
    List<KubernetesService> matching =
        services.in(namespace).stream()
            .filter(service -> Patterns.matches(pattern, services.host(service)))
            .toList();
    List<Place> places = new ArrayList<>();
    Set<String> left = new LinkedHashSet<>();
    for (KubernetesService service : matching) {
      if (service.selector().isEmpty()) {
        continue;
      }
      if (isAsked(service)) {
        places.add(new Place(namespace, Optional.of(service)));
      } else {
        left.add(service.metadata().name());
      }
    }
    remarks(of, rule, pattern, field, namespace, matching, left);
    return places;
  }

  private void remarks(
      Resource of,
      AccessRule rule,
      String pattern,
      String field,
      String namespace,
      List<KubernetesService> matching,
      Set<String> left) {
    if (!left.isEmpty()) {
      today.changed(
          of,
          rule.position(),
          field,
          "roles are not asked for by "
              + String.join(", ", left)
              + ", which the config does not include: left out, since a policy of today would"
              + " refuse all other calls there");
    }
    if (matching.stream().allMatch(service -> service.selector().isEmpty())) {
      String complete =
          pattern.indexOf('.') < 0 && pattern.indexOf('*') < 0
              ? " (expected: a complete host, such as " + services.host(pattern, namespace) + ")"
              : "";
      today.problem(
          of,
          rule.position(),
          field,
          "there is no Service "
              + pattern
              + " in the namespace "
              + namespace
              + " that selects workloads, so it lets nobody in"
              + complete);
    } else if (pattern.indexOf('*') >= 0) {
      today.known(
          of, rule.position(), field, "for the Services that there are now, one policy for each");
    }
  }

  private boolean isAsked(String namespace) {
    return config
        .filter(c -> c.mode() == Mode.ON_WITH_INCLUSION)
        .map(c -> c.inclusion().namespaces().contains(namespace))
        .orElse(true);
  }

  private boolean isAsked(KubernetesService service) {
    return isAsked(service.metadata().namespace())
        || config.map(c -> c.inclusion().services().contains(services.host(service))).orElse(false);
  }

  private void make(
      Place place, String name, RuleConditions conditions, Bound bound, Resource of, String field) {
    List<Object> rules = new ArrayList<>();
    boolean byOrigin =
        place
            .service()
            .map(authentication::isByOrigin)
            .orElseGet(() -> authentication.isByOrigin(place.namespace()));
    for (Subject subject : bound.subjects()) {
      Optional<SubjectConditions> callers = SubjectConditions.of(subject, byOrigin);
      if (callers.isPresent()) {
        callers
            .get()
            .changes()
            .forEach(
                (at, what) ->
                    today.changed(
                        bound.from().get(bound.from().size() - 1), subject.position(), at, what));
        rules.add(conditions.rule(callers.get()));
      }
    }
    if (rules.isEmpty()) {
      return;
    }
    List<Map<String, String>> selectors = conditions.selectors(place.labels());
    if (selectors.isEmpty()) {
      today.problem(
          of,
          of.position(),
          field + ".constraints",
          "no workload can have these labels and those of the Service, so it lets nobody in");
    }
    for (int i = 0; i < selectors.size(); i++) {
      Map<String, Object> spec = Today.selecting(selectors.get(i));
      spec.put("action", "ALLOW");
      spec.put("rules", rules);
      today.make(
          Today.AUTHORIZATION_POLICY,
          place.namespace(),
          i == 0 ? name : name + "-labels" + i,
          bound.from(),
          spec,
          bound.isTrial());
    }
  }
}
