package io.librarymesh.pick;

import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.ClusterName;
import io.librarymesh.config.DnsDiscovery;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.LbPolicy.SlowStart;
import io.librarymesh.config.Locality;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.OutlierDetection.Ejection;
import io.librarymesh.config.Subsets;
import io.librarymesh.pick.PriorityLevel.LocalHosts;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.time.Ticker;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One cluster at run time: its hosts and how one is picked. Survives updates; there is one for each
 * cluster name in a mesh.
 *
 * <p>Picks may come from any thread; they take no lock and allocate nothing. Updates must come from
 * one thread at a time; ejections and sweeps may come from any. A host belongs to the first
 * locality that lists its address and port.
 */
public final class ClusterState {
  private final RandomSource random;
  private final Ticker ticker;
  private final String description;

  /** Guards membership, ejections and the making of views. Never held while other code runs. */
  private final Object lock = new Object();

  private final Map<String, HostState> hosts = new HashMap<>();
  private final List<PriorityLevel> levels = new ArrayList<>();

  /** By what they ask for, as long as a route does. */
  private final Map<Metadata, WeakReference<Subset>> subsets = new HashMap<>();

  /** The one that asks for nothing; kept, because a fallback asks for it without a route. */
  private @Nullable Subset unasked;

  private volatile ClusterConfig config;
  private volatile HostSet view;

  private ClusterState(ClusterConfig config, RandomSource random, Ticker ticker) {
    this.random = random;
    this.ticker = ticker;
    this.config = config;
    this.description = ClusterName.parse(config.cluster().name()).description();
    synchronized (lock) {
      replaceHosts(config);
      view = compile();
    }
  }

  /**
   * A cluster that has had no calls.
   *
   * @param random draws where the round robin of a priority starts, once for each priority, and the
   *     jitter of ejections
   * @param ticker says how old hosts are
   */
  public static ClusterState create(ClusterConfig config, RandomSource random, Ticker ticker) {
    return new ClusterState(config, random, ticker);
  }

