package io.librarymesh.xds;

import static java.util.Objects.requireNonNull;

import io.grpc.ManagedChannel;
import io.librarymesh.config.ConfigSource;
import io.librarymesh.config.InboundSource;
import io.librarymesh.identity.PinnedTls;
import io.librarymesh.random.RandomSource;
import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Scheduler.Cancellable;
import io.librarymesh.time.Ticker;
import io.librarymesh.xds.AdsStream.Variant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Follows a control plane over xDS v3, and hands out a configuration for each target that is
 * watched. It subscribes to what watched targets need and to nothing else; what it has stays in
 * force for ever when the control plane cannot be reached. Any thread.
 *
 * <p>Watchers are called on one daemon thread, {@code mesh-xds}, which all clients of a JVM share.
 *
 * <p>Source: Envoy's xDS protocol, aggregated, in its incremental and its state-of-the-world
 * variant; gRFCs A46 (partial acceptance), A57 (timers and streams), A74 (whole configurations).
 */
public final class XdsConfigSource implements ConfigSource, InboundSource {
  /** A little more than the goodbye itself may take. */
  private static final long GOODBYE_MILLIS = 1500;

  private final EventLoop loop;
  private final ResourceTables tables = new ResourceTables();
  private final DependencyTree tree;
  private final InboundListeners inbound;
  private final ControlPlaneLink link;
  private boolean closed;

  /** Whether there was ever a registration to take back. */
  private volatile boolean registers;

  /** Whether another thread than that of {@link #close} does the work. */
  private final boolean ownThread;

  private XdsConfigSource(Builder builder) {
    loop = new EventLoop(builder.executor, builder.scheduler, builder.ticker);
    tree = new DependencyTree(loop, tables, builder.endpointGraceNanos);
    inbound = new InboundListeners(tables.listeners, builder.registration);
    link =
        new ControlPlaneLink(
            loop,
            tree,
            builder.settings(),
            () -> NodeMessage.of(builder.node, inbound.registration()));
    registers = builder.registration.isPresent();
    ownThread = builder.executor == XdsThread.SHARED;
    loop.afterEachTurn(this::settle);
    loop.execute(inbound::subscribe);
  }

  /** A source for this process, without servers yet. */
  public static Builder builder(Node node) {
    return new Builder(node);
  }

  @Override
  public Cancellable watch(String authority, Watcher watcher) {
    String name = authority.toLowerCase(Locale.ROOT);
    WatcherHandle handle = new WatcherHandle(name, watcher);
    loop.execute(() -> add(name, handle));
    return () -> {
      handle.end();
      loop.execute(() -> remove(name, handle));
    };
  }

  private void add(String authority, WatcherHandle handle) {
    if (closed) {
      handle.deliver(new Update.Pending("the source is closed"));
    } else {
      tree.add(authority, handle);
    }
  }

