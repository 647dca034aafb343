package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.OutlierDetection;
import io.librarymesh.controlplane.istio.Subset;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServicePort;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the clients of one namespace find in a context, those without labels. For questions about
 * rules; what clients are sent is made by {@link Catalogue} and its like, from the same lookups.
 */
public final class NamespaceView {

  private final ClientLookup lookup;

  private NamespaceView(PushContext context, ClientView view) {
    this.lookup = new ClientLookup(context, view);
  }

  /** What a namespace sees, whatever its Sidecars say. */
  public static NamespaceView of(PushContext context, String namespace) {
    return new NamespaceView(context, view(namespace));
  }

  /** What is left of it by the Sidecar in force for the namespace, if there is one. */
  public static NamespaceView behindSidecar(PushContext context, String namespace) {
    return new NamespaceView(context, context.canonical(view(namespace)));
  }

  private static ClientView view(String namespace) {
    return new ClientView(namespace, Map.of(), "", Dialect.LIBRARY);
  }

  /** The namespace. */
  public String namespace() {
    return lookup.view().namespace();
  }

  /** The Sidecar that says what is left; empty when nobody does. */
  public Optional<String> sidecar() {
    return lookup
        .view()
        .egress()
        .sidecar()
        .map(sidecar -> sidecar.id() + " at " + sidecar.position());
  }

  /** The service that rules which send to a host send to; complete host, in any case. */
  public Optional<RegisteredService> service(String host) {
    return lookup.service(host);
  }

  /** Whether a call to the service by its host comes to it, on any of its ports. */
  public boolean canCall(Service service) {
    return service.ports().stream()
        .map(ServicePort::number)
        .anyMatch(
            port ->
                lookup
                    .called(service.host(), port)
                    .map(found -> found.service().declaredBy().equals(service.declaredBy()))
                    .orElse(false));
  }

  /** Whether clients see a rule, whatever is imported. */
  public boolean sees(VirtualService rules) {
    return lookup.context().virtualServices().isVisible(rules, namespace());
  }

  /** The DestinationRules that are in force for a service, as one; the first one first. */
  public List<DestinationRule> destinationRules(Service service) {
    return lookup.destinationRule(service).map(MergedDestinationRule::rules).orElse(List.of());
  }

  /** What is declared under the name of a subset. */
  public Optional<Subset> subset(Service service, String name) {
    return lookup.destinationRule(service).flatMap(rule -> rule.subset(name));
  }

  /** The outlier detection in force for a subset, or for the whole service when it is empty. */
  public Optional<OutlierDetection> outlierDetection(Service service, int port, String subset) {
    return lookup.policy(service, port, subset).outlierDetection();
  }
}
