package io.librarymesh;

import io.librarymesh.authz.InboundConnection;
import io.librarymesh.authz.InboundEngine;
import io.librarymesh.authz.InboundRequest;
import io.librarymesh.authz.InboundVerdict;
import io.librarymesh.authz.JwksSource;
import io.librarymesh.config.InboundListener;
import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.config.InboundSource;
import io.librarymesh.config.InboundSource.PortUpdate;
import io.librarymesh.config.InboundTls;
import io.librarymesh.time.Scheduler.Cancellable;
import io.librarymesh.time.WallClock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a port of a server asks of its callers now. A server takes {@link #current} for each
 * connection, and for each request; what the control plane changes is in force at once. Any thread.
 *
 * <ul>
 *   <li>Until something is known of the port it is {@link Closed}, and so it is when what the
 *       control plane asks for cannot be carried out: nobody gets in because a policy was late.
 *   <li>Where the control plane says that it asks nothing of the port it is {@link Open}, as a
 *       workload of Istio without policies.
 *   <li>Once something was asked for it stays in force until the control plane asks for something
 *       else, whether it cannot be reached, sends what cannot be carried out or forgets the port.
 * </ul>
 */
public final class InboundPort {
  private static final Logger LOG = System.getLogger(InboundPort.class.getName());
  private static final int UNAVAILABLE = 503;

  private final JwksSource remoteKeys;
  private final WallClock clock;
  private final List<Consumer<State>> listeners = new ArrayList<>();
  private volatile State state = new Closed("nothing is known of the port yet");

  private InboundPort(JwksSource remoteKeys, WallClock clock) {
    this.remoteKeys = remoteKeys;
    this.clock = clock;
  }

  /** Follows what the source says of a port, for as long as the source lives. */
  static InboundPort follow(
      InboundSource source, int port, JwksSource remoteKeys, WallClock clock) {
    InboundPort inbound = new InboundPort(remoteKeys, clock);
    Cancellable unused = source.watchInbound(port, update -> inbound.update(port, update));
    return inbound;
  }

  /** One that asks nothing. */
  static InboundPort open() {
    InboundPort inbound = new InboundPort(JwksSource.NONE, WallClock.system());
    inbound.become(new Open("nobody says what servers ask for"));
    return inbound;
  }

  private void update(int port, PortUpdate update) {
    if (update instanceof PortUpdate.Resolved resolved) {
      InboundEngine engine = InboundEngine.compile(resolved.listener().policy(), remoteKeys, clock);
      for (String problem : engine.problems()) {
        LOG.log(Level.WARNING, "library-mesh: port " + port + ": " + problem);
      }
      become(new Judged(resolved.listener(), engine));
    } else if (update instanceof PortUpdate.Absent absent) {
      become(new Open(absent.reason()));
    } else if (update instanceof PortUpdate.Refused refused) {
      LOG.log(Level.ERROR, "library-mesh: port " + port + " is closed: " + refused.reason());
      become(new Closed(refused.reason()));
    } else if (update instanceof PortUpdate.Pending pending && state instanceof Closed) {
      become(new Closed(pending.reason()));
    }
  }

  private synchronized void become(State next) {
    state = next;
    List.copyOf(listeners).forEach(listener -> tell(listener, next));
  }

  /** A listener's own trouble is not that of the port. */
  private static void tell(Consumer<State> listener, State state) {
    try {
      listener.accept(state);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "library-mesh: a listener to a port failed", e);
    }
  }

  /**
   * Tells what the port asks for, now and whenever that changes, in order and one at a time: for
   * servers that end what was let in by what held before. The listener must not block.
   *
   * @return ends the telling
   */
  public synchronized AutoCloseable subscribe(Consumer<State> listener) {
    listeners.add(listener);
    tell(listener, state);
    return () -> unsubscribe(listener);
  }

  private synchronized void unsubscribe(Consumer<State> listener) {
    listeners.remove(listener);
  }

  /** What the port asks for at this moment; to be asked once for each decision. */
  public State current() {
    return state;
  }

  /** What a port asks for. Immutable. */
  public sealed interface State {
    /** Which connections are taken; of a closed port none is. */
    default Mode mode() {
      return Mode.DISABLE;
    }

    /** How TLS is spoken; empty in the mode {@link Mode#DISABLE}. */
    default Optional<InboundTls> tls() {
      return Optional.empty();
    }

    /** Decides about a request, without asking authorizers. */
    InboundVerdict decide(InboundRequest request);

    /** Decides about a connection of which the requests are not known, because it is not HTTP. */
    boolean admits(InboundConnection connection);
  }

  /**
   * What the control plane asks for.
   *
   * @param listener as it came
   */
  public record Judged(InboundListener listener, InboundEngine engine) implements State {
    @Override
    public Mode mode() {
      return listener.mode();
    }

    @Override
    public Optional<InboundTls> tls() {
      return listener.tls();
    }

    @Override
    public InboundVerdict decide(InboundRequest request) {
      return engine.decide(request);
    }

    @Override
    public boolean admits(InboundConnection connection) {
      return engine.admits(connection);
    }
  }

  /**
   * Nothing is asked.
   *
   * @param reason for people
   */
  public record Open(String reason) implements State {
    @Override
    public InboundVerdict decide(InboundRequest request) {
      return InboundEngine.OPEN.decide(request);
    }

    @Override
    public boolean admits(InboundConnection connection) {
      return true;
    }
  }

  /**
   * Nobody gets in: connections are to be refused where a server can do that, and requests that
   * come all the same are answered with 503, so that callers go elsewhere.
   *
   * @param reason for people
   */
  public record Closed(String reason) implements State {
    @Override
    public InboundVerdict decide(InboundRequest request) {
      return new InboundVerdict.Denied(
          UNAVAILABLE, "", "inbound_policy_unknown{" + reason + "}", "", "", List.of());
    }

    @Override
    public boolean admits(InboundConnection connection) {
      return false;
    }
  }
}
