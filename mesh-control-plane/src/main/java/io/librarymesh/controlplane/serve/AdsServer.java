package io.librarymesh.controlplane.serve;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.librarymesh.controlplane.ca.AuthorityEndpoint;
import io.librarymesh.controlplane.ca.RequestLimit;
import io.librarymesh.controlplane.keys.KeyCache;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.controlplane.registry.EndpointSource;
import io.librarymesh.controlplane.registry.EndpointSource.ServiceName;
import io.librarymesh.controlplane.registry.EndpointSource.WorkloadName;
import io.librarymesh.controlplane.registry.PlatformEndpoint;
import io.librarymesh.controlplane.registry.PlatformWorkload;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.store.ConfigStore;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.ResourceType;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves the configuration of a store over xDS, aggregated and type by type, on a TCP address,
 * inside the process, or both.
 *
 * <p>No stream is accepted before the store has been read once. A change that comes alone is pushed
 * at once; changes that come close together are pushed when none has come for 100 ms, and after 10
 * s at the latest.
 */
public final class AdsServer implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(AdsServer.class.getName());

  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long KEEPALIVE_SECONDS = 30;
  private static final long KEEPALIVE_TIMEOUT_SECONDS = 10;
  private static final long CLIENT_KEEPALIVE_SECONDS = 5;

  private static final int WINDOW_BYTES = 1 << 20;

  private static final int SECURE_CONNECTIONS = 10_000;
  private static final int CALLS_PER_CONNECTION = 100;
  private static final int HANDSHAKE_SECONDS = 10;

  private static final long KEYS_SECONDS = 6;

  private static final double CONNECTION_AGE_SHARE = 0.9;
  private static final double STREAM_AGE_SPREAD = 0.1;

  private final ConfigStore store;
  private final ServeLimits limits;
  private final StateExecutor executor = new StateExecutor();
  private final Debounce debounce = new Debounce(QUIET_NANOS, MAX_WAIT_NANOS);
  private final LongSupplier nanoTime;
  private final DiscoveryState state;
  private final DiscoveryService service;
  private final List<Server> servers = new ArrayList<>();
  private final List<CompanionService> companions = new ArrayList<>();
  private ConfigStore.@Nullable Subscription subscription;
  private EndpointSource.@Nullable Subscription endpoints;
  private final List<EventLoopGroup> eventLoops = new ArrayList<>();
  private @Nullable InetSocketAddress secureAddress;
  private @Nullable AuthorityEndpoint authority;
  private @Nullable Server secureServer;
  private @Nullable KeyCache keys;

  /** A server that is not started. */
  public AdsServer(ConfigStore store, MeshConfig meshConfig, ServeLimits limits) {
    this(store, meshConfig, limits, new ServeMetrics(new Metrics()));
  }

  /** A server that is not started, and counts where others read. */
  public AdsServer(
      ConfigStore store, MeshConfig meshConfig, ServeLimits limits, ServeMetrics metrics) {
    this(store, meshConfig, limits, metrics, System::nanoTime);
  }

  AdsServer(
      ConfigStore store,
      MeshConfig meshConfig,
      ServeLimits limits,
      ServeMetrics metrics,
      LongSupplier nanoTime) {
    this.store = store;
    this.limits = limits;
    this.nanoTime = nanoTime;
    Admission admission = new Admission(limits, nanoTime, executor::schedule);
    SendBudget budget = new SendBudget(SendBudget.BYTES, nanoTime, executor::schedule);
    this.state =
        new DiscoveryState(meshConfig, admission, budget, metrics, nanoTime, this::changed);
    this.service =
        new DiscoveryService(
            executor,
            state,
            limits.maxConnectionAge().map(AdsServer::streamAges),
            limits.lossGrace());
  }

  /**
   * Each stream ends by itself, without a fault, when its connection has been told to take no more:
   * so its client opens the next one on another connection, perhaps to another server.
   */
  private static LongSupplier streamAges(Duration age) {
    return () -> {
      double older = STREAM_AGE_SPREAD * ThreadLocalRandom.current().nextDouble();
      return (long) (age.toNanos() * (1 + older));
    };
  }

  /**
   * Takes the endpoints of Kubernetes Services, and workloads, from a platform. To be called before
   * {@link #start}, so that no client is told that a service has none.
   */
  public void follow(EndpointSource platform) {
    endpoints =
        platform.subscribe(
            new EndpointSource.Listener() {
              @Override
              public void changed(ServiceName service, List<PlatformEndpoint> now) {
                executor.execute(() -> state.endpoints(service, now));
              }

              @Override
              public void changed(WorkloadName name, Optional<PlatformWorkload> now) {
                executor.execute(() -> state.workload(name, now));
              }
            });
  }

  /**
   * Serves the keys of tokens that these are fetched by. To be called before {@link #start};
   * closing the server closes them.
   */
  public void fetchKeys(KeyCache cache) {
    keys = cache;
    cache.follow((now, changedSources) -> executor.execute(() -> state.keys(now, changedSources)));
  }

  /** Serves something else on the same ports. To be called before {@link #start}. */
  public void add(CompanionService companion) {
    companions.add(companion);
  }

  /**
   * Serves xDS, and the authority, on one more address: over TLS, to clients that prove who they
   * are. To be called before {@link #start}; closing the server closes the endpoint.
   */
  public void secure(InetSocketAddress address, AuthorityEndpoint endpoint) {
    secureAddress = address;
    authority = endpoint;
  }

  private List<ServerServiceDefinition> services(boolean local) {
    List<ServerServiceDefinition> all = new ArrayList<>(service.definitions());
    companions.forEach(companion -> all.add(companion.bind(local)));
    return all;
  }

  /**
   * Reads the store, follows it from then on, and accepts clients.
   *
   * @param address where to listen for TCP; absent for not at all; port 0 for any free port
   * @param inProcessName the name of an in-process server; absent for none
   * @param registrationGrace for how long from now endpoints of which nobody is known are not told
   * @throws IOException if the address cannot be bound
   */
  public void start(
      Optional<InetSocketAddress> address,
      Optional<String> inProcessName,
      Duration registrationGrace)
      throws IOException {
    subscription = store.subscribe(snapshot -> executor.execute(() -> configure(snapshot)));
    ConfigSnapshot first = store.snapshot();
    executor
        .ask(
            () -> {
              KeyCache cache = keys;
              if (cache != null) {
                state.fetchKeys(cache::want);
              }
              configure(first);
              if (!registrationGrace.isZero()) {
                state.gathering(true);
                executor.schedule(() -> state.gathering(false), registrationGrace.toNanos());
              }
              return true;
            })
        .join();
    awaitKeys();
    if (inProcessName.isPresent()) {
      servers.add(
          InProcessServerBuilder.forName(inProcessName.get())
              .addServices(services(true))
              .intercept(new PeerAddress())
              .build()
              .start());
    }
    if (address.isPresent()) {
      servers.add(listen(netty(address.get()), address.get()));
    }
    InetSocketAddress secure = secureAddress;
    AuthorityEndpoint endpoint = authority;
    if (secure != null && endpoint != null) {
      secureServer = listen(netty(secure, endpoint), secure);
      servers.add(secureServer);
    }
  }

  /**
   * Clients that were served by another, or before a restart, are not to lose keys that they have:
   * they are let in when each was asked for once, or after a while.
   */
  private void awaitKeys() {
    KeyCache cache = keys;
    if (cache == null) {
      return;
    }
    try {
      Boolean unused = cache.settled().get(KEYS_SECONDS, TimeUnit.SECONDS);
      executor
          .ask(
              () -> {
                if (debounce.isPending()) {
                  push();
                }
                return true;
              })
          .join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(Level.WARNING, "library-mesh: serving before all keys of tokens are there");
    }
  }

  /** Fails as the JDK's servers do, whatever Netty's transports say of a port that is taken. */
  private static Server listen(Server server, InetSocketAddress address) throws BindException {
    try {
      return server.start();
    } catch (IOException e) {
      throw ListenFailure.of(address, e.getCause() == null ? e : e.getCause());
    }
  }

  private Server netty(InetSocketAddress address) {
    return common(NettyServerBuilder.forAddress(address))
        .addServices(services(address.getAddress().isLoopbackAddress()))
        .intercept(new PeerAddress())
        .build();
  }

  /** Bounded in what somebody may cost who has not proved yet who he is. */
  private Server netty(InetSocketAddress address, AuthorityEndpoint endpoint) {
    EventLoopGroup accepting = new NioEventLoopGroup(1);
    EventLoopGroup serving = new NioEventLoopGroup();
    eventLoops.add(accepting);
    eventLoops.add(serving);
    return common(NettyServerBuilder.forAddress(address))
        .bossEventLoopGroup(accepting)
        .workerEventLoopGroup(serving)
        .channelFactory(() -> new LimitedServerChannel(SECURE_CONNECTIONS))
        .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
        .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
        .sslContext(endpoint.tls())
        // That the port is a local one makes nobody a program of this machine here.
        .addServices(services(false))
        .addService(endpoint.service())
        .addStreamTracerFactory(new RequestLimit())
        .intercept(new PeerAddress())
        .intercept(endpoint.callers())
        .build();
  }

  private NettyServerBuilder common(NettyServerBuilder builder) {
    // gRPC adds or takes a tenth.
    limits
        .maxConnectionAge()
        .map(age -> (long) (age.toNanos() * CONNECTION_AGE_SHARE))
        .ifPresent(nanos -> builder.maxConnectionAge(nanos, TimeUnit.NANOSECONDS));
    return builder
        // What arrives is read and handed to the state executor at once.
        .directExecutor()
        // Requests are small: a window of its own accord asks every client for its distance.
        .flowControlWindow(WINDOW_BYTES)
        // A client that died without a word is found by these, and its workload leaves.
        .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveTime(CLIENT_KEEPALIVE_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true);
  }

  /** Snapshots can overtake the first one that was asked for; the newer wins. */
  private void configure(ConfigSnapshot snapshot) {
    if (snapshot.generation() >= state.config().generation()) {
      state.configure(snapshot);
    }
  }

  private void changed() {
    boolean waiting = debounce.isPending();
    long delay = debounce.changed(nanoTime.getAsLong());
    if (delay <= 0) {
      push();
    } else if (!waiting) {
      executor.schedule(this::pushWhenQuiet, delay);
    }
  }

  private void pushWhenQuiet() {
    long delay = debounce.remaining(nanoTime.getAsLong());
    if (delay <= 0) {
      push();
    } else {
      executor.schedule(this::pushWhenQuiet, delay);
    }
  }

  private void push() {
    debounce.pushed();
    state.push();
  }

  /** The TCP port of plain text, or -1 when there is none. */
  public int port() {
    return servers.stream()
        .filter(server -> server != secureServer)
        .mapToInt(Server::getPort)
        .filter(port -> port > 0)
        .findFirst()
        .orElse(-1);
  }

  /** The TCP port on which clients prove who they are, or -1 when there is none. */
  public int securePort() {
    Server server = secureServer;
    return server == null ? -1 : server.getPort();
  }

  /**
   * The methods of gRPC that somebody can call over the network, {@code SERVICE/METHOD}.
   *
   * @param secure on the port where clients prove who they are; else on that of plain text
   */
  public Set<String> methods(boolean secure) {
    Set<String> methods = new TreeSet<>();
    for (Server server : servers) {
      if (server.getPort() > 0 && (server == secureServer) == secure) {
        server
            .getServices()
            .forEach(
                service ->
                    service
                        .getMethods()
                        .forEach(m -> methods.add(m.getMethodDescriptor().getFullMethodName())));
      }
    }
    return methods;
  }

  /** What the server knows now; any thread. */
  public CompletableFuture<AdsStatus> status() {
    return executor.ask(() -> AdsStatus.of(state));
  }

  /** Completes when the state executor has got round to it; any thread. */
  public CompletableFuture<Boolean> ping() {
    return executor.ask(() -> true);
  }

  /** What the server knows now, without resources one by one; any thread. */
  public CompletableFuture<Overview> overview() {
    return executor.ask(() -> Overview.of(state)).thenApply(Overview::byClient);
  }

  /** The names that one client asked for, or everything stands for, by type; any thread. */
  public CompletableFuture<Map<ResourceType, Set<String>>> names(ConnectedClient client) {
    return executor.ask(
        () -> {
          Map<ResourceType, Set<String>> names = new EnumMap<>(ResourceType.class);
          client.connections().stream()
              .flatMap(id -> state.stream(id).stream())
              .forEach(
                  stream ->
                      stream
                          .subscriptions()
                          .forEach(
                              (type, all) -> {
                                if (all.size() > 0) {
                                  names.put(type, namesOf(all));
                                }
                              }));
          return names;
        });
  }

  private static Set<String> namesOf(TypeSubscription subscription) {
    Set<String> names = new HashSet<>();
    subscription.forEach(entry -> names.add(entry.name()));
    return Set.copyOf(names);
  }

  /**
   * What clients were sent; any thread.
   *
   * @param connections streams of one client; those that have ended are passed over
   * @return by type and name
   */
  public CompletableFuture<List<ClientResource>> resources(Collection<String> connections) {
    List<String> wanted = List.copyOf(connections);
    return executor
        .ask(
            () ->
                wanted.stream()
                    .flatMap(id -> state.stream(id).stream())
                    .flatMap(stream -> ClientResource.of(stream, state).stream())
                    .toList())
        .thenApply(
            all ->
                all.stream()
                    .sorted(
                        Comparator.comparing(ClientResource::type)
                            .thenComparing(ClientResource::name))
                    .toList());
  }

  /** Ends all streams and stops following the store, which stays open. */
  @Override
  public void close() {
    if (subscription != null) {
      subscription.close();
    }
    if (endpoints != null) {
      endpoints.close();
    }
    if (keys != null) {
      keys.close();
    }
    for (Server server : servers) {
      server.shutdownNow();
      try {
        server.awaitTermination(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    eventLoops.forEach(
        group -> {
          Future<?> unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        });
    if (authority != null) {
      authority.close();
    }
    executor.close();
  }
}
