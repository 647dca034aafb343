package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.AuthorizationPolicy;
import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.Ingress;
import io.librarymesh.controlplane.istio.IngressSettings;
import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.LoadBalancerSettings;
import io.librarymesh.controlplane.istio.LocalityLbSetting;
import io.librarymesh.controlplane.istio.MatchScope;
import io.librarymesh.controlplane.istio.PeerAuthentication;
import io.librarymesh.controlplane.istio.RequestAuthentication;
import io.librarymesh.controlplane.istio.ResiliencePolicy;
import io.librarymesh.controlplane.istio.ResilienceRule;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Subset;
import io.librarymesh.controlplane.istio.TrafficPolicy;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.istio.ZoneAwareLbSetting;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What of a client some rule asks for.
 *
 * @param labelKeys the labels that rules look at
 * @param routerKeys the labels by which proxies at the edge are found, besides
 * @param locality whether it matters where a client runs
 */
record ViewTraits(Set<String> labelKeys, Set<String> routerKeys, boolean locality) {

  static ViewTraits of(Collection<Resource> resources, MeshConfig meshConfig) {
    Collector found = new Collector();
    meshConfig.localityLbSetting().ifPresent(found::add);
    found.locality |= meshConfig.defaultTrafficPolicy().outlierDetection().isPresent();
    for (Resource resource : resources) {
      if (resource instanceof VirtualService vs) {
        found.add(vs);
      } else if (resource instanceof ResiliencePolicy policy) {
        found.add(policy);
      } else if (resource instanceof DestinationRule rule) {
        found.add(rule);
      } else if (resource instanceof PeerAuthentication policy) {
        found.keys.addAll(policy.selector().keySet());
      } else if (resource instanceof AuthorizationPolicy
          || resource instanceof RequestAuthentication) {
        found.keys.addAll(SecurityPolicyIndex.selector(resource).keySet());
      } else if (resource instanceof KubernetesService service) {
        found.locality |= service.trafficDistribution().isPresent();
      }
    }
    if (found.locality) {
      found.keys.addAll(FailoverPriority.LABELS_OF_DISTRIBUTION);
    }
    Set<String> routerKeys = new HashSet<>(found.keys);
    routerKeys.addAll(GatewayIndex.labelKeys(resources));
    if (resources.stream().anyMatch(Ingress.class::isInstance)) {
      routerKeys.add(IngressSettings.LABEL);
    }
    return new ViewTraits(Set.copyOf(found.keys), Set.copyOf(routerKeys), found.locality);
  }

  /** The view without what nobody asks for, but with what a Sidecar lets it see. */
  ClientView canonical(ClientView view, EgressScope egress) {
    Map<String, String> labels = new HashMap<>(view.labels());
    labels.keySet().retainAll(view.isRouter() ? routerKeys : labelKeys);
    return new ClientView(
        view.namespace(),
        labels,
        locality ? view.locality() : "",
        view.dialect(),
        view.role(),
        view.identity(),
        egress);
  }

  private static final class Collector {
    private final Set<String> keys = new HashSet<>();
    private boolean locality;

    private void add(VirtualService vs) {
      Stream<MatchScope> http = httpScopes(vs.http().stream().map(HttpRoute::match));
      Stream<MatchScope> tls =
          vs.tls().stream().flatMap(rule -> rule.match().stream()).map(match -> match.scope());
      Stream<MatchScope> tcp =
          vs.tcp().stream().flatMap(rule -> rule.match().stream()).map(match -> match.scope());
      Stream.of(http, tls, tcp).flatMap(scopes -> scopes).forEach(this::addKeys);
    }

    private void add(ResiliencePolicy policy) {
      httpScopes(policy.http().stream().map(ResilienceRule::match)).forEach(this::addKeys);
    }

    private void addKeys(MatchScope scope) {
      keys.addAll(scope.sourceLabels().keySet());
    }

    private static Stream<MatchScope> httpScopes(Stream<List<HttpMatchRequest>> matches) {
      return matches.flatMap(List::stream).map(HttpMatchRequest::scope);
    }

    private void add(DestinationRule rule) {
      rule.workloadSelector().ifPresent(selector -> keys.addAll(selector.keySet()));
      rule.trafficPolicy().ifPresent(this::add);
      rule.subsets().stream().map(Subset::trafficPolicy).forEach(p -> p.ifPresent(this::add));
    }

    private void add(TrafficPolicy policy) {
      add(policy.loadBalancer());
      locality |= policy.outlierDetection().isPresent();
      for (TrafficPolicy.PortTrafficPolicy port : policy.portLevelSettings()) {
        add(port.loadBalancer());
        locality |= port.outlierDetection().isPresent();
      }
    }

    private void add(Optional<LoadBalancerSettings> settings) {
      Optional<LocalityLbSetting> setting =
          settings.flatMap(LoadBalancerSettings::localityLbSetting);
      setting.ifPresent(this::add);
      Optional<ZoneAwareLbSetting> zones =
          settings.flatMap(LoadBalancerSettings::zoneAwareLbSetting);
      zones.ifPresent(s -> s.failoverPriority().forEach(this::addLabel));
      locality |= zones.isPresent();
    }

    private void add(LocalityLbSetting setting) {
      setting.failoverPriority().forEach(this::addLabel);
      locality = true;
    }

    private void addLabel(String label) {
      keys.add(FailoverPriority.key(label));
    }
  }
}
