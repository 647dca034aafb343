package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Destination;
import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.HttpMirrorPolicy;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.HttpRouteAction;
import io.librarymesh.controlplane.istio.HttpRouteDestination;
import io.librarymesh.controlplane.istio.RefusedResource;
import io.librarymesh.controlplane.istio.ResiliencePolicy;
import io.librarymesh.controlplane.istio.ResilienceRule;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.RouteDestination;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.istio.Subset;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServicePort;
import io.librarymesh.controlplane.registry.ServiceRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Warns of references that lead nowhere: valid by themselves, and calls will fail. Looks with the
 * eyes of a client in the namespace of the rule; all findings are warnings, since the missing half
 * may be on its way.
 */
public final class ReferenceFindings {

  private final PushContext context;
  private final Doubts doubts;
  private final List<Finding> findings = new ArrayList<>();

  private ReferenceFindings(PushContext context, Doubts doubts) {
    this.context = context;
    this.doubts = doubts;
  }

  /**
   * What there is to say about the rules of a context, in the order of its resources; what concerns
   * delegation, Sidecars, gateways, Ingresses and the Gateway API comes last.
   */
  public static List<Finding> of(PushContext context) {
    return of(context, Doubts.NONE);
  }

  private static List<Finding> of(PushContext context, Doubts doubts) {
    ReferenceFindings references = new ReferenceFindings(context, doubts);
    for (Resource resource : context.resources()) {
      references.check(resource);
    }
    references.findings.addAll(
        DelegateFindings.of(context.resources(), context.meshConfig().domain(), doubts));
    references.findings.addAll(MeshConfigFindings.of(context));
    references.findings.addAll(SidecarFindings.of(context));
    references.findings.addAll(PeerAuthenticationFindings.of(context));
    references.findings.addAll(AuthorizationFindings.of(context));
    references.findings.addAll(RetiredFindings.of(context));
    references.findings.addAll(IngressFindings.of(context));
    references.findings.addAll(IngressResourceFindings.of(context));
    references.findings.addAll(GatewayFindings.of(context));
    return List.copyOf(references.findings);
  }

  /**
   * The same for resources that nobody serves yet, as when files are validated.
   *
   * @param options settings of a mesh without a document among the resources
   */
  public static List<Finding> of(MeshConfig options, Collection<Resource> resources) {
    return of(options, resources, List.of());
  }

  /**
   * The same when some resources are refused: they count as if their errors were mended. Nothing is
   * said of a field that has an error already, nor of a reference to what may stand in one.
   */
  public static List<Finding> of(
      MeshConfig options, Collection<Resource> resources, Collection<RefusedResource> refused) {
    MeshConfig meshConfig = options.with(resources);
    Doubts doubts = new Doubts(refused, meshConfig.domain());
    List<Resource> complete = ExportDefaults.complete(doubts.complete(resources), meshConfig);
    ServiceRegistry registry = new ServiceRegistry(meshConfig.domain());
    registry.configure(complete);
    return of(PushContext.of(meshConfig, complete, registry.snapshot()), doubts);
  }

  private void check(Resource resource) {
    int before = findings.size();
    if (resource instanceof VirtualService vs) {
      check(vs);
    } else if (resource instanceof DestinationRule rule) {
      check(rule);
    } else if (resource instanceof ResiliencePolicy policy) {
      check(policy);
    }
    findings
        .subList(before, findings.size())
        .removeIf(finding -> doubts.isWrong(resource, finding.fieldPath()));
  }

  private ClientLookup lookup(String namespace) {
    return new ClientLookup(context, new ClientView(namespace, Map.of(), "", Dialect.LIBRARY));
  }

  private void check(VirtualService vs) {
    ClientLookup lookup = lookup(vs.metadata().namespace());
    List<String> called =
        vs.appliesToMesh()
            ? VirtualServiceIndex.hosts(vs, lookup.meshConfig().domain())
            : List.of();
    checkConflicts(vs, called);
    String namespace = vs.metadata().namespace();
    Owner owner = new Owner(namespace, called, ServicePort::isHttp, Owner.CALLS);
    Owner copies = new Owner(namespace, called, ServicePort::isHttp, Owner.COPIES);
    for (int i = 0; i < vs.http().size(); i++) {
      HttpRoute rule = vs.http().get(i);
      String path = "spec.http[" + i + "]";
      if (rule.action() instanceof HttpRouteAction.Forward forward) {
        List<HttpRouteDestination> all = forward.destinations();
        for (int j = 0; j < all.size(); j++) {
          check(owner, lookup, all.get(j).destination(), path + ".route[" + j + "].destination");
        }
      }
      for (int j = 0; j < rule.mirrors().size(); j++) {
        HttpMirrorPolicy mirror = rule.mirrors().get(j);
        String at = mirror.single() ? ".mirror" : ".mirrors[" + j + "].destination";
        check(copies, lookup, mirror.destination(), path + at);
      }
    }
    Owner tls = new Owner(namespace, called, ServicePort::isTls, Owner.CALLS);
    for (int i = 0; i < vs.tls().size(); i++) {
      opaque(tls, lookup, vs.tls().get(i).route(), "spec.tls[" + i + "]");
    }
    Owner tcp = new Owner(namespace, called, port -> !port.isHttp(), Owner.CALLS);
    for (int i = 0; i < vs.tcp().size(); i++) {
      opaque(tcp, lookup, vs.tcp().get(i).route(), "spec.tcp[" + i + "]");
    }
  }

