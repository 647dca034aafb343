package io.librarymesh.controlplane.retired;

import io.librarymesh.controlplane.istio.AuthenticationPolicy;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.MutualTls;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.Port;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.Target;
import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.PeerAuthentication;
import io.librarymesh.controlplane.istio.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Policies and MeshPolicies as PeerAuthentications, RequestAuthentications and
 * AuthorizationPolicies that refuse requests without a token.
 *
 * <p>Of several PeerAuthentications for the same workloads only the oldest counts, ports and all,
 * so what Policies say about one Service becomes one.
 */
final class AuthenticationConversion {
  private static final String STRICT = "STRICT";
  private static final String PERMISSIVE = "PERMISSIVE";

  private final Collection<Resource> resources;
  private final Services services;
  private final String rootNamespace;
  private final Today today;
  private final List<AuthenticationPolicy> policies;
  private final Map<Workloads, Peers> peers = new LinkedHashMap<>();

  AuthenticationConversion(
      Collection<Resource> resources,
      List<AuthenticationPolicy> policies,
      Services services,
      String rootNamespace,
      Today today) {
    this.resources = resources;
    this.policies = policies;
    this.services = services;
    this.rootNamespace = rootNamespace;
    this.today = today;
  }

  /**
   * Whom a policy is for.
   *
   * @param labels none: all of the namespace
   */
  record Workloads(String namespace, Map<String, String> labels) {}

  /** What is known of the peers of some workloads. */
  private static final class Peers {
    private final String name;
    private final List<Resource> from = new ArrayList<>();
    private Optional<String> mode = Optional.empty();
    private final Map<Integer, String> ports = new TreeMap<>();

    Peers(String name) {
      this.name = name;
    }
  }

  void convert() {
    policies.forEach(this::convert);
    peers.forEach(this::make);
  }

  private void convert(AuthenticationPolicy policy) {
    changes(policy);
    if (policy.isOfMesh() || policy.targets().isEmpty()) {
      String namespace = policy.isOfMesh() ? rootNamespace : policy.metadata().namespace();
      convert(policy, new Workloads(namespace, Map.of()), List.of(), "");
      return;
    }
    for (int i = 0; i < policy.targets().size(); i++) {
      target(policy, i);
    }
  }

