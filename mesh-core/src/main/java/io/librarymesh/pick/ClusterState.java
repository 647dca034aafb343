package io.librarymesh.pick;

import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.ClusterName;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.random.RandomSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One cluster at run time: its hosts and how one is picked. Survives updates; there is one for each
 * cluster name in a mesh.
 *
 * <p>Picks may come from any thread; they take no lock and allocate nothing. Updates must come from
 * one thread at a time; ejections may come from any.
 */
public final class ClusterState {
  private final RandomSource random;
  private final String description;
  private final Object lock = new Object();
  private final Map<String, HostState> hostsByAddress = new HashMap<>();
  private final List<HostSet.Cursors> cursors = new ArrayList<>();
  private List<HostSet.Level> levels = List.of();
  private volatile ClusterConfig config;
  private volatile HostSet view;

  private ClusterState(ClusterConfig config, RandomSource random) {
    this.random = random;
    this.config = config;
    this.description = ClusterName.parse(config.cluster().name()).description();
    synchronized (lock) {
      levels = levelsOf(config);
      view = compile();
    }
  }

  /**
   * A cluster that has had no calls.
   *
   * @param random draws where a round robin starts, now and when a group of hosts first appears
   */
  public static ClusterState create(ClusterConfig config, RandomSource random) {
    return new ClusterState(config, random);
  }

  /**
   * Puts a new configuration into force. Hosts whose address and port stay keep their state; hosts
   * that are gone lose it.
   */
  public void update(ClusterConfig next) {
    synchronized (lock) {
      if (next.equals(config)) {
        return;
      }
      boolean clusterChanged = !next.cluster().equals(config.cluster());
      config = next;
      levels = levelsOf(next);
      if (clusterChanged) {
        hostsByAddress.values().forEach(HostState::forgetAttachment);
      }
      view = compile();
    }
  }

  /** The cluster as the last update had it. */
  public Cluster cluster() {
    return config.cluster();
  }

  /** Such as {@code greeter.default.svc.cluster.local:3000 subset v1}. */
  public String description() {
    return description;
  }

  /** All hosts of all priorities. */
  public List<HostState> hosts() {
    return view.hosts();
  }

  /** How many hosts there are. */
  public HostCounts counts() {
    return view.counts();
  }

  /**
   * Picks the host of one attempt.
   *
   * @param tried hosts of the call's earlier attempts, which are avoided; null when there are none;
   *     the first {@code triedCount} entries count
   * @param maxPicks picks to make in addition when a tried host comes up; after the last one it is
   *     taken all the same
   */
  public PickResult pick(
      RandomSource random, @Nullable HostState @Nullable [] tried, int triedCount, int maxPicks) {
    HostSet current = view;
    PickResult picked = current.pick(random);
    for (int i = 0; i < maxPicks && isTried(picked, tried, triedCount); i++) {
      picked = current.pick(random);
    }
    return picked;
  }

  private static boolean isTried(
      PickResult picked, @Nullable HostState @Nullable [] tried, int triedCount) {
    if (tried == null) {
      return false;
    }
    for (int i = 0; i < triedCount; i++) {
      if (tried[i] == picked) {
        return true;
      }
    }
    return false;
  }

  /**
   * Takes a host out, unless that would take out more than the allowed share, it is out already or
   * it no longer belongs to the cluster.
   *
   * @return whether the host was taken out
   */
  public boolean eject(HostState host, long nowNanos) {
    synchronized (lock) {
      OutlierDetection.Ejection ejection = config.cluster().outlierDetection().ejection();
      boolean member = hostsByAddress.get(host.endpoint().hostPort()) == host;
      if (!member || host.ejected() || !allowsOneMore(ejection.maxPercent())) {
        return false;
      }
      host.eject(Ejections.nextMultiplier(host, ejection), nowNanos);
      view = compile();
      return true;
    }
  }

  private boolean allowsOneMore(int maxPercent) {
    HostCounts counts = view.counts();
    return 100L * (counts.ejected() + 1) <= (long) maxPercent * counts.total();
  }

  /**
   * Returns hosts whose time is up and lets the ejection times of the others decay.
   *
   * @return how many hosts came back
   */
  public int sweepEjections(long nowNanos) {
    synchronized (lock) {
      OutlierDetection.Ejection ejection = config.cluster().outlierDetection().ejection();
      int returned = 0;
      for (HostState host : hostsByAddress.values()) {
        if (Ejections.sweep(host, ejection, nowNanos)) {
          returned++;
        }
      }
      if (returned > 0) {
        view = compile();
      }
      return returned;
    }
  }

  private HostSet compile() {
    ClusterConfig current = config;
    return new HostSet.Compiler(
            current.cluster().lbPolicy(),
            current.overprovisioningPercent(),
            current.cluster().panicThresholdPercent(),
            random)
        .compile(levels);
  }

  private List<HostSet.Level> levelsOf(ClusterConfig next) {
    Map<String, HostState> before = Map.copyOf(hostsByAddress);
    hostsByAddress.clear();
    List<List<HostState>> members = new ArrayList<>();
    members.add(new ArrayList<>());
    for (LocalityEndpoints locality : next.localities()) {
      while (members.size() <= locality.priority()) {
        members.add(new ArrayList<>());
      }
      for (Endpoint endpoint : locality.endpoints()) {
        String key = endpoint.hostPort();
        if (hostsByAddress.containsKey(key)) {
          continue;
        }
        HostState host = before.get(key);
        if (host == null) {
          host = new HostState(endpoint);
        } else {
          host.update(endpoint);
        }
        hostsByAddress.put(key, host);
        members.get(locality.priority()).add(host);
      }
    }
    List<HostSet.Level> result = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      if (i == cursors.size()) {
        cursors.add(HostSet.Cursors.create());
      }
      result.add(new HostSet.Level(List.copyOf(members.get(i)), cursors.get(i)));
    }
    return result;
  }
}