  /**
   * Puts a new configuration into force. Hosts whose address and port stay keep their state, and a
   * round robin goes on where it was; hosts that are gone lose their state. Where outlier detection
   * is switched off, hosts that were ejected return.
   *
   * @throws IllegalArgumentException when the name is another cluster's
   */
  public void update(ClusterConfig next) {
    Cluster before = config.cluster();
    if (!next.cluster().name().equals(before.name())) {
      throw new IllegalArgumentException(
          "name: " + next.cluster().name() + " (expected: " + before.name() + ")");
    }
    synchronized (lock) {
      if (next.equals(config)) {
        return;
      }
      config = next;
      replaceHosts(next);
      if (!next.cluster().outlierDetection().enabled()) {
        hosts.values().forEach(HostState::forgetFailures);
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

  /** All hosts, by priority and then as listed. */
  public List<HostState> hosts() {
    return view.hosts();
  }

  /** How many hosts there are. */
  public HostCounts counts() {
    return view.counts();
  }

  /** Why a pick found nobody, for messages. */
  public String whyNobody(PickRequest request) {
    if (!request.override().isEmpty() && request.strict()) {
      return "asked for " + request.override() + ", which is " + whyNot(request.override());
    }
    Subset subset = request.subset();
    return subset == null ? counts().toString() : counts() + subset.whyNobody();
  }

  /** Whether a pick of the whole cluster finds a host. */
  public boolean mayPick() {
    return cluster().discovery() == Cluster.Discovery.ORIGINAL_DESTINATION || view.mayPick();
  }

  /** Every host with its state, by priority. */
  public List<HostExplanation> explain(long nowNanos) {
    synchronized (lock) {
      return HostExplanation.of(config, levels, nowNanos);
    }
  }

  /** Every host that may get the calls of a route that asks for {@code subset}. */
  public List<HostExplanation> explain(Subset subset, long nowNanos) {
    synchronized (lock) {
      return HostExplanation.of(config, subset.levels(), nowNanos);
    }
  }

  /**
   * Why a call does not get the host that it asks for by its address, such as {@code not among the
   * hosts}; empty when it does.
   */
  public String whyNot(String address) {
    HostState host = view.find(address);
    if (host == null) {
      return "not among the hosts";
    }
    return mayBeAskedFor(host) ? "" : HostExplanation.state(host);
  }

  private boolean mayBeAskedFor(HostState host) {
    return config.cluster().loadBalancing().overrideHostStatuses().contains(host.health());
  }

  /**
   * Whether a call is not to be sent, because the cluster has too much to do. Draws {@link
   * Draw#DROP_OVERLOAD} below one million where some are dropped and some are not. Source: Envoy
   * {@code Filter::checkDropOverload}.
   */
  public boolean drops(RandomSource random) {
    FractionalPercent share = config.policy().dropOverload();
    if (share.numerator() == 0) {
      return false;
    }
    int perMillion = share.perMillion();
    return perMillion == FractionalPercent.MILLION
        || random.nextInt(FractionalPercent.MILLION, Draw.DROP_OVERLOAD) < perMillion;
  }

  /**
   * Picks the host of one attempt: the one that the request asks for by its address, or one by the
   * policy of the cluster. A pick that the request rejects is repeated as often as the request
   * allows; the last one is taken in any case.
   */
  public PickResult pick(RandomSource random, PickRequest request) {
    HostSet current = view;
    if (!request.override().isEmpty()) {
      PickResult asked = askedFor(current, request);
      if (asked != null) {
        return asked;
      }
    }
    Subset subset = request.subset();
    PickResult picked = pick(current, subset, random, request, 0);
    int repeats = request.maxRepeats();
    for (int i = 1; i <= repeats && request.rejects(picked); i++) {
      picked = pick(current, subset, random, request, i);
    }
    return picked;
  }

  /**
   * The host that is asked for, of any priority and subset; null when another one will do. Source:
   * Envoy {@code HostUtility::selectOverrideHost}.
   */
  private @Nullable PickResult askedFor(HostSet current, PickRequest request) {
    HostState host = current.find(request.override());
    if (host == null || !mayBeAskedFor(host)) {
      return request.strict() ? NoHealthyUpstream.INSTANCE : null;
    }
    boolean turnedDown = request.maxRepeats() > 0 && request.rejects(host);
    return turnedDown && !request.strict() ? null : host;
  }

  private static PickResult pick(
      HostSet whole, @Nullable Subset subset, RandomSource random, PickRequest request, int n) {
    return subset == null ? whole.pick(random, request, n) : subset.pick(random, request, n);
  }

  /**
   * Takes a host out, unless that would take out more than the allowed share of hosts, it is out
   * already or it no longer belongs to the cluster.
   *
   * <p>The share is of all hosts of all priorities, and it binds from the first host on: one of
   * five is 20 %, which is more than Envoy's default of 10 %.
   *
   * @return whether the host was taken out
   */
  public boolean eject(HostState host, long nowNanos) {
    synchronized (lock) {
      Ejection ejection = config.cluster().outlierDetection().ejection();
      boolean member = hosts.get(identity(config, host.endpoint())) == host;
      if (!member || host.ejected() || !allowsOneMore(ejection.share())) {
        return false;
      }
      Ejections.eject(host, ejection, nowNanos, random);
      view = compile();
      return true;
    }
  }

  private boolean allowsOneMore(OutlierDetection.Share share) {
    HostCounts counts = view.counts();
    return 100L * (counts.ejected() + 1) <= (long) share.maxPercent() * counts.total()
        || (share.alwaysOne() && counts.ejected() == 0);
  }

  /** Returns hosts whose time is up. */
  public void returnEjected(long nowNanos) {
    synchronized (lock) {
      Ejection ejection = config.cluster().outlierDetection().ejection();
      boolean returned = false;
      for (HostState host : hosts.values()) {
        returned |= Ejections.returnIfDue(host, ejection, nowNanos);
      }
      if (returned) {
        view = compile();
      }
    }
  }

  /** Lets the ejection times of hosts in rotation decay. */
  public void decayEjections(long nowNanos) {
    synchronized (lock) {
      Ejection ejection = config.cluster().outlierDetection().ejection();
      hosts.values().forEach(host -> Ejections.decay(host, ejection, nowNanos));
    }
  }

  /**
   * Works the weights of young hosts out anew.
   *
   * @return how long until that is due again; 0 when no host gains on another
   */
  public long stepSlowStart() {
    SlowStart slowStart = config.cluster().loadBalancing().policy().slowStart();
    if (slowStart.windowNanos() == 0) {
      return 0;
    }
    synchronized (lock) {
      view = compile();
      return SlowStartRamp.isUneven(hosts.values(), slowStart, ticker.nanos())
          ? SlowStartRamp.stepNanos(slowStart)
          : 0;
    }
  }

  /**
   * The hosts that a route asks for, kept up to date as long as somebody holds it; empty where the
   * cluster is not divided.
   */
  public Optional<Subset> subset(Metadata criteria) {
    synchronized (lock) {
      if (!config.cluster().loadBalancing().subsets().enabled()) {
        return Optional.empty();
      }
      subsets.values().removeIf(subset -> subset.get() == null);
      WeakReference<Subset> known = subsets.get(criteria);
      Subset subset = criteria.isEmpty() ? unasked : known == null ? null : known.get();
      if (subset == null) {
        subset = new Subset(criteria);
        unasked = criteria.isEmpty() ? subset : unasked;
        subsets.put(criteria, new WeakReference<>(subset));
        subset.compile(config, new HostSetCompiler(config, random, ticker.nanos()), levels, view);
      }
      return Optional.of(subset);
    }
  }

  private HostSet compile() {
    long now = ticker.nanos();
    hosts.values().forEach(host -> host.join(now));
    HostSetCompiler compiler = new HostSetCompiler(config, random, now);
    HostSet whole = compiler.compile(levels);
    for (WeakReference<Subset> reference : subsets.values()) {
      Subset subset = reference.get();
      if (subset != null) {
        subset.compile(config, compiler, levels, whole);
      }
    }
    return whole;
  }

  private void replaceHosts(ClusterConfig next) {
    Map<String, HostState> before = new HashMap<>(hosts);
    hosts.clear();
    int levelCount =
        next.localities().stream().mapToInt(LocalityEndpoints::priority).max().orElse(0);
    while (levels.size() <= levelCount) {
      levels.add(new PriorityLevel());
    }
    for (int priority = 0; priority < levels.size(); priority++) {
      levels.get(priority).replaceHosts(localHosts(next, priority, before));
    }
  }

  /** The hosts of one level, those of localities that are listed twice together. */
  private List<LocalHosts> localHosts(
      ClusterConfig next, int priority, Map<String, HostState> before) {
    Map<Locality, LocalHosts> localities = new LinkedHashMap<>();
    for (LocalityEndpoints listed : next.localities()) {
      if (listed.priority() == priority) {
        List<HostState> members = new ArrayList<>();
        LocalHosts known = localities.get(listed.locality());
        if (known != null) {
          members.addAll(known.hosts());
        }
        members.addAll(membersOf(listed, before));
        localities.put(
            listed.locality(), new LocalHosts(listed.locality(), weight(next, listed), members));
      }
    }
    return List.copyOf(localities.values());
  }

  /** A divided cluster may leave the weights out, also where all of its hosts are a fallback. */
  private static int weight(ClusterConfig config, LocalityEndpoints listed) {
    Subsets subsets = config.cluster().loadBalancing().subsets();
    return subsets.enabled() && subsets.localityWeights() == Subsets.LocalityWeights.LEFT_OUT
        ? 0
        : listed.weight();
  }

  private List<HostState> membersOf(LocalityEndpoints listed, Map<String, HostState> before) {
    List<HostState> members = new ArrayList<>();
    for (Endpoint endpoint : listed.endpoints()) {
      String identity = identity(config, endpoint);
      if (!hosts.containsKey(identity)) {
        HostState host = carryOver(before.get(identity), endpoint);
        host.priority(listed.priority());
        hosts.put(identity, host);
        members.add(host);
      }
    }
    return members;
  }

  /** A name that is one host stays the same host whatever its address. */
  private static String identity(ClusterConfig config, Endpoint endpoint) {
    return config.cluster().discovery() instanceof DnsDiscovery dns
            && dns.hosts() == DnsDiscovery.Hosts.ONE_FOR_THE_NAME
        ? endpoint.hostname() + ":" + endpoint.port()
        : endpoint.hostPort();
  }

  private static HostState carryOver(@Nullable HostState before, Endpoint endpoint) {
    if (before == null) {
      return new HostState(endpoint);
    }
    before.update(endpoint);
    return before;
  }
}