  private void target(AuthenticationPolicy policy, int index) {
    Target target = policy.targets().get(index);
    String field = "spec.targets[" + index + "]";
    String namespace = policy.metadata().namespace();
    Optional<KubernetesService> service = services.of(target.name(), namespace);
    if (service.isEmpty() || service.get().selector().isEmpty()) {
      String why =
          service.isEmpty()
              ? "there is no Service " + target.name() + " in the namespace " + namespace
              : "the Service " + target.name() + " selects nothing";
      today.problem(policy, target.position(), field + ".name", why + ", so it is for nobody");
      return;
    }
    for (KubernetesService other : services.alsoSelected(service.get())) {
      today.changed(
          policy,
          target.position(),
          field + ".name",
          "policies of today select by labels, and those of the Service "
              + target.name()
              + " select the workloads of the Service "
              + other.metadata().name()
              + ", too");
    }
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < target.ports().size(); i++) {
      String at = field + ".ports[" + i + "]";
      port(policy, target, target.ports().get(i), at, service.get()).ifPresent(ports::add);
    }
    if (target.ports().isEmpty() || !ports.isEmpty()) {
      Workloads workloads = new Workloads(namespace, service.get().selector());
      String suffix = policy.targets().size() > 1 ? "-" + target.name() : "";
      convert(policy, workloads, ports, suffix);
    }
  }

  private Optional<Integer> port(
      AuthenticationPolicy policy,
      Target target,
      Port port,
      String field,
      KubernetesService service) {
    Optional<KubernetesService.Port> found =
        service.ports().stream()
            .filter(
                p ->
                    port.number()
                        .map(n -> n == p.port())
                        .orElseGet(() -> p.name().equals(port.name())))
            .findFirst();
    if (found.isEmpty()) {
      today.problem(
          policy,
          target.position(),
          field,
          "the Service " + target.name() + " has no port " + port.written());
      return Optional.empty();
    }
    if (found.get().targetPort() instanceof KubernetesService.TargetPortNumber number) {
      return Optional.of(number.number());
    }
    today.problem(
        policy,
        target.position(),
        field,
        "policies of today have ports of workloads by number, and the Service "
            + target.name()
            + " has that of port "
            + port.written()
            + " by name");
    return Optional.empty();
  }

  private void convert(
      AuthenticationPolicy policy, Workloads workloads, List<Integer> ports, String suffix) {
    String name = policy.metadata().name() + suffix;
    boolean elsewhere =
        workloads.namespace().equals(rootNamespace) && !workloads.labels().isEmpty();
    Optional<String> mode = mode(policy, workloads);
    if (mode.isPresent() && elsewhere) {
      today.problem(
          policy,
          policy.position(),
          "spec.peers",
          "a PeerAuthentication of the root namespace "
              + rootNamespace
              + " is for the whole mesh, not for a Service");
    } else {
      mode.ifPresent(m -> peers(policy, workloads, ports, name, m));
    }
    if (!policy.origins().isEmpty()) {
      if (elsewhere) {
        today.changed(
            policy,
            policy.position(),
            "spec.targets",
            "policies of the root namespace "
                + rootNamespace
                + " select workloads by labels in all namespaces");
      }
      new TokenConversion(policy, workloads, ports, today).convert(name);
    }
  }

  /** Empty where nothing has to be said, since nothing wider says anything else. */
  private Optional<String> mode(AuthenticationPolicy policy, Workloads workloads) {
    if (policy.peers().isEmpty()) {
      today.changed(
          policy,
          policy.position(),
          "spec.peers",
          "without peers a server took plaintext alone; now it takes mutual TLS, too");
      return isSaidElsewhere(policy, workloads) ? Optional.of(PERMISSIVE) : Optional.empty();
    }
    MutualTls first = policy.peers().get(0);
    if (first.allowTls()) {
      today.changed(
          policy,
          policy.position(),
          "spec.peers[0].mtls.allowTls",
          "TLS without a certificate of the caller is closed now, and plaintext is taken");
    }
    boolean permissive = first.isPermissive() || first.allowTls() || policy.peerIsOptional();
    return Optional.of(permissive ? PERMISSIVE : STRICT);
  }

  private boolean isSaidElsewhere(AuthenticationPolicy policy, Workloads workloads) {
    boolean retired =
        policies.stream()
            .filter(other -> !other.equals(policy) && !other.peers().isEmpty())
            .anyMatch(
                other ->
                    other.isOfMesh() || other.metadata().namespace().equals(workloads.namespace()));
    return retired
        || resources.stream()
            .filter(PeerAuthentication.class::isInstance)
            .map(other -> other.metadata().namespace())
            .anyMatch(ns -> ns.equals(rootNamespace) || ns.equals(workloads.namespace()));
  }

  private void peers(
      AuthenticationPolicy policy,
      Workloads workloads,
      List<Integer> ports,
      String name,
      String mode) {
    Peers said = peers.computeIfAbsent(workloads, w -> new Peers(name));
    boolean late = false;
    if (ports.isEmpty()) {
      late = said.mode.isPresent();
      said.mode = said.mode.or(() -> Optional.of(mode));
    }
    for (int port : ports) {
      late |= said.ports.putIfAbsent(port, mode) != null;
    }
    if (late) {
      today.changed(
          policy,
          policy.position(),
          "spec.peers",
          said.from.get(0).id()
              + " at "
              + said.from.get(0).position()
              + " is older and for the same workloads: its mode is in force");
    }
    if (!said.from.contains(policy)) {
      said.from.add(policy);
    }
  }

  private void make(Workloads workloads, Peers said) {
    Optional<PeerAuthentication> ofToday =
        resources.stream()
            .filter(PeerAuthentication.class::isInstance)
            .map(PeerAuthentication.class::cast)
            .filter(other -> other.metadata().namespace().equals(workloads.namespace()))
            .filter(other -> other.selector().equals(workloads.labels()))
            .findFirst();
    if (ofToday.isPresent()) {
      String message =
          ofToday.get().id()
              + " at "
              + ofToday.get().position()
              + " is for the same workloads, and it is in force";
      said.from.forEach(each -> today.changed(each, each.position(), "spec.peers", message));
      return;
    }
    Map<String, Object> spec = Today.selecting(workloads.labels());
    said.mode.ifPresent(mode -> spec.put("mtls", Today.map("mode", mode)));
    if (!said.ports.isEmpty()) {
      Map<String, Object> ports = new LinkedHashMap<>();
      said.ports.forEach((port, mode) -> ports.put(port.toString(), Today.map("mode", mode)));
      spec.put("portLevelMtls", ports);
    }
    today.make("PeerAuthentication", workloads.namespace(), said.name, said.from, spec);
  }

  /** What narrower policies replaced, and today they add to. */
  private void changes(AuthenticationPolicy policy) {
    for (AuthenticationPolicy wider : policies) {
      boolean isWider =
          wider.isOfMesh()
              ? !policy.isOfMesh()
              : wider.targets().isEmpty()
                  && !policy.targets().isEmpty()
                  && wider.metadata().namespace().equals(policy.metadata().namespace());
      if (isWider && !wider.origins().isEmpty()) {
        today.changed(
            policy,
            policy.position(),
            "spec.origins",
            "took the place of those of "
                + wider.id()
                + " at "
                + wider.position()
                + "; now both are asked for");
      }
    }
  }

  /** Whether callers of a Service are those of their tokens. */
  boolean isByOrigin(KubernetesService service) {
    String namespace = service.metadata().namespace();
    Optional<AuthenticationPolicy> closest =
        policies.stream()
            .filter(policy -> policy.metadata().namespace().equals(namespace))
            .filter(
                policy ->
                    policy.targets().stream()
                        .anyMatch(target -> target.name().equals(service.metadata().name())))
            .findFirst();
    return closest.or(() -> wholeNamespace(namespace)).map(this::isByOrigin).orElse(false);
  }

  /** The same of all Services of a namespace that no Policy names. */
  boolean isByOrigin(String namespace) {
    return wholeNamespace(namespace).map(this::isByOrigin).orElse(false);
  }

  private boolean isByOrigin(AuthenticationPolicy policy) {
    return policy.binding() == AuthenticationPolicy.PrincipalBinding.USE_ORIGIN;
  }

  private Optional<AuthenticationPolicy> wholeNamespace(String namespace) {
    Optional<AuthenticationPolicy> own =
        policies.stream()
            .filter(policy -> !policy.isOfMesh() && policy.targets().isEmpty())
            .filter(policy -> policy.metadata().namespace().equals(namespace))
            .findFirst();
    return own.or(() -> policies.stream().filter(AuthenticationPolicy::isOfMesh).findFirst());
  }
}
