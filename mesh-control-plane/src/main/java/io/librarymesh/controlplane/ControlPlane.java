package io.librarymesh.controlplane;

import io.librarymesh.controlplane.admin.AdminAccess;
import io.librarymesh.controlplane.admin.AdminServer;
import io.librarymesh.controlplane.admin.AdminSource;
import io.librarymesh.controlplane.admin.ClientStatusService;
import io.librarymesh.controlplane.admin.ProcessMetrics;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.keys.KeyCache;
import io.librarymesh.controlplane.keys.KeyMetrics;
import io.librarymesh.controlplane.keys.KeySettings;
import io.librarymesh.controlplane.load.LoadReportingService;
import io.librarymesh.controlplane.load.LoadReports;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.controlplane.registry.EndpointSource;
import io.librarymesh.controlplane.serve.AdsServer;
import io.librarymesh.controlplane.serve.AdsStatus;
import io.librarymesh.controlplane.serve.Overview;
import io.librarymesh.controlplane.serve.ServeLimits;
import io.librarymesh.controlplane.serve.ServeMetrics;
import io.librarymesh.controlplane.store.ConfigStore;
import io.librarymesh.controlplane.store.StoreOpener;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.OutboundTrafficPolicy;
import io.librarymesh.controlplane.translate.PathNormalization;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A control plane: reads a store, keeps the registry and serves xDS, over TCP, inside the process,
 * or both. Any number of them may live in one process.
 *
 * <p>Methods may be called from any thread. {@link #start} and {@link #close} take effect once.
 */
public final class ControlPlane implements AutoCloseable {

  /** Where clients look for a control plane: plaintext, this machine only; istiod's port. */
  public static final InetSocketAddress DEFAULT_XDS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 15010);

  /** Where clients that prove who they are look for one: TLS, this machine only; istiod's port. */
  public static final InetSocketAddress DEFAULT_SECURE_XDS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 15012);

  /** Where health and debugging answer over HTTP, this machine only; istiod's port. */
  public static final InetSocketAddress DEFAULT_HTTP =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 15014);

  private static final System.Logger LOG = System.getLogger(ControlPlane.class.getName());

  private final Builder options;
  private final StoreOpener opener;
  private final Metrics metrics = new Metrics();
  private final ServeMetrics serveMetrics;
  private final KeyMetrics keyMetrics;
  private final LoadReports loads = new LoadReports(metrics, System::nanoTime);
  private final @Nullable AdminServer admin;
  private @Nullable ConfigStore store;
  private @Nullable EndpointSource endpoints;
  private @Nullable ClientStatusService clientStatus;
  private volatile @Nullable AdsServer ads;
  private volatile boolean serving;
  private boolean started;
  private boolean closed;

  private ControlPlane(Builder options, StoreOpener opener, @Nullable ConfigStore store) {
    this.options = options;
    this.opener = opener;
    this.store = store;
    ProcessMetrics.addTo(metrics, version(), () -> serving);
    this.serveMetrics = new ServeMetrics(metrics);
    this.keyMetrics = new KeyMetrics(metrics);
    this.admin =
        options
            .http
            .map(address -> new AdminServer(address, options.access(), new Knowledge()))
            .orElse(null);
  }

  /** Options with their defaults: no address, no in-process name, Istio's defaults for the mesh. */
  public static Builder builder(ConfigStore store) {
    return new Builder(() -> store, store);
  }

  /**
   * The same for a store that is opened by {@link #start}, while health is already told over HTTP.
   */
  public static Builder builder(StoreOpener opener) {
    return new Builder(opener, null);
  }

  /** What the pages ask. */
  private final class Knowledge implements AdminSource {

    @Override
    public Optional<AdsServer> server() {
      return serving ? Optional.ofNullable(ads) : Optional.empty();
    }

    @Override
    public LoadReports loads() {
      return loads;
    }

    @Override
    public Metrics metrics() {
      return metrics;
    }

    @Override
    public String version() {
      return ControlPlane.version();
    }
  }

  private static String version() {
    String version = ControlPlane.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /**
   * Reads the store and serves: first health over HTTP, and clients when everything has been read.
   *
   * @throws IOException if an address cannot be bound or the store cannot be opened; nothing is
   *     left open then
   * @throws IllegalStateException if it was started or closed before
   */
  public synchronized void start() throws IOException {
    if (started || closed) {
      throw new IllegalStateException("start: called again (expected: once)");
    }
    started = true;
    try {
      if (admin != null) {
        admin.start();
      }
      ConfigStore opened = opener.open();
      store = opened;
      AdsServer server = new AdsServer(opened, options.meshConfig(), options.limits, serveMetrics);
      ads = server;
      if (options.keys.fetching()) {
        server.fetchKeys(KeyCache.fetching(options.keys, keyMetrics));
      }
      ClientStatusService statuses = new ClientStatusService(server, options.access());
      clientStatus = statuses;
      server.add(statuses::bind);
      LoadReportingService reporting =
          new LoadReportingService(server, loads, options.loadReportInterval);
      server.add(local -> reporting.definition());
      AuthoritySettings signing = options.authority;
      if (signing != null) {
        server.secure(signing.address(), signing.open(metrics));
      }
      EndpointSource.Opener platforms = options.endpointOpener;
      if (platforms != null) {
        EndpointSource platform = platforms.open();
        endpoints = platform;
        server.follow(platform);
      }
      // Only over the network is there anybody who was registered before.
      server.start(
          options.xds,
          options.inProcessName,
          options.xds.isPresent() || signing != null ? options.registrationGrace : Duration.ZERO);
      serving = true;
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    options.xds.ifPresent(ControlPlane::warnIfOpen);
    options.http.ifPresent(ControlPlane::warnIfOpen);
  }

  private static void warnIfOpen(InetSocketAddress address) {
    if (!address.getAddress().isLoopbackAddress()) {
      LOG.log(
          Level.WARNING,
          "library-mesh: {0} is open to the network, in clear text and without authentication",
          address);
    }
  }

  /** The TCP port of xDS; -1 when it is not served over TCP or not started. */
  public int port() {
    AdsServer server = ads;
    return server == null ? -1 : server.port();
  }

  /** The TCP port of xDS over TLS and of the authority; -1 when there is none or not started. */
  public int securePort() {
    AdsServer server = ads;
    return server == null ? -1 : server.securePort();
  }

  /** See {@link AdsServer#methods}; empty when it is not started. */
  Set<String> methods(boolean secure) {
    AdsServer server = ads;
    return server == null ? Set.of() : server.methods(secure);
  }

  /** The TCP port of HTTP; -1 when it is not served or not started. */
  public int httpPort() {
    return admin == null ? -1 : admin.port();
  }

  /**
   * What it knows now: clients, services, findings. Waits for the state executor, which never waits
   * for long.
   *
   * @throws IllegalStateException if it was not started or closed
   */
  public AdsStatus status() {
    return ask("status", AdsServer::status);
  }

  /**
   * Everything there is to tell the authors of the configuration in force; absent while a newer one
   * is on its way. Waits for the state executor, which never waits for long.
   *
   * @throws IllegalStateException if it was not started or closed
   */
  public Optional<List<Finding>> findings() {
    Overview overview = ask("findings", AdsServer::overview);
    return overview.generation() == overview.config().generation()
        ? Optional.of(overview.findings())
        : Optional.empty();
  }

  private <T> T ask(String what, Function<AdsServer, CompletableFuture<T>> question) {
    AdsServer server = ads;
    if (server == null) {
      throw new IllegalStateException(what + ": the control plane is not started");
    }
    try {
      return question.apply(server).join();
    } catch (CompletionException e) {
      throw new IllegalStateException(what + ": the control plane is closed", e);
    }
  }

  /** Ends all streams, frees the ports and closes the store. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      serving = false;
      if (admin != null) {
        admin.close();
      }
      AdsServer server = ads;
      if (server != null) {
        server.close();
      }
      if (clientStatus != null) {
        clientStatus.close();
      }
      if (endpoints != null) {
        endpoints.close();
      }
      if (store != null) {
        store.close();
      }
    }
  }

  /** Options of a control plane. Confined to the thread that builds. */
  public static final class Builder {

    private static final Duration SHORTEST_LOAD_REPORT_INTERVAL = Duration.ofSeconds(1);

    private final StoreOpener opener;
    private final @Nullable ConfigStore store;
    private Optional<InetSocketAddress> xds = Optional.empty();
    private Optional<InetSocketAddress> http = Optional.empty();
    private Optional<String> inProcessName = Optional.empty();
    private EndpointSource.@Nullable Opener endpointOpener;
    private MeshConfig meshConfig = MeshConfig.DEFAULT;
    private ServeLimits limits = ServeLimits.DEFAULT;
    private boolean openToNetwork;
    private Duration registrationGrace = Duration.ofSeconds(15);

    private Duration loadReportInterval = Duration.ofSeconds(10);
    private Optional<String> debugToken = Optional.empty();
    private boolean openDebug;
    private @Nullable AuthoritySettings authority;
    private KeySettings keys = KeySettings.DEFAULT;

    private Builder(StoreOpener opener, @Nullable ConfigStore store) {
      this.opener = opener;
      this.store = store;
    }

    private AdminAccess access() {
      return new AdminAccess(debugToken, openDebug);
    }

    /** Serves xDS over TCP on this address; port 0 takes any free port. */
    public Builder xds(InetSocketAddress address) {
      this.xds = Optional.of(address);
      return this;
    }

    /**
     * Serves health, numbers and debugging over HTTP on this address; port 0 takes any free port.
     * The pages under {@code /debug} are read by programs of this machine, and on an address of the
     * network by nobody, unless {@link #debugToken} or {@link #openDebug} says otherwise.
     */
    public Builder http(InetSocketAddress address) {
      this.http = Optional.of(address);
      return this;
    }

    /**
     * Shows the pages under {@code /debug} and the status of clients over gRPC to those who send
     * this token as {@code Authorization: Bearer}, and to nobody else.
     *
     * @param token at least 16 characters of visible ASCII
     */
    public Builder debugToken(String token) {
      this.debugToken = new AdminAccess(Optional.of(token), false).token();
      return this;
    }

    /** Shows these pages and the status of clients to everybody who reaches HTTP or xDS. */
    public Builder openDebug(boolean open) {
      this.openDebug = open;
      return this;
    }

    /**
     * Signs certificates for workloads, and serves xDS over mutual TLS to those that have one; on
     * addresses of the network, too.
     */
    public Builder authority(AuthoritySettings settings) {
      this.authority = settings;
      return this;
    }

    /**
     * Whether and from where keys are fetched for rules about tokens that have a {@code jwksUri},
     * or an issuer alone; over HTTPS and from public addresses by default.
     */
    public Builder keys(KeySettings settings) {
      this.keys = settings;
      return this;
    }

    /** Serves xDS to clients of this process under a name of gRPC's in-process transport. */
    public Builder inProcess(String name) {
      this.inProcessName = Optional.of(name);
      return this;
    }

    /** Takes the endpoints of Kubernetes Services from a platform; closing the server closes it. */
    public Builder endpoints(EndpointSource source) {
      return endpoints(() -> source);
    }

    /** The same for a platform that is asked by {@link #start}, when the store has been opened. */
    public Builder endpoints(EndpointSource.Opener source) {
      this.endpointOpener = source;
      return this;
    }

    /**
     * Settings of the mesh where no MeshConfig in the store says otherwise, and those that no
     * MeshConfig changes; see {@link MeshConfig#decided}.
     */
    public Builder meshConfig(MeshConfig config) {
      this.meshConfig = config;
      return this;
    }

    /** What becomes of calls to hosts that nobody declared, whatever a MeshConfig says. */
    public Builder outboundTrafficPolicy(OutboundTrafficPolicy policy) {
      this.meshConfig = meshConfig.withOutboundTrafficPolicy(policy);
      return this;
    }

    /** How paths are brought into one form before rules see them, whatever a MeshConfig says. */
    public Builder pathNormalization(PathNormalization normalization) {
      this.meshConfig = meshConfig.withPathNormalization(normalization);
      return this;
    }

    /**
     * For how long after the start clients are not told of services and subsets without endpoints:
     * workloads that were registered before a restart have that time to return. 15 s by default;
     * zero tells at once.
     */
    public Builder registrationGrace(Duration grace) {
      if (grace.isNegative()) {
        throw new IllegalArgumentException("registrationGrace: " + grace + " (expected: >= 0)");
      }
      this.registrationGrace = grace;
      return this;
    }

    /**
     * Has clients of gRPC report the load that they send, cluster by cluster; off by default.
     * Others report when their own configuration says so, whatever this says.
     */
    public Builder loadReports(boolean on) {
      this.meshConfig = meshConfig.withLoadReports(on);
      return this;
    }

    /** How often a client that reports load is to do so, from 1 s on; 10 s by default. */
    public Builder loadReportInterval(Duration interval) {
      if (interval.compareTo(SHORTEST_LOAD_REPORT_INTERVAL) < 0) {
        throw new IllegalArgumentException(
            "loadReportInterval: " + interval + " (expected: >= 1 s)");
      }
      this.loadReportInterval = interval;
      return this;
    }

    /** How many clients are served their first configuration at a time, and for how long. */
    public Builder limits(ServeLimits serveLimits) {
      this.limits = serveLimits;
      return this;
    }

    /**
     * Allows addresses that other machines can reach, though everything is in clear text and nobody
     * is asked who he is.
     */
    public Builder openToNetwork(boolean open) {
      this.openToNetwork = open;
      return this;
    }

    /**
     * A control plane that is not started; closing it closes the store.
     *
     * @throws IllegalArgumentException if an address is not of this machine only and that was not
     *     allowed
     */
    public ControlPlane build() {
      xds.ifPresent(address -> check("xds", address));
      http.ifPresent(address -> check("http", address));
      return new ControlPlane(this, opener, store);
    }

    /** Who signs says of which domain identities are, where no document does. */
    private MeshConfig meshConfig() {
      AuthoritySettings signing = authority;
      return signing == null
          ? meshConfig
          : meshConfig.withTrustDomain(signing.trustDomain().name());
    }

    private void check(String name, InetSocketAddress address) {
      if (address.isUnresolved()) {
        throw new IllegalArgumentException(name + ": " + address + " (expected: a known host)");
      }
      if (!openToNetwork && !address.getAddress().isLoopbackAddress()) {
        throw new IllegalArgumentException(
            name
                + ": "
                + address
                + " (expected: a loopback address, or openToNetwork, since traffic is in clear"
                + " text and clients are not authenticated)");
      }
    }
  }
}