  private void opaque(Owner owner, ClientLookup lookup, List<RouteDestination> route, String path) {
    for (int i = 0; i < route.size(); i++) {
      check(owner, lookup, route.get(i).destination(), path + ".route[" + i + "].destination");
    }
  }

  private void checkConflicts(VirtualService vs, List<String> hosts) {
    for (int i = 0; i < hosts.size(); i++) {
      String host = hosts.get(i);
      String path = "spec.hosts[" + i + "]";
      RulesBefore.of(vs, virtualServicesWith(host, vs), ports(host))
          .ifPresent(
              winner ->
                  warn(vs.position(), path, host + ": " + notMerged(winner, "VirtualServices")));
    }
  }

  private List<ServicePort> ports(String host) {
    return context.registry().servicesOf(host).stream()
        .flatMap(service -> service.service().ports().stream())
        .toList();
  }

  private List<VirtualService> virtualServicesWith(String host, Resource asked) {
    String namespace = asked.metadata().namespace();
    return context.virtualServices().withHost(host, namespace, vs -> !vs.isOfGatewayApi());
  }

  /**
   * Who sends to a destination.
   *
   * @param hosts the hosts that clients of the mesh call, complete; none for what gateways send
   * @param ports the ports of these hosts that its rules are for
   * @param lost what becomes of what is sent to where nothing is
   */
  private record Owner(
      String namespace, List<String> hosts, Predicate<ServicePort> ports, String lost) {
    private static final String CALLS = "calls fail with 503";
    private static final String COPIES = "copies are dropped";
  }

  private void check(Owner owner, ClientLookup lookup, Destination destination, String path) {
    String host =
        HostNames.resolve(destination.host(), owner.namespace(), lookup.meshConfig().domain());
    Optional<RegisteredService> found = lookup.service(host);
    if (found.isEmpty()) {
      if (isSaid(host)) {
        warn(destination.position(), path + ".host", unknownHost(owner, destination, host, lookup));
      }
      return;
    }
    Service service = found.get().service();
    if (service.resolution() != Service.Resolution.ALIAS) {
      checkPort(owner, lookup, destination, service, path);
      checkSubset(owner, lookup, destination, service, path);
    }
  }

  /** Whether a host that no service has is worth a word. */
  private boolean isSaid(String host) {
    return !host.isEmpty() && !doubts.ofHosts();
  }

  private String unknownHost(
      Owner owner, Destination destination, String host, ClientLookup lookup) {
    Optional<Service> hidden =
        context.registry().servicesOf(host.toLowerCase(Locale.ROOT)).stream()
            .map(RegisteredService::service)
            .findFirst();
    if (hidden.isPresent()) {
      return hidden(owner, host, hidden.get());
    }
    String full = host + ".svc." + lookup.meshConfig().domain();
    String hint =
        destination.host().indexOf('.') > 0 && lookup.service(full).isPresent()
            ? "; a name with a dot is meant as written, did you mean " + full + "?"
            : "";
    return host
        + ": no such service, "
        + owner.lost()
        + " (expected: the host of a Service or of a ServiceEntry)"
        + hint;
  }

  private static String hidden(Owner owner, String host, Service service) {
    return host
        + ": not exported to namespace "
        + owner.namespace()
        + " by "
        + service.declaredBy().namespace()
        + "/"
        + service.declaredBy().name()
        + " at "
        + service.declaredBy().position()
        + ", "
        + owner.lost()
        + " (expected: exportTo with "
        + owner.namespace()
        + " or '*', found "
        + service.exportTo()
        + ")";
  }

  private void checkPort(
      Owner owner, ClientLookup lookup, Destination destination, Service service, String path) {
    List<Integer> ports = service.ports().stream().map(ServicePort::number).toList();
    if (doubts.ofPorts(service)) {
      return;
    }
    if (destination.port().isPresent()) {
      if (!ports.contains(destination.port().get())) {
        warn(
            destination.position(),
            path + ".port.number",
            destination.port().get()
                + ": "
                + service.host()
                + " has no such port, "
                + owner.lost()
                + " (expected: one of "
                + ports
                + ")");
      }
      return;
    }
    for (String host : owner.hosts()) {
      lookup.service(host).stream()
          .flatMap(s -> s.service().ports().stream())
          .filter(owner.ports())
          .filter(port -> !ports.contains(port.number()))
          .findFirst()
          .ifPresent(
              port ->
                  warn(
                      destination.position(),
                      path,
                      "no port is written, so that of the request is taken, and "
                          + service.host()
                          + " does not have port "
                          + port.number()
                          + " of "
                          + host
                          + " (expected: port.number, one of "
                          + ports
                          + ")"));
    }
  }

