package io.librarymesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.Mesh;
import io.librarymesh.config.AdaptiveConcurrency;
import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Coalesce;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.Fallback;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HashPolicy;
import io.librarymesh.config.HeaderOperations;
import io.librarymesh.config.HttpProtocolOptions;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LoadBalancing;
import io.librarymesh.config.MirrorPolicy;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.RateLimit;
import io.librarymesh.config.RequestRewrite;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.config.RetryOn;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.config.StatefulSession;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.config.Timeouts;
import io.librarymesh.config.TransportSockets;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.config.WeightedCluster;
import io.librarymesh.dns.NameResolver;
import io.librarymesh.identity.IdentitySource;
import io.librarymesh.random.Draw;
import io.librarymesh.telemetry.CallRecord;
import io.librarymesh.testkit.DirectConfigSource;
import io.librarymesh.testkit.RecordingObserver;
import io.librarymesh.testkit.ScriptedDraws;
import io.librarymesh.time.Scheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * A mesh with one service, {@code greeter-service:3000}, and a client that calls it. Endpoints take
 * turns in their order, and back-offs take no time.
 */
final class Fixture implements AutoCloseable {
  static final String AUTHORITY = "greeter-service:3000";
  static final String URL = "http://" + AUTHORITY + "/hello";
  static final String CLUSTER = cluster(AUTHORITY);
  static final Duration PATIENCE = Duration.ofSeconds(20);

  final RecordingObserver observer = new RecordingObserver();
  final DirectConfigSource source = new DirectConfigSource(Scheduler.system());
  final Mesh mesh;
  final MeshInterceptor interceptor;
  final OkHttpClient client;

  private Fixture(Service service, OkHttpClient transport, OkHttpClient.Builder client) {
    Mesh.Builder builder =
        Mesh.builder(source).names(service.names).observer(observer).random(service.draws);
    service.identity.ifPresent(builder::identity);
    mesh = builder.build();
    interceptor = MeshInterceptor.of(mesh, transport, service.timers);
    this.client = client.addInterceptor(interceptor).build();
    source.put(service.config(AUTHORITY));
    warm();
  }

  /** Lets the configuration arrive, so that no call waits for it. */
  private void warm() {
    mesh.warm("greeter-service", 3000);
    CountDownLatch arrived = new CountDownLatch(1);
    // The scheduler has one thread and takes what is due in the order in which it came.
    Scheduler.Cancellable unused = Scheduler.system().schedule(arrived::countDown, 0);
    await("the configuration", () -> arrived.getCount() == 0);
  }

  static Fixture of(Endpoint... endpoints) {
    return new Service().endpoints(endpoints).start();
  }

  static Fixture of(Upstream... upstreams) {
    return new Service().upstreams(upstreams).start();
  }

  Response get() throws IOException {
    return get(URL);
  }

  Response get(String url) throws IOException {
    return client.newCall(new Request.Builder().url(url).build()).execute();
  }

