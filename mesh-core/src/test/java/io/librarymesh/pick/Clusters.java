package io.librarymesh.pick;

import io.librarymesh.config.AssignmentPolicy;
import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.Cluster.Discovery;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LoadBalancing;
import io.librarymesh.config.Locality;
import io.librarymesh.config.LocalityBalancing;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.config.OutlierDetection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Cluster configurations for tests, written one property at a time. */
public final class Clusters {
  /** The name of every cluster made here. */
  public static final String NAME = "outbound|3000||greeter.default.svc.cluster.local";

  private final List<LocalityEndpoints> localities = new ArrayList<>();
  private LbPolicy policy = LbPolicy.RoundRobin.DEFAULT;
  private CircuitBreakers breakers = CircuitBreakers.NONE;
  private OutlierDetection outlierDetection = OutlierDetection.NONE;
  private int panicThresholdPercent;
  private LocalityBalancing balancing = LocalityBalancing.None.INSTANCE;
  private AssignmentPolicy assignmentPolicy = AssignmentPolicy.DEFAULT;

  public static Clusters roundRobin() {
    return new Clusters();
  }

  public static Clusters leastRequest() {
    return of(LbPolicy.LeastRequest.DEFAULT);
  }

  public static Clusters of(LbPolicy policy) {
    Clusters clusters = new Clusters();
    clusters.policy = policy;
    return clusters;
  }

  /** The {@code index}-th host, from 0, of priority 0. */
  public static Endpoint endpoint(int index) {
    return endpoint(0, index, 1, HealthStatus.HEALTHY);
  }

  public static Endpoint endpoint(int priority, int index, int weight, HealthStatus health) {
    String address = "10." + priority + "." + index / 256 + "." + index % 256;
    return new Endpoint(address, 8080, weight, health, Map.of());
  }

  /** So many healthy hosts of equal weight at priority 0. */
  public Clusters hosts(int count) {
    return level(0, count, 0, 0);
  }

  /** Healthy hosts of these weights at priority 0. */
  public Clusters weights(int... weights) {
    return endpoints(
        0,
        IntStream.range(0, weights.length)
            .mapToObj(i -> endpoint(0, i, weights[i], HealthStatus.HEALTHY))
            .toList());
  }

  /** A level with healthy hosts first, then degraded ones, then unhealthy ones. */
  public Clusters level(int priority, int healthy, int degraded, int unhealthy) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < healthy + degraded + unhealthy; i++) {
      HealthStatus health =
          i < healthy
              ? HealthStatus.HEALTHY
              : i < healthy + degraded ? HealthStatus.DEGRADED : HealthStatus.UNHEALTHY;
      endpoints.add(endpoint(priority, i, 1, health));
    }
    return endpoints(priority, endpoints);
  }

  public Clusters endpoints(int priority, List<Endpoint> endpoints) {
    localities.add(new LocalityEndpoints(Locality.NONE, priority, endpoints));
    return this;
  }

  /** A locality of priority 0 with healthy hosts first, then unhealthy ones. */
  public Clusters locality(String zone, int weight, int healthy, int unhealthy) {
    List<Endpoint> endpoints = new ArrayList<>();
    int first = 100 * localities.size();
    for (int i = 0; i < healthy + unhealthy; i++) {
      endpoints.add(
          endpoint(0, first + i, 1, i < healthy ? HealthStatus.HEALTHY : HealthStatus.UNHEALTHY));
    }
    localities.add(new LocalityEndpoints(new Locality("r", zone, ""), 0, weight, endpoints));
    return this;
  }

  public Clusters balancing(LocalityBalancing balancing) {
    this.balancing = balancing;
    return this;
  }

  public Clusters assignmentPolicy(AssignmentPolicy policy) {
    this.assignmentPolicy = policy;
    return this;
  }

  public Clusters panicThreshold(int percent) {
    panicThresholdPercent = percent;
    return this;
  }

  public Clusters breakers(CircuitBreakers breakers) {
    this.breakers = breakers;
    return this;
  }

  public Clusters outlierDetection(OutlierDetection outlierDetection) {
    this.outlierDetection = outlierDetection;
    return this;
  }

  public ClusterConfig config() {
    return new ClusterConfig(
        new Cluster(
            NAME,
            Discovery.ENDPOINTS,
            LoadBalancing.of(policy, panicThresholdPercent).withLocalities(balancing),
            10_000_000_000L,
            breakers,
            outlierDetection),
        localities,
        assignmentPolicy);
  }

  /** The running cluster; its round robins start at their first host. */
  public ClusterState state() {
    return ClusterState.create(config(), (bound, draw) -> 0, () -> 0);
  }
}
