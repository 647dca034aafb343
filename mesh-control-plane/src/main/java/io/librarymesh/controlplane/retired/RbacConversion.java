package io.librarymesh.controlplane.retired;

import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.RbacConfig;
import io.librarymesh.controlplane.istio.RbacConfig.Mode;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServiceRole;
import io.librarymesh.controlplane.istio.ServiceRoleBinding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The config, the roles and the bindings of {@code rbac.istio.io} as AuthorizationPolicies. They
 * are looked at together: a role without a binding lets nobody in, and one policy that lets
 * somebody in refuses everybody else.
 */
final class RbacConversion {
  private final Services services;
  private final String rootNamespace;
  private final Today today;
  private final RolePolicies roles;
  private final List<RbacConfig> configs = new ArrayList<>();
  private final Map<List<String>, ServiceRole> byName = new LinkedHashMap<>();
  private final List<ServiceRoleBinding> bindings = new ArrayList<>();
  private final boolean isBesideOthers;

  RbacConversion(
      Collection<Resource> resources,
      Services services,
      String rootNamespace,
      AuthenticationConversion authentication,
      Today today) {
    this.services = services;
    this.rootNamespace = rootNamespace;
    this.today = today;
    for (Resource resource : resources) {
      if (resource instanceof RbacConfig config) {
        // The newer kind beats the older one.
        configs.add(
            config.kind() == Resource.Kind.CLUSTER_RBAC_CONFIG ? 0 : configs.size(), config);
      } else if (resource instanceof ServiceRole role) {
        byName.put(List.of(role.metadata().namespace(), role.metadata().name()), role);
      } else if (resource instanceof ServiceRoleBinding binding) {
        bindings.add(binding);
      }
    }
    isBesideOthers =
        resources.stream().anyMatch(r -> r.kind().yamlName().equals(Today.AUTHORIZATION_POLICY));
    roles = new RolePolicies(services, config(), authentication, today);
  }

  private Optional<RbacConfig> config() {
    return configs.stream().findFirst();
  }

  void convert() {
    if (configs.isEmpty() && byName.isEmpty() && bindings.isEmpty()) {
      return;
    }
    configs.stream()
        .skip(1)
        .forEach(
            config ->
                today.known(
                    config,
                    config.position(),
                    "",
                    configs.get(0).id() + " at " + configs.get(0).position() + " is in force"));
    if (mode() == Mode.OFF && isBesideOthers) {
      // A policy for everybody would undo the others.
      all()
          .forEach(
              resource ->
                  today.problem(
                      resource,
                      resource.position(),
                      "",
                      "roles are not asked for (mode OFF), and there are AuthorizationPolicies that"
                          + " say who may call: it is in force nowhere"));
      return;
    }
    scope();
    convertRoles();
  }

  private Mode mode() {
    return config().map(RbacConfig::mode).orElse(Mode.OFF);
  }

  private List<Resource> all() {
    List<Resource> all = new ArrayList<>(configs);
    all.addAll(byName.values());
    all.addAll(bindings);
    return all;
  }

  private void scope() {
    Resource from = all().get(0);
    switch (mode()) {
      case OFF -> everywhere("allow", from);
      case ON -> everywhere("deny", from);
      case ON_WITH_INCLUSION -> of(configs.get(0).inclusion(), "deny", "inclusion");
      case ON_WITH_EXCLUSION -> {
        everywhere("deny", from);
        of(configs.get(0).exclusion(), "allow", "exclusion");
      }
    }
  }

  private void everywhere(String what, Resource from) {
    make(rootNamespace, "generated-global-" + what + "-all", Map.of(), what, from);
  }

  private void of(RbacConfig.Target target, String what, String field) {
    RbacConfig config = configs.get(0);
    for (String namespace : target.namespaces()) {
      make(namespace, "generated-namespace-" + what + "-all", Map.of(), what, config);
    }
    for (int i = 0; i < target.services().size(); i++) {
      String host = target.services().get(i);
      Optional<KubernetesService> service =
          services.of(host).filter(found -> !found.selector().isEmpty());
      if (service.isEmpty()) {
        today.problem(
            config,
            config.position(),
            "spec." + field + ".services[" + i + "]",
            "there is no Service " + host + " that selects workloads");
        continue;
      }
      String name = service.get().metadata().name();
      make(
          service.get().metadata().namespace(),
          "generated-service-" + name + "-" + what + "-all",
          service.get().selector(),
          what,
          config);
      for (KubernetesService other : services.alsoSelected(service.get())) {
        today.changed(
            config,
            config.position(),
            "spec." + field + ".services[" + i + "]",
            "policies of today select by labels, and those of the Service "
                + name
                + " select the workloads of the Service "
                + other.metadata().name()
                + ", too");
      }
    }
  }

  private void make(
      String namespace, String name, Map<String, String> labels, String what, Resource from) {
    Map<String, Object> spec = Today.selecting(labels);
    if (what.equals("allow")) {
      spec.put("rules", List.of(Map.of()));
    }
    boolean trial = config().map(RbacConfig::isTrial).orElse(false);
    today.make(Today.AUTHORIZATION_POLICY, namespace, name, List.of(from), spec, trial);
  }

  private void convertRoles() {
    Map<ServiceRole, List<ServiceRoleBinding>> bound = new LinkedHashMap<>();
    byName.values().forEach(role -> bound.put(role, new ArrayList<>()));
    for (ServiceRoleBinding binding : bindings) {
      if (!binding.actions().isEmpty()) {
        roles.ofActions(binding);
        continue;
      }
      Optional<ServiceRole> role = role(binding);
      if (role.isEmpty()) {
        today.changed(
            binding,
            binding.position(),
            "spec.roleRef",
            "there is no ServiceRole "
                + binding.role()
                + ", so it lets nobody in, and nothing is left of it");
      } else {
        bound.getOrDefault(role.get(), new ArrayList<>()).add(binding);
      }
    }
    bound.forEach(
        (role, those) -> {
          if (those.isEmpty()) {
            today.changed(
                role,
                role.position(),
                "",
                "there is no ServiceRoleBinding for it, so it lets nobody in, and nothing is left"
                    + " of it");
          } else {
            roles.ofRole(role, those);
          }
        });
  }

  private Optional<ServiceRole> role(ServiceRoleBinding binding) {
    boolean ofRoot = binding.role().startsWith("/");
    String namespace = ofRoot ? rootNamespace : binding.metadata().namespace();
    String name = ofRoot ? binding.role().substring(1) : binding.role();
    return Optional.ofNullable(byName.get(List.of(namespace, name)));
  }
}