  private void checkSubset(
      Owner owner, ClientLookup lookup, Destination destination, Service service, String path) {
    if (destination.subset().isEmpty() || doubts.ofSubsets(service)) {
      return;
    }
    if (service.resolution() == Service.Resolution.DYNAMIC_DNS) {
      warn(
          destination.position(),
          path + ".subset",
          destination.subset()
              + ": a service with resolution DYNAMIC_DNS has no subsets, "
              + owner.lost()
              + " (expected: no subset)");
      return;
    }
    Optional<MergedDestinationRule> rule = lookup.destinationRule(service);
    if (rule.flatMap(r -> r.subset(destination.subset())).isEmpty()) {
      String declared =
          rule.filter(r -> !r.subsets().isEmpty())
              .map(r -> "one of " + r.subsets().stream().map(Subset::name).toList())
              .orElse("a DestinationRule for " + service.host() + " that declares it");
      String elsewhere = declaredElsewhere(owner, destination.subset(), service, rule);
      warn(
          destination.position(),
          path + ".subset",
          destination.subset()
              + ": not declared, "
              + owner.lost()
              + " (expected: "
              + declared
              + ")"
              + elsewhere);
    }
  }

  /** The rule that declares the subset, and why it is not in force. */
  private String declaredElsewhere(
      Owner owner, String subset, Service service, Optional<MergedDestinationRule> inForce) {
    String host = service.host().toLowerCase(Locale.ROOT);
    return context.resources().stream()
        .filter(DestinationRule.class::isInstance)
        .map(DestinationRule.class::cast)
        .filter(r -> r.subsets().stream().anyMatch(s -> s.name().equals(subset)))
        .filter(
            r ->
                HostNames.covers(DestinationRuleIndex.host(r, context.meshConfig().domain()), host))
        .findFirst()
        .map(
            r ->
                "; "
                    + r.id()
                    + " at "
                    + r.position()
                    + " declares it and is "
                    + reason(owner.namespace(), r, inForce))
        .orElse("");
  }

  private static String reason(
      String client, DestinationRule rule, Optional<MergedDestinationRule> inForce) {
    if (ExportTo.rank(rule.exportTo(), rule, client) == ExportTo.HIDDEN) {
      return "not exported to namespace " + client + " (exportTo: " + rule.exportTo() + ")";
    }
    return "not in force there" + inForce.map(r -> ", " + r.rules().get(0).id() + " is").orElse("");
  }

  private void check(DestinationRule rule) {
    String host = DestinationRuleIndex.host(rule, context.meshConfig().domain());
    if (!coversService(host) && isSaid(host)) {
      warn(
          rule.position(),
          "spec.host",
          host + ": no such service (expected: the host of a Service or of a ServiceEntry)");
    }
  }

  private void check(ResiliencePolicy policy) {
    ClientLookup lookup = lookup(policy.metadata().namespace());
    List<String> hosts = ResiliencePolicyIndex.hosts(policy, lookup.meshConfig().domain());
    for (int i = 0; i < hosts.size(); i++) {
      String host = hosts.get(i);
      String path = "spec.hosts[" + i + "]";
      if (!coversService(host) && virtualServicesWith(host, policy).isEmpty() && isSaid(host)) {
        warn(
            policy.position(),
            path,
            host
                + ": no such service (expected: the host of a Service, of a ServiceEntry or of a"
                + " VirtualService)");
      }
      List<ResiliencePolicy> ranked = lookup.resiliencePoliciesWith(host);
      if (!ranked.isEmpty() && !ranked.get(0).equals(policy)) {
        warn(policy.position(), path, host + ": " + notMerged(ranked.get(0), "ResiliencePolicies"));
      }
    }
    Owner owner = new Owner(policy.metadata().namespace(), hosts, ServicePort::isHttp, Owner.CALLS);
    for (int i = 0; i < policy.http().size(); i++) {
      String path = "spec.http[" + i + "].fallback.destination";
      policy
          .http()
          .get(i)
          .fallback()
          .flatMap(ResilienceRule.Fallback::destination)
          .ifPresent(destination -> check(owner, lookup, destination, path));
    }
  }

  private static String notMerged(Resource winner, String kinds) {
    return "the rules of "
        + winner.id()
        + " at "
        + winner.position()
        + " come first; rules of several "
        + kinds
        + " for one host are not merged";
  }

  private boolean coversService(String host) {
    return context
        .registry()
        .services()
        .map(service -> service.service().host())
        .anyMatch(service -> HostNames.covers(host, service));
  }

  private void warn(SourcePosition position, String path, String message) {
    findings.add(new Finding(position, Severity.WARNING, path, message));
  }
}
