package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.LoadBalancerSettings;
import io.librarymesh.controlplane.istio.LocalityLbSetting;
import io.librarymesh.controlplane.registry.Service;
import java.util.List;
import java.util.Optional;

/**
 * Which preference of places is in force for the endpoints of a cluster.
 *
 * @param distribute shares by locality; where there are some, nothing else counts
 * @param failover whether what is near goes before what is far
 * @param regions where a region's traffic goes when it fails
 * @param labels labels that say what is near, in place of the locality
 */
record LocalityPolicy(
    List<LocalityLbSetting.Distribute> distribute,
    boolean failover,
    List<LocalityLbSetting.Failover> regions,
    List<String> labels) {

  /** All endpoints alike. */
  static final LocalityPolicy NONE = new LocalityPolicy(List.of(), false, List.of(), List.of());

  /**
   * The first that is there: the rule's setting, what the Service says of its traffic, the mesh's
   * default, which is to fail over where endpoints can be ejected. A setting that is switched off
   * is there, too.
   */
  static LocalityPolicy of(Upstream upstream) {
    boolean ejects = upstream.policy().outlierDetection().isPresent();
    Optional<LocalityLbSetting> setting =
        upstream.policy().loadBalancer().flatMap(LoadBalancerSettings::localityLbSetting);
    if (setting.isPresent()) {
      return of(setting.get(), ejects);
    }
    Optional<Service.TrafficDistribution> distribution =
        upstream.service().service().trafficDistribution();
    return distribution
        .map(LocalityPolicy::ofTraffic)
        .orElseGet(
            () ->
                upstream
                    .meshLocality()
                    .map(s -> of(s, ejects))
                    .orElseGet(() -> new LocalityPolicy(List.of(), ejects, List.of(), List.of())));
  }

  private static LocalityPolicy of(LocalityLbSetting setting, boolean ejects) {
    return setting.enabled().orElse(true)
        ? new LocalityPolicy(
            setting.distribute(), ejects, setting.failover(), setting.failoverPriority())
        : NONE;
  }

  private static LocalityPolicy ofTraffic(Service.TrafficDistribution distribution) {
    List<String> labels =
        switch (distribution) {
          case PREFER_SAME_ZONE -> FailoverPriority.SAME_ZONE;
          case PREFER_SAME_NODE -> FailoverPriority.SAME_NODE;
        };
    return new LocalityPolicy(List.of(), true, List.of(), labels);
  }

  /** Whether the weights of localities count in the client. */
  boolean weighted() {
    return !distribute.isEmpty() || (failover && (!regions.isEmpty() || !labels.isEmpty()));
  }
}
