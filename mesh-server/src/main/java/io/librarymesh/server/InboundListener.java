package io.librarymesh.server;

import static java.util.Objects.requireNonNull;

import io.librarymesh.identity.IdentitySource;
import io.librarymesh.identity.MutualTls;
import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Ticker;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The port at which a server of the mesh is called. Takes connections, carries out the TLS mode,
 * and passes what is within them on to the application's own server, which speaks plain HTTP on
 * loopback. The application learns of the caller by {@link InboundPeers}, in a filter that refuses
 * what has not come this way.
 *
 * <p>What changes holds for new connections at once. Open ones that would not be let in any more
 * are ended when they are between requests, at the latest after {@link ListenerLimits#drain}: those
 * that another mode has left, those whose caller's certificate has ended or is no longer trusted,
 * and, where connections are judged, those that the policies deny. Any thread.
 */
public final class InboundListener implements AutoCloseable {
  private static final Logger LOG = System.getLogger(InboundListener.class.getName());
  private static final int BACKLOG = 256;
  private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Setup setup;
  private final ServerSocket socket;
  private final ExecutorService workers = Workers.start();
  private final Set<AcceptedConnection> connections = ConcurrentHashMap.newKeySet();
  private volatile Scheduler.Cancellable sweeping = () -> {};
  private volatile boolean closed;

  private InboundListener(Setup setup, ServerSocket socket) {
    this.setup = setup;
    this.socket = socket;
  }

  /**
   * A listener to be.
   *
   * @param policy what holds at its port
   * @param application where the application's server listens, on loopback
   */
  public static Builder builder(InboundPolicyView policy, InetSocketAddress application) {
    return new Builder(policy, application);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /** The port on which it listens. */
  public int port() {
    return socket.getLocalPort();
  }

  /** What came in. */
  public InboundCounts counts() {
    return setup.counts();
  }

  /** How many connections are open. */
  public int openConnections() {
    return connections.size();
  }

  private void start() {
    Workers.daemon(this::accept).start();
    sweeping = Scheduler.system().schedule(this::sweep, SWEEP_NANOS);
  }

  private void accept() {
    while (!closed) {
      try {
        take((PeekedSocket) socket.accept());
      } catch (IOException e) {
        if (!closed) {
          LOG.log(Level.WARNING, "library-mesh: cannot accept at {0}: {1}", address(), e);
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    }
  }

  private void take(PeekedSocket accepted) {
    AcceptedConnection connection = new AcceptedConnection(setup, accepted, workers, connections);
    if (connections.size() >= setup.limits().connections()) {
      connection.refuse(
          InboundRefusal.TOO_MANY_CONNECTIONS, "limit " + setup.limits().connections());
      return;
    }
    connections.add(connection);
    try {
      workers.execute(connection);
    } catch (RejectedExecutionException e) {
      connection.reset();
    }
  }

  /** Looks after all limits of time; one timer for all connections, so that none costs a timer. */
  private void sweep() {
    try {
      check(Ticker.system().nanos());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "library-mesh: looking after connections", e);
    }
    if (closed && connections.isEmpty()) {
      workers.shutdown();
    } else {
      sweeping = Scheduler.system().schedule(this::sweep, SWEEP_NANOS);
    }
  }

  private void check(long now) {
    Optional<InboundRules> rules = setup.policy().current();
    ServerTls server = setup.tls();
    Optional<MutualTls> tls = server == null ? Optional.empty() : server.current();
    Instant time = Instant.now();
    for (AcceptedConnection connection : connections) {
      connection.check(now, closed || !connection.stands(rules, tls, time));
    }
  }

  /**
   * Takes no more connections, and lets those that are open end what they do, for as long as {@link
   * ListenerLimits#drain} says. Returns at once.
   */
  @Override
  public void close() {
    closed = true;
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "library-mesh: closing a port", e);
    }
  }

  /** Closes, and ends what is still open. */
  public void closeNow() {
    close();
    sweeping.cancel();
    connections.forEach(AcceptedConnection::reset);
    workers.shutdown();
  }

  /**
   * What all connections share.
   *
   * @param tls null: plaintext alone can come in
   * @param opaque whether nobody judges requests, so that connections are judged
   */
  record Setup(
      InboundPolicyView policy,
      InetSocketAddress application,
      @Nullable ServerTls tls,
      InboundPeers peers,
      ListenerLimits limits,
      InboundCounts counts,
      boolean opaque) {}

  /** Says what a listener is to be; for one thread. */
  public static final class Builder {
    private final InboundPolicyView policy;
    private final InetSocketAddress application;
    private Optional<ServerTls> tls = Optional.empty();
    private InboundPeers peers = new InboundPeers();
    private InboundCounts counts = new InboundCounts();
    private ListenerLimits limits = ListenerLimits.DEFAULT;
    private boolean opaque;

    private Builder(InboundPolicyView policy, InetSocketAddress application) {
      if (!requireNonNull(application.getAddress(), "application").isLoopbackAddress()) {
        throw new IllegalArgumentException(
            "application: " + application + " (expected: an address of loopback)");
      }
      this.policy = policy;
      this.application = application;
    }

    /** Who this process is, for applications that speak HTTP/1.1. */
    public Builder identity(IdentitySource identities) {
      return tls(ServerTls.of(identities, "http/1.1"));
    }

    /** TLS of the server; its protocols are those that the application speaks in plaintext. */
    public Builder tls(ServerTls server) {
      tls = Optional.of(server);
      return this;
    }

    /** Whom the application's filter asks who calls. */
    public Builder peers(InboundPeers shared) {
      peers = shared;
      return this;
    }

    /** What counts, such as the filter's. */
    public Builder counts(InboundCounts shared) {
      counts = shared;
      return this;
    }

    /** What it bears. */
    public Builder limits(ListenerLimits given) {
      limits = given;
      return this;
    }

    /**
     * For applications that do not speak HTTP: the policies judge connections, and conditions on
     * requests never hold. Without this nobody but a filter judges.
     */
    public Builder opaque() {
      opaque = true;
      return this;
    }

    /**
     * Listens.
     *
     * @param address the one to bind; port 0: any that is free
     * @throws IOException if it cannot be bound
     */
    public InboundListener start(InetSocketAddress address) throws IOException {
      InetAddress bound = requireNonNull(address.getAddress(), "address");
      ServerSocket socket = PeekedSocket.listen(address.getPort(), BACKLOG, bound);
      Setup setup = new Setup(policy, application, tls.orElse(null), peers, limits, counts, opaque);
      InboundListener listener = new InboundListener(setup, socket);
      listener.start();
      return listener;
    }
  }
}
