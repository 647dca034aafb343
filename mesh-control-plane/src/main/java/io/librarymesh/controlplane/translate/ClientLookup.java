package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Gateway;
import io.librarymesh.controlplane.istio.JwtRule;
import io.librarymesh.controlplane.istio.ResiliencePolicy;
import io.librarymesh.controlplane.istio.Subset;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.keys.KeySource;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.RegistrySnapshot;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Looks into the context for one client and remembers every host it was asked about, found or not.
 * What it remembers says which changes can make a difference to what was translated. Confined to
 * one translation.
 */
final class ClientLookup {

  private final PushContext context;
  private final ClientView view;
  private final Set<String> consulted = new HashSet<>();

  ClientLookup(PushContext context, ClientView view) {
    this.context = context;
    this.view = view;
  }

  PushContext context() {
    return context;
  }

  MeshConfig meshConfig() {
    return context.meshConfig();
  }

  ClientView view() {
    return view;
  }

  boolean isGrpc() {
    return view.dialect().isGrpc();
  }

  /** Hosts, wildcards and addresses that were asked about, lower-case. */
  Set<String> consulted() {
    return Set.copyOf(consulted);
  }

  /** Notes that the answer depends on a host without asking for anything. */
  void consult(String host) {
    consulted.add(host.toLowerCase(Locale.ROOT));
  }

  /** What becomes of calls to hosts that are unknown to this client. */
  OutboundTrafficPolicy outboundTrafficPolicy() {
    return view.egress()
        .outboundPolicy()
        .map(policy -> OutboundTrafficPolicy.of(policy.mode()))
        .orElse(meshConfig().outboundTrafficPolicy());
  }

  /** The service that a call to this host and port may be meant for. */
  Optional<RegisteredService> called(String host, int port) {
    consult(host);
    return context.registry().service(host, port, view.namespace(), calledAt(port));
  }

  /** The service that a call to this host may be meant for, whether or not it has the port. */
  Optional<RegisteredService> calledAtAnyPort(String host, int port) {
    consult(host);
    return context.registry().service(host, view.namespace(), calledAt(port));
  }

  /** The service that a call to this address and port may be meant for. */
  Optional<RegisteredService> calledByAddress(String address, int port) {
    consult(address);
    return context.registry().serviceAt(address, port, view.namespace(), calledAt(port));
  }

  /** The services that calls to a port may be meant for. */
  Stream<Service> called(int port) {
    return context
        .registry()
        .services()
        .map(RegisteredService::service)
        .filter(s -> s.isVisibleTo(view.namespace()))
        .filter(s -> s.port(port).isPresent())
        .filter(calledAt(port));
  }

  private Predicate<Service> calledAt(int port) {
    if (view.egress().isEverything()) {
      return service -> true;
    }
    return view.egress()
        .listener(port)
        .<Predicate<Service>>map(entry -> service -> imports(entry, service))
        .orElse(service -> false);
  }

  private static boolean imports(EgressListener entry, Service service) {
    return entry.importsService(service.namespace(), service.host().toLowerCase(Locale.ROOT));
  }

  /** What a Sidecar says is spoken on a port, in place of what the service says. */
  ServicePort spoken(ServicePort port) {
    return view.egress()
        .listener(port.number())
        .flatMap(EgressListener::protocol)
        .map(protocol -> new ServicePort(port.number(), port.name(), protocol, port.targetPort()))
        .orElse(port);
  }

  /**
   * The service that rules may send to. What is imported for any port counts, and what imported
   * rules send to is imported with them, unless another service of that host is.
   */
  Optional<RegisteredService> service(String host, int port) {
    consult(host);
    RegistrySnapshot registry = context.registry();
    if (view.egress().isEverything()) {
      return registry.service(host, port, view.namespace());
    }
    Optional<RegisteredService> imported =
        registry.service(
            host, port, view.namespace(), s -> isImported(s, e -> e.importsPort(port)));
    return imported.or(() -> withRules(host, port));
  }

  /** The same whatever the port. */
  Optional<RegisteredService> service(String host) {
    consult(host);
    RegistrySnapshot registry = context.registry();
    if (view.egress().isEverything()) {
      return registry.service(host, view.namespace());
    }
    return imported(host)
        .or(
            () ->
                registry
                    .service(host, view.namespace())
                    .filter(
                        s ->
                            s.service().ports().stream()
                                .anyMatch(port -> areRulesImported(host, port.number()))));
  }

  private Optional<RegisteredService> withRules(String host, int port) {
    return areRulesImported(host, port)
        ? context
            .registry()
            .service(host, port, view.namespace())
            .filter(
                s ->
                    imported(host)
                        .map(other -> other.service().namespace())
                        .map(s.service().namespace()::equals)
                        .orElse(true))
        : Optional.empty();
  }