  /** The call that ended last, which must be the {@code count}-th. */
  CallRecord ended(int count) {
    try {
      return observer.await(count, PATIENCE).get(count - 1);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Checks that nothing is in use any more: every connection is idle, every call has ended. */
  void assertNothingLeaked(int calls) {
    ended(calls);
    await("all connections idle", () -> interceptor.connectionCount() == idle());
    assertThat(observer.calls()).hasSize(calls);
    await("no call running", () -> client.dispatcher().runningCallsCount() == 0);
  }

  /** The name of the cluster behind an authority. */
  static String cluster(String authority) {
    int colon = authority.lastIndexOf(':');
    return "outbound|" + authority.substring(colon + 1) + "||" + authority.substring(0, colon);
  }

  private int idle() {
    return interceptor.idleConnectionCount();
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited in vain for: " + what);
      }
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    interceptor.evictIdleConnections();
    client.dispatcher().executorService().shutdown();
    mesh.close();
  }

  /** What is configured. */
  static final class Service {
    private final ScriptedDraws draws =
        ScriptedDraws.seeded(1).always(Draw.ROUND_ROBIN_START, 0).always(Draw.RETRY_JITTER, 0);
    private OkHttpClient.Builder client = new OkHttpClient.Builder();
    private OkHttpClient transport = new OkHttpClient();
    private Timers timers = Timers.SYSTEM;
    private List<Endpoint> endpoints = List.of();
    private Cluster.Discovery discovery = Cluster.Discovery.ENDPOINTS;
    private NameResolver names = NameResolver.system();
    private Set<RetryOn> retryOn = Set.of();
    private int retries;
    private Duration timeout = Duration.ZERO;
    private Duration idle = Duration.ZERO;
    private Timeouts.StreamDuration stream = Timeouts.StreamDuration.UNSAID;
    private HttpProtocolOptions http = HttpProtocolOptions.DEFAULT;
    private Duration perTry = Duration.ZERO;
    private boolean hedges;
    private Duration connectTimeout = Duration.ofSeconds(10);
    private RetryPolicy.BackOff backOff = RetryPolicy.BackOff.DEFAULT;
    private FaultInjection fault = FaultInjection.NONE;
    private CircuitBreakers limits = CircuitBreakers.NONE;
    private RouteMatch match = RouteMatch.of(new PathMatch.Prefix("/", true));
    private RequestRewrite rewrite = RequestRewrite.NONE;
    private HeaderOperations headers = HeaderOperations.NONE;
    private StatefulSession session = StatefulSession.NONE;
    private List<HashPolicy> hashPolicies = List.of();
    private List<MirrorPolicy> mirrors = List.of();
    private final Map<String, ClusterConfig> mirrorClusters = new HashMap<>();
    private LbPolicy balancing = LbPolicy.RoundRobin.DEFAULT;
    private Optional<RouteAction> answer = Optional.empty();
    private ResiliencePolicy policy = ResiliencePolicy.NONE;
    private TransportSockets sockets = TransportSockets.PLAIN;
    private Optional<IdentitySource> identity = Optional.empty();

    Service endpoints(Endpoint... value) {
      endpoints = List.of(value);
      return this;
    }

    Service upstreams(Upstream... value) {
      endpoints = List.of(value).stream().map(Upstream::endpoint).toList();
      return this;
    }

    Service discovery(Cluster.Discovery value) {
      discovery = value;
      return this;
    }

    Service retry(int times, RetryOn... on) {
      retries = times;
      retryOn = Set.of(on);
      return this;
    }

    Service timeout(Duration value) {
      timeout = value;
      return this;
    }

    /** How long nothing may come or go. */
    Service idle(Duration value) {
      idle = value;
      return this;
    }

    /** How long a call may take from its beginning; then it has no timeout. */
    Service maxStream(Duration value) {
      stream = new Timeouts.StreamDuration(true, value.toNanos(), Timeouts.GrpcTimeout.UNREAD);
      return this;
    }

    Service http(HttpProtocolOptions value) {
      http = value;
      return this;
    }

    Service perTry(Duration value) {
      perTry = value;
      return this;
    }

    /** As {@link #perTry}, and an attempt that takes longer goes on beside the next. */
    Service hedgeAfter(Duration value) {
      hedges = true;
      return perTry(value);
    }

    Service connectTimeout(Duration value) {
      connectTimeout = value;
      return this;
    }

    /** Every back-off lasts {@code value}, but for a millisecond. */
    Service backOff(Duration value) {
      backOff = new RetryPolicy.BackOff(value.toNanos(), value.toNanos());
      draws.always(Draw.RETRY_JITTER, (int) value.toMillis() - 1);
      return this;
    }

    Service maxRequestsPerConnection(int value) {
      http = new HttpProtocolOptions(value, HttpProtocolOptions.UNSAID, 0);
      return this;
    }

    Service names(NameResolver value) {
      names = value;
      return this;
    }

    Service fault(FaultInjection value) {
      fault = value;
      return this;
    }

    Service limits(CircuitBreakers value) {
      limits = value;
      return this;
    }

    Service match(RouteMatch value) {
      match = value;
      return this;
    }

    Service rewrite(RequestRewrite value) {
      rewrite = value;
      return this;
    }

    Service headers(HeaderOperations value) {
      headers = value;
      return this;
    }

    /** Endpoints are chosen by the hash of a request, on a ring. */
    Service hash(HashPolicy... policies) {
      hashPolicies = List.of(policies);
      balancing = LbPolicy.RingHash.DEFAULT;
      return this;
    }

    Service session(StatefulSession.State state) {
      session = new StatefulSession(state, false);
      return this;
    }

    /** All requests are copied to {@code upstream}. */
    Service mirror(Upstream upstream, CircuitBreakers breakers) {
      String name = "mirror";
      mirrors = List.of(new MirrorPolicy(name, FractionalPercent.ALWAYS, false));
      Cluster cluster =
          new Cluster(
              name,
              Cluster.Discovery.ENDPOINTS,
              LoadBalancing.of(LbPolicy.RoundRobin.DEFAULT, 0),
              connectTimeout.toNanos(),
              breakers,
              OutlierDetection.NONE);
      mirrorClusters.put(name, ClusterConfig.of(cluster, List.of(upstream.endpoint())));
      return this;
    }

    /** The mesh answers by itself. */
    Service answer(RouteAction value) {
      answer = Optional.of(value);
      return this;
    }

    Service policy(Coalesce coalesce, Fallback fallback) {
      ResiliencePolicy.Rule rule =
          new ResiliencePolicy.Rule(
              "rule",
              List.of(),
              coalesce,
              RateLimit.NONE,
              Bulkhead.NONE,
              AdaptiveConcurrency.NONE,
              fallback);
      policy = new ResiliencePolicy("default/p", List.of(rule));
      return this;
    }

    Service sockets(TransportSockets value) {
      sockets = value;
      return this;
    }

    Service identity(IdentitySource value) {
      identity = Optional.of(value);
      return this;
    }

    Service transport(OkHttpClient value) {
      transport = value;
      return this;
    }

    /** The clock of deadlines and waits. */
    Service clock(Scheduler value) {
      timers = call -> value;
      return this;
    }

    Service client(UnaryOperator<OkHttpClient.Builder> change) {
      client = change.apply(client);
      return this;
    }

    Fixture start() {
      return new Fixture(this, transport, client);
    }

    TargetConfig config(String authority) {
      RetryPolicy retry =
          new RetryPolicy(
                  retryOn,
                  Set.of(),
                  retries,
                  perTry.toNanos(),
                  backOff,
                  RetryPolicy.HostSelection.ANY)
              .hedging(hedges);
      RouteAction forward =
          new RouteAction.Forward(
              List.of(new WeightedCluster(cluster(authority), 1)),
              new Timeouts(timeout.toNanos(), Timeouts.GrpcTimeout.UNREAD, stream, idle.toNanos()),
              retry,
              RoutingPriority.DEFAULT,
              503,
              rewrite,
              hashPolicies,
              mirrors);
      RouteAction action = answer.orElse(forward);
      Route route = new Route("to-greeter", match, action, fault, session, headers, "");
      VirtualHost host =
          new VirtualHost("greeter", List.of("*"), List.of(route), true).withResilience(policy);
      Cluster cluster =
          new Cluster(
              cluster(authority),
              discovery,
              LoadBalancing.of(balancing, 0),
              connectTimeout.toNanos(),
              limits,
              OutlierDetection.NONE,
              "",
              http,
              sockets);
      Map<String, ClusterConfig> clusters = new HashMap<>(mirrorClusters);
      clusters.put(cluster(authority), ClusterConfig.of(cluster, endpoints));
      return new TargetConfig(
          authority, new RouteConfig("greeter", List.of(host), false), clusters);
    }
  }
}
