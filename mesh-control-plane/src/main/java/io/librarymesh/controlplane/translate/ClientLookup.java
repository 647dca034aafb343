package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.ResiliencePolicy;
import io.librarymesh.controlplane.istio.Subset;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

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
    return view.dialect() == Dialect.GRPC;
  }

  /** Hosts, wildcards and addresses that were asked about, lower-case. */
  Set<String> consulted() {
    return Set.copyOf(consulted);
  }

  /** Notes that the answer depends on a host without asking for anything. */
  void consult(String host) {
    consulted.add(host.toLowerCase(Locale.ROOT));
  }

  Optional<RegisteredService> service(String host, int port) {
    consult(host);
    return context.registry().service(host, port, view.namespace());
  }

  Optional<RegisteredService> service(String host) {
    consult(host);
    return context.registry().service(host, view.namespace());
  }

  Optional<RegisteredService> serviceAt(String address, int port) {
    consult(address);
    return context.registry().serviceAt(address, port, view.namespace());
  }

  /** Those of the most specific host that covers the given one. */
  List<VirtualService> virtualServicesFor(String host) {
    consult(host);
    return context.virtualServices().mostSpecific(host.toLowerCase(Locale.ROOT), view.namespace());
  }

  /** The same for HTTP: of several with one wildcard Istio knows but the first for a service. */
  List<VirtualService> httpVirtualServicesFor(String host) {
    List<VirtualService> exact = virtualServicesWith(host);
    return exact.isEmpty() ? virtualServicesFor(host).stream().limit(1).toList() : exact;
  }

  List<VirtualService> virtualServicesWith(String host) {
    consult(host);
    return context.virtualServices().withHost(host.toLowerCase(Locale.ROOT), view.namespace());
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

  Optional<MergedDestinationRule> destinationRule(Service service) {
    consult(service.host());
    return context.destinationRules().inForce(service.host(), service.namespace(), view);
  }

  /** The policy of a destination; of a subset that is not declared, that of the whole service. */
  ClusterPolicy policy(Service service, int port, String subset) {
    Optional<MergedDestinationRule> rule = destinationRule(service);
    Optional<Subset> declared = rule.flatMap(r -> r.subset(subset));
    return ClusterPolicy.of(rule, port, declared);
  }
}