  private Optional<RegisteredService> imported(String host) {
    return context.registry().service(host, view.namespace(), s -> isImported(s, entry -> true));
  }

  private boolean isImported(Service service, Predicate<EgressListener> entries) {
    return view.egress().listeners().stream()
        .filter(entries)
        .anyMatch(entry -> imports(entry, service));
  }

  private boolean areRulesImported(String host, int port) {
    return view.egress().listeners().stream()
        .anyMatch(
            entry ->
                context
                    .destinations()
                    .imports(entry, context.virtualServices(), host, port, view.namespace()));
  }

  /**
   * Those of the most specific host that covers the given one, for calls to a port; without routes
   * of the Gateway API, which are for services themselves.
   */
  List<VirtualService> virtualServicesFor(String host, int port) {
    consult(host);
    return context
        .virtualServices()
        .mostSpecific(host.toLowerCase(Locale.ROOT), view.namespace(), ownRulesAt(port));
  }

  /** For HTTP: of several with one wildcard Istio knows but the first for a service. */
  List<VirtualService> httpVirtualServicesFor(Service service, int port) {
    consult(service.host());
    List<VirtualService> exact =
        context.virtualServices().ofService(service, view.namespace(), importedAt(port));
    return exact.isEmpty()
        ? virtualServicesFor(service.host(), port).stream().limit(1).toList()
        : exact;
  }

  /** Those with exactly this host, for calls to a port; without routes of the Gateway API. */
  List<VirtualService> virtualServicesWith(String host, int port) {
    consult(host);
    return context
        .virtualServices()
        .withHost(host.toLowerCase(Locale.ROOT), view.namespace(), ownRulesAt(port));
  }

  private Predicate<VirtualService> ownRulesAt(int port) {
    Predicate<VirtualService> imported = importedAt(port);
    return rules -> !rules.isOfGatewayApi() && imported.test(rules);
  }

  private Predicate<VirtualService> importedAt(int port) {
    if (view.egress().isEverything()) {
      return rules -> true;
    }
    return view.egress()
        .listener(port)
        .<Predicate<VirtualService>>map(
            entry -> rules -> context.virtualServices().isImported(rules, entry))
        .orElse(rules -> false);
  }

  List<ResiliencePolicy> resiliencePoliciesFor(String host) {
    consult(host);
    return context
        .resiliencePolicies()
        .mostSpecific(host.toLowerCase(Locale.ROOT), view.namespace());
  }

  List<ResiliencePolicy> resiliencePoliciesWith(String host) {
    consult(host);
    return context.resiliencePolicies().withHost(host.toLowerCase(Locale.ROOT), view.namespace());
  }

  /** What the client listens for. */
  MergedGateway mergedGateway() {
    consult(GatewayIndex.SERVERS);
    return context.gateways().merged(view.labels(), view.namespace());
  }

  /** The rules for a Gateway, in the order in which they are tried. */
  List<VirtualService> virtualServicesOf(Gateway gateway) {
    consult(GatewayIndex.key(gateway.fullName()));
    return context.gateways().rules(gateway.fullName(), view.namespace());
  }

  /** What workloads of a namespace take. */
  PeerAuthenticationIndex peers(String namespace) {
    consult(PeerAuthenticationIndex.key(namespace));
    consult(PeerAuthenticationIndex.key(meshConfig().rootNamespace()));
    return context.peers();
  }

  /** The policies of the workload itself. */
  SecurityPolicyIndex.WorkloadPolicies policies() {
    consult(SecurityPolicyIndex.key(view.namespace()));
    consult(SecurityPolicyIndex.key(meshConfig().rootNamespace()));
    return context.policies().of(view.namespace(), view.labels());
  }

  /** What there is of the keys of a rule: those in it, or those that were fetched for it. */
  TokenKeys tokenKeys(JwtRule rule) {
    Optional<KeySource> source = KeySource.of(rule);
    source.ifPresent(from -> consult(from.key()));
    return TokenKeys.of(rule, source, context.keys());
  }

  Optional<MergedDestinationRule> destinationRule(Service service) {
    consult(service.host());
    return context.destinationRules().inForce(service.host(), service.namespace(), view);
  }

  /** The policy of a destination; of a subset that is not declared, that of the whole service. */
  ClusterPolicy policy(Service service, int port, String subset) {
    Optional<MergedDestinationRule> rule = destinationRule(service);
    Optional<Subset> declared = rule.flatMap(r -> r.subset(subset));
    return ClusterPolicy.of(meshConfig().defaultTrafficPolicy(), rule, port, declared);
  }
}