  private void remove(String authority, WatcherHandle handle) {
    if (!closed) {
      tree.remove(authority, handle);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>What comes is what the control plane serves under Istio's name for it, {@code
   * xds.istio.io/grpc/lds/inbound/ADDRESS:PORT}, with the address of the registration.
   */
  @Override
  public Cancellable watchInbound(int port, PortWatcher watcher) {
    requireNonNull(watcher, "watcher");
    InboundListeners.Follower follower = new InboundListeners.Follower(port, watcher);
    loop.execute(() -> inbound.follow(follower));
    return () -> {
      follower.end();
      loop.execute(() -> inbound.unfollow(follower));
    };
  }

  /**
   * Registers this process with the control plane, or changes its registration: what callers may
   * call, and whether they should now. The node travels in the first request of a stream, so a
   * change opens a new stream; until that has begun, the last registration holds.
   */
  public void register(Registration registration) {
    registers = true;
    change(Optional.of(registration));
  }

  /** Takes the registration back. */
  public void deregister() {
    change(Optional.empty());
  }

  private void change(Optional<Registration> registration) {
    loop.execute(
        () -> {
          if (!closed && inbound.change(registration)) {
            link.restart("the registration changed");
          }
        });
  }

  /**
   * What is known now. Completes soon, on the thread of the watchers; also after {@link #close}.
   */
  public CompletableFuture<XdsStatus> status() {
    CompletableFuture<XdsStatus> status = new CompletableFuture<>();
    loop.execute(() -> status.complete(link.status(resources())));
    return status;
  }

  private List<XdsStatus.ResourceStatus> resources() {
    List<XdsStatus.ResourceStatus> all = new ArrayList<>();
    for (ResourceTable<?> table : tables.all()) {
      table.resources().stream()
          .map(Resource::status)
          .sorted(Comparator.comparing(XdsStatus.ResourceStatus::name))
          .forEach(all::add);
    }
    return all;
  }

  private void settle() {
    tree.settle();
    inbound.settle();
    link.flush();
  }

  /**
   * Ends the stream and forgets everything; a watcher hears nothing more, soon after. When this
   * process is registered it waits, for a second at most, until the control plane has been told,
   * which then sends callers elsewhere at once; not on a thread of a watcher, and not when it works
   * on an executor that it was given.
   */
  @Override
  public void close() {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    loop.execute(() -> close(told));
    if (registers && ownThread && !EventLoop.isWorking()) {
      try {
        told.get(GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | TimeoutException e) {
        // The control plane finds out by itself, when it misses the stream.
      }
    }
  }

  private void close(CompletableFuture<Boolean> told) {
    if (closed) {
      told.complete(true);
      return;
    }
    closed = true;
    link.close(inbound.registration().isPresent(), () -> told.complete(true));
    inbound.clear();
    tree.clear();
    tables.all().forEach(ResourceTable::takeChanges);
  }

  /** What an empty state-of-the-world response does, which takes away all that is known. */
  public enum MassRemoval {
    /** It is taken for a fault of the control plane: what is known stays in force. */
    KEEP,
    /** It is followed. */
    APPLY
  }

  /** What the link to the control planes is told when it is made. */
  record LinkSettings(
      List<ControlPlane> servers,
      Variant variant,
      MassRemoval massRemoval,
      long firstBackOffNanos,
      long longestBackOffNanos,
      RandomSource random) {
    LinkSettings {
      servers = List.copyOf(servers);
    }
  }

  /** Builds a source. Confined to one thread. */
  public static final class Builder {
    private static final Pattern HOST_AND_PORT =
        Pattern.compile("([^:/\\s\\[\\]]+|\\[[0-9a-fA-F:.%]+\\]):[1-9][0-9]{0,4}");

    private final Node node;
    private final List<Supplier<ControlPlane>> servers = new ArrayList<>();
    private Optional<Registration> registration = Optional.empty();
    private Variant variant = Variant.DELTA;
    private MassRemoval massRemoval = MassRemoval.KEEP;
    private int maxResponseBytes = 16 << 20;
    private long firstBackOffNanos = TimeUnit.MILLISECONDS.toNanos(250);
    private long longestBackOffNanos = TimeUnit.SECONDS.toNanos(30);
    private long endpointGraceNanos = TimeUnit.SECONDS.toNanos(30);
    private Executor executor = XdsThread.SHARED;
    private Scheduler scheduler = Scheduler.system();
    private Ticker ticker = Ticker.system();
    private RandomSource random = RandomSource.system();

    private Builder(Node node) {
      this.node = requireNonNull(node, "node");
    }

    /**
     * Adds a control plane to the end of the list; at least one is needed. The first that can be
     * reached is used.
     *
     * @param target {@code host:port}, spoken to in plain text; an IPv6 address stands in brackets
     * @throws IllegalArgumentException if it is written in another way
     */
    public Builder server(String target) {
      check(target);
      servers.add(() -> ControlPlane.at(target, executor, maxResponseBytes));
      return this;
    }

    /**
     * Adds a control plane that is spoken to over TLS, by default on istiod's port 15012. Each
     * connection presents the identity that is in force then; one that has none is refused by the
     * control plane and tried again.
     *
     * @param target {@code host:port}; an IPv6 address stands in brackets
     * @throws IllegalArgumentException if it is written in another way
     */
    public Builder server(String target, PinnedTls tls) {
      check(target);
      requireNonNull(tls, "tls");
      servers.add(
          () ->
              new ControlPlane(
                  target, () -> TlsChannel.open(target, tls, executor, maxResponseBytes)));
      return this;
    }

    private static void check(String target) {
      requireNonNull(target, "target");
      if (!HOST_AND_PORT.matcher(target).matches()) {
        throw new IllegalArgumentException(
            "server: " + target + " (expected: HOST:PORT, for example 127.0.0.1:15010)");
      }
      if (Integer.parseInt(target.substring(target.lastIndexOf(':') + 1)) > 65_535) {
        throw new IllegalArgumentException(
            "server: " + target + " (expected: a port from 1 to 65535)");
      }
    }

    /**
     * Adds a control plane that is reached in another way, such as one in the same process.
     *
     * @param name for people
     * @param channels makes a channel for each try to reach it; the source shuts it down
     */
    public Builder server(String name, Supplier<ManagedChannel> channels) {
      ControlPlane server = new ControlPlane(name, channels);
      servers.add(() -> server);
      return this;
    }

    /** Registers this process from the start; see {@link XdsConfigSource#register}. */
    public Builder registration(Registration value) {
      registration = Optional.of(value);
      return this;
    }

    /**
     * Speaks the state-of-the-world variant from the start. Without this the incremental one is
     * tried first.
     */
    public Builder stateOfTheWorld() {
      variant = Variant.STATE_OF_THE_WORLD;
      return this;
    }

    /** {@link MassRemoval#KEEP} unless told. */
    public Builder massRemoval(MassRemoval value) {
      massRemoval = requireNonNull(value, "massRemoval");
      return this;
    }

    /**
     * The largest response that is read, in bytes; 16 MiB unless told. A larger one ends the
     * stream.
     */
    public Builder maxResponseBytes(int value) {
      if (value < 1) {
        throw new IllegalArgumentException("maxResponseBytes: " + value + " (expected: > 0)");
      }
      maxResponseBytes = value;
      return this;
    }

    /**
     * The first and the longest interval between tries to reach a control plane; 250 ms and 30 s
     * unless told.
     */
    public Builder reconnectBackOff(Duration first, Duration longest) {
      if (first.toMillis() < 1 || longest.compareTo(first) < 0) {
        throw new IllegalArgumentException(
            "first, longest: " + first + ", " + longest + " (expected: 1 ms <= first <= longest)");
      }
      firstBackOffNanos = first.toNanos();
      longestBackOffNanos = longest.toNanos();
      return this;
    }

    /**
     * How long after a reconnect the endpoints of a cluster stay in force although the control
     * plane knows none: after a restart it has to hear from the workloads again. 30 s unless told;
     * zero takes its word at once.
     */
    public Builder endpointGrace(Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException("endpointGrace: " + value + " (expected: >= 0)");
      }
      endpointGraceNanos = value.toNanos();
      return this;
    }

    /** Where the client works and watchers are called, in place of its own thread. */
    public Builder executor(Executor value) {
      executor = requireNonNull(value, "executor");
      return this;
    }

    /** The timer; the JVM's unless told. */
    public Builder scheduler(Scheduler value) {
      scheduler = requireNonNull(value, "scheduler");
      return this;
    }

    /** The clock; the JVM's unless told. */
    public Builder ticker(Ticker value) {
      ticker = requireNonNull(value, "ticker");
      return this;
    }

    /** The source of jitter; the JVM's unless told. */
    public Builder random(RandomSource value) {
      random = requireNonNull(value, "random");
      return this;
    }

    /** A source that connects when something is watched or registered. */
    public XdsConfigSource build() {
      if (servers.isEmpty()) {
        throw new IllegalArgumentException("servers: none (expected: at least one)");
      }
      return new XdsConfigSource(this);
    }

    private LinkSettings settings() {
      return new LinkSettings(
          servers.stream().map(Supplier::get).toList(),
          variant,
          massRemoval,
          firstBackOffNanos,
          longestBackOffNanos,
          random);
    }
  }
}
