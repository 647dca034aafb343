package io.librarymesh.server;

import io.librarymesh.Mesh;
import io.librarymesh.identity.IdentitySource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A port of the mesh before a server of this process that speaks plain HTTP on loopback: the {@link
 * InboundListener} that is called from outside, what its filter has to know ({@link
 * MeshHttpFilter#behind(InboundFront)}, {@link MeshServletFilter#behind(InboundFront)}), and the
 * rules that the control plane has for the port. Where limits or protocols are to be others, these
 * parts can be put together one by one. Any thread.
 */
public final class InboundFront implements AutoCloseable {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final IdentitySource identities;
  private final InboundPeers peers = new InboundPeers();
  private final InboundCounts counts = new InboundCounts();
  private volatile InboundPolicyView rules = Optional::empty;
  private volatile Optional<InboundListener> listener = Optional.empty();
  private volatile ExternalAuthorizer authorizer = ExternalAuthorizer.NONE;

  private InboundFront(IdentitySource identities) {
    this.identities = identities;
  }

  /** One that does not listen yet. */
  public static InboundFront of(IdentitySource identities) {
    return new InboundFront(identities);
  }

  InboundPeers peers() {
    return peers;
  }

  InboundPolicyView rules() {
    return this::current;
  }

  /** Asks as services of the mesh that {@link #listen} is given. */
  ExternalAuthorizer authorizer() {
    return check -> authorizer.ask(check);
  }

  private Optional<InboundRules> current() {
    return rules.current();
  }

  /**
   * Listens. Nobody is let in before the control plane has said what it asks of the port.
   *
   * @param mesh follows the rules of the port
   * @param address where this process is called; port 0 lets the operating system choose
   * @param application where the application's server listens, on loopback
   * @return the port, to be registered; see {@link #await}
   * @throws IOException if the address cannot be bound
   */
  public int listen(Mesh mesh, InetSocketAddress address, InetSocketAddress application)
      throws IOException {
    InboundListener started =
        InboundListener.builder(this::current, application)
            .identity(identities)
            .peers(peers)
            .counts(counts)
            .start(address);
    listener = Optional.of(started);
    authorizer = ExternalAuthorizer.of(mesh);
    rules = InboundPolicyView.of(mesh.inbound(started.port()));
    return started.port();
  }

  /**
   * Waits until it is known what is asked of the port, which is asked for once the port is
   * registered, {@code withReady(false)}; then is the time to register it as ready. Nobody who
   * calls before is let in.
   *
   * @return whether it is known
   */
  public boolean await(Duration atMost) throws InterruptedException {
    long giveUp = System.nanoTime() + atMost.toNanos();
    while (current().isEmpty()) {
      if (System.nanoTime() - giveUp > 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.sleep(LOOK_NANOS);
    }
    return true;
  }

  /** What came in, and by reason what was refused. */
  public InboundCounts counts() {
    return counts;
  }

  /** Takes no more connections, and ends those that are open between requests. */
  @Override
  public void close() {
    listener.ifPresent(InboundListener::close);
  }
}
