package io.librarymesh;

import static java.util.Objects.requireNonNull;

import io.librarymesh.authz.JwksSource;
import io.librarymesh.config.ConfigSource;
import io.librarymesh.config.InboundSource;
import io.librarymesh.dns.NameResolver;
import io.librarymesh.dns.ResolvingSource;
import io.librarymesh.fault.ActiveFaults;
import io.librarymesh.guard.GuardRegistry;
import io.librarymesh.guard.PermitProvider;
import io.librarymesh.identity.IdentitySource;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.RequestHead;
import io.librarymesh.telemetry.MeshObserver;
import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Ticker;
import io.librarymesh.time.WallClock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The mesh of one process: follows the configuration of the targets that are called and hands out a
 * {@link MeshCall} for each request.
 *
 * <p>Make one and keep it: limits, ejections and load are counted per mesh. Any thread.
 */
public final class Mesh implements AutoCloseable {
  private final ConfigSource source;
  private final Targets targets;
  private final @Nullable InboundSource servers;
  private final JwksSource remoteKeys;
  private final WallClock wallClock;
  private final Map<Integer, InboundPort> ports = new ConcurrentHashMap<>();

  private Mesh(Builder builder, ConfigSource source) {
    this.source = source;
    this.servers = builder.source instanceof InboundSource inbound ? inbound : null;
    this.remoteKeys = builder.remoteKeys;
    this.wallClock = builder.wallClock;
    Seams seams =
        new Seams(
            builder.ticker,
            builder.wallClock,
            builder.random,
            builder.observer,
            builder.configTimeout.toNanos(),
            LocalHost.name(),
            builder.semantics,
            new ActiveFaults());
    ClusterRegistry registry =
        new ClusterRegistry(
            builder.ticker,
            builder.scheduler,
            builder.random,
            new UpstreamIdentities(builder.identity));
    GuardRegistry guards = new GuardRegistry(builder.ticker, builder.random, builder.permits);
    this.targets =
        new Targets(
            source, registry, guards, seams, builder.scheduler, builder.idleTimeout.toNanos());
  }

  /** Starts a mesh that is fed by {@code source} and closes it in the end. */
  public static Builder builder(ConfigSource source) {
    return new Builder(requireNonNull(source, "source"));
  }

  /**
   * Begins a call to the service that {@code host} and {@code port} name. Allocates the call and
   * nothing else once the target is known.
   *
   * @param host the host of the URL, lower-case, without port
   * @param port the port of the URL, its default included
   * @param head the request; read while the call runs
   */
  public MeshCall call(String host, int port, RequestHead head) {
    return new MeshCall(targets.get(host, port), head);
  }

  /**
   * Tells what would become of a request now, and why; sends nothing and takes no decision of
   * chance. A target that was never called is followed from now on, so that the first answer may be
   * that nothing is known yet.
   *
   * @param host the host of the URL, lower-case, without port
   * @param port the port of the URL, its default included
   */
  public Explanation explain(String host, int port, RequestHead head) {
    return new Explainer(targets.get(host, port)).explain(head);
  }

  /** Follows a target before its first call, so that this one need not wait for configuration. */
  public void warm(String host, int port) {
    targets.get(host, port);
  }

  /**
   * The same, and waits until something is known of the target: its configuration, or that it has
   * none. For a start that should not be measured, or a check whether a service is ready.
   *
   * @param atMost how long; a call that comes later waits again
   * @return whether something is known
   */
  public boolean await(String host, int port, Duration atMost) throws InterruptedException {
    return targets.get(host, port).await(atMost);
  }

  /**
   * What a port of this process asks of those who call it, followed from now on; the same view for
   * each call with the same port. What it says comes from the control plane once the port is
   * registered; a mesh whose source knows nothing of servers asks nothing.
   */
  public InboundPort inbound(int port) {
    return ports.computeIfAbsent(
        port,
        added ->
            servers == null
                ? InboundPort.open()
                : InboundPort.follow(servers, added, remoteKeys, wallClock));
  }

  /**
   * Ends the configuration source. Servers go on with what they ask for. Calls in flight go on with
   * what they have; new ones find nothing configured.
   */
  @Override
  public void close() {
    targets.close();
    source.close();
  }

  /** Collects what a mesh needs; the seams to time and chance default to the real ones. */
  public static final class Builder {
    private final ConfigSource source;
    private Ticker ticker = Ticker.system();
    private WallClock wallClock = WallClock.system();
    private Scheduler scheduler = Scheduler.system();
    private RandomSource random = RandomSource.system();
    private NameResolver names = NameResolver.system();
    private MeshObserver observer = MeshObserver.NONE;
    private Semantics semantics = Semantics.STANDARD;
    private Duration configTimeout = Duration.ofSeconds(15);
    private Duration idleTimeout = Duration.ofMinutes(30);
    private @Nullable IdentitySource identity;
    private JwksSource remoteKeys = JwksSource.NONE;
    private Supplier<Optional<PermitProvider>> permits = PermitProvider::find;

    private Builder(ConfigSource source) {
      this.source = source;
    }

    /** The clock of calls. */
    public Builder ticker(Ticker ticker) {
      this.ticker = requireNonNull(ticker, "ticker");
      return this;
    }

    /** The time of day, for headers that tell it. */
    public Builder wallClock(WallClock wallClock) {
      this.wallClock = requireNonNull(wallClock, "wallClock");
      return this;
    }

    /** Runs the sweeps of outlier detection, and what else has its time. */
    public Builder scheduler(Scheduler scheduler) {
      this.scheduler = requireNonNull(scheduler, "scheduler");
      return this;
    }

    /**
     * Looks up the host names of DNS clusters, in the background; the JDK's resolver by default.
     */
    public Builder names(NameResolver names) {
      this.names = requireNonNull(names, "names");
      return this;
    }

    /** Takes the decisions that are left to chance. */
    public Builder random(RandomSource random) {
      this.random = requireNonNull(random, "random");
      return this;
    }

    /** Receives finished calls. */
    public Builder observer(MeshObserver observer) {
      this.observer = requireNonNull(observer, "observer");
      return this;
    }

    /** {@link Semantics#STANDARD} unless told. */
    public Builder semantics(Semantics semantics) {
      this.semantics = requireNonNull(semantics, "semantics");
      return this;
    }

    /**
     * How long the first call to a target waits for its configuration; 15 s by default, which is
     * how long an xDS client waits for a resource (Envoy {@code initial_fetch_timeout}).
     */
    public Builder configTimeout(Duration configTimeout) {
      this.configTimeout = requirePositive("configTimeout", configTimeout);
      return this;
    }

    /** How long a target is followed after its last call; 30 minutes by default. */
    public Builder idleTimeout(Duration idleTimeout) {
      this.idleTimeout = requirePositive("idleTimeout", idleTimeout);
      return this;
    }

    /**
     * What rate limits and bulkheads count with, in place of what the class path has ({@code
     * io.librarymesh:mesh-resilience4j}).
     */
    public Builder permits(PermitProvider permits) {
      Optional<PermitProvider> given = Optional.of(permits);
      this.permits = () -> given;
      return this;
    }

    /**
     * Who this process is, for clusters that are called over mutual TLS. Without it such calls fail
     * to connect. The mesh does not close it.
     */
    public Builder identity(IdentitySource identity) {
      this.identity = requireNonNull(identity, "identity");
      return this;
    }

    /**
     * The keys of issuers of tokens that are known by URI; without it tokens of such issuers are
     * refused.
     */
    public Builder remoteKeys(JwksSource remoteKeys) {
      this.remoteKeys = requireNonNull(remoteKeys, "remoteKeys");
      return this;
    }

    public Mesh build() {
      return new Mesh(this, ResolvingSource.of(source, names, scheduler, random));
    }

    private static Duration requirePositive(String name, Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
      }
      return value;
    }
  }
}
