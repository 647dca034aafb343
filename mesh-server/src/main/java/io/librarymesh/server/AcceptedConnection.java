package io.librarymesh.server;

import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.identity.MutualTls;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.SvidRefusedException;
import io.librarymesh.time.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a listener and the one to the application behind it. Two threads carry its bytes,
 * one for each direction: a slow reader holds up its writer and nobody else.
 */
final class AcceptedConnection implements Runnable {
  private static final int BUFFER = 16_384;
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final InboundListener.Setup setup;
  private final PeekedSocket accepted;
  private final Executor workers;
  private final Set<AcceptedConnection> open;
  private final Ticker ticker = Ticker.system();
  private final long acceptedAt = ticker.nanos();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicInteger directions = new AtomicInteger(2);
  private final Socket application = new Socket();
  private volatile @Nullable InetSocketAddress near;
  private volatile boolean established;
  private volatile @Nullable Admission admission;
  private volatile boolean answered;
  private volatile boolean drained;
  private volatile long lastByte = acceptedAt;
  private volatile boolean lastFromApplication = true;
  private volatile long drainingSince;
  private volatile boolean draining;

  AcceptedConnection(
      InboundListener.Setup setup,
      PeekedSocket accepted,
      Executor workers,
      Set<AcceptedConnection> open) {
    this.setup = setup;
    this.accepted = accepted;
    this.workers = workers;
    this.open = open;
  }

  /** Whether it would be let in by what holds now; for the one thread that looks after all. */
  boolean stands(Optional<InboundRules> rules, Optional<MutualTls> tls, Instant time) {
    Admission by = admission;
    return by == null || by.stands(rules, tls, time);
  }

  @Override
  public void run() {
    try {
      accepted.setTcpNoDelay(true);
      InboundRules rules = setup.policy().current().orElse(null);
      if (rules == null) {
        refuse(InboundRefusal.NO_POLICY, "no rules yet for " + accepted.getLocalSocketAddress());
      } else if (rules.mode() == Mode.DISABLE) {
        connect(plain(rules), rules, accepted, plainPeer());
      } else {
        detect(rules);
      }
    } catch (IOException | RuntimeException e) {
      reset();
    }
  }

  private void detect(InboundRules rules) throws IOException {
    byte[] first = accepted.peek(1);
    if (first.length == 0) {
      reset();
    } else if (ClientHello.begins(first[0])) {
      endTls(rules);
    } else if (rules.mode() == Mode.STRICT) {
      refuse(InboundRefusal.PLAINTEXT, "plaintext from " + remote() + " (expected: mutual TLS)");
    } else {
      connect(plain(rules), rules, accepted, plainPeer());
    }
  }

  private Admission plain(InboundRules rules) {
    return new Admission(rules, null, plainPeer(), List.of(), setup.opaque());
  }

  private void endTls(InboundRules rules) throws IOException {
    ServerTls server = setup.tls();
    MutualTls tls = server == null ? null : server.current().orElse(null);
    if (server == null || tls == null) {
      refuse(InboundRefusal.NO_IDENTITY, "TLS from " + remote() + ", but no identity yet");
      return;
    }
    SSLSocket socket;
    InboundPeer peer;
    List<X509Certificate> chain;
    try {
      String name = ClientHello.serverName(accepted);
      socket = server.over(accepted, tls);
      socket.startHandshake();
      chain = ServerTls.presented(socket.getSession());
      SpiffeId id = ServerTls.verified(tls, chain);
      peer = new InboundPeer(Optional.of(id), true, remote(), local(), name);
    } catch (IOException | SvidRefusedException e) {
      if (!ended.get()) {
        refusal(e).ifPresent(cause -> setup.counts().refuse(cause.reason()));
        refuse(InboundRefusal.TLS, remote() + ": " + reason(e));
      }
      return;
    }
    Admission by = new Admission(rules, tls, peer, chain, setup.opaque());
    connect(by, rules, socket, peer);
  }

  private static Optional<SvidRefusedException> refusal(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SvidRefusedException refused) {
        return Optional.of(refused);
      }
    }
    return Optional.empty();
  }

  private static String reason(Exception e) {
    String said = String.valueOf(e.getMessage());
    return refusal(e)
        .map(refused -> String.valueOf(refused.getMessage()))
        .orElse(e instanceof SSLException ? "TLS: " + said : said);
  }

  private InboundPeer plainPeer() {
    return new InboundPeer(Optional.empty(), false, remote(), local(), "");
  }

  private InetSocketAddress remote() {
    return (InetSocketAddress) accepted.getRemoteSocketAddress();
  }

  private InetSocketAddress local() {
    return (InetSocketAddress) accepted.getLocalSocketAddress();
  }

  private void connect(Admission by, InboundRules rules, Socket caller, InboundPeer peer)
      throws IOException {
    if (setup.opaque() && !rules.engine().admits(peer)) {
      refuse(InboundRefusal.NOT_ADMITTED, "connection of " + caller(peer));
      return;
    }
    try {
      application.connect(setup.application(), (int) setup.limits().connect().toMillis());
      application.setTcpNoDelay(true);
    } catch (IOException e) {
      refuse(InboundRefusal.APPLICATION_UNREACHABLE, setup.application() + ": " + e.getMessage());
      return;
    }
    InetSocketAddress own = (InetSocketAddress) application.getLocalSocketAddress();
    near = own;
    setup.peers().add(own, setup.application(), peer);
    if (ended.get()) {
      setup.peers().remove(own, setup.application());
      return;
    }
    admission = by;
    touch(true);
    established = true;
    setup.counts().connected(peer.overTls());
    workers.execute(() -> carry(application, caller, true));
    carry(caller, application, false);
  }

  private static String caller(InboundPeer peer) {
    return peer.identity().map(SpiffeId::toString).orElse("nobody known") + " at " + peer.remote();
  }

  private void carry(Socket from, Socket to, boolean fromApplication) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        touch(fromApplication);
        out.write(buffer, 0, read);
        out.flush();
        touch(fromApplication);
      }
      if (fromApplication) {
        answered = true;
      }
      endOutput(to);
      if (directions.decrementAndGet() == 0) {
        end(false);
      }
    } catch (IOException | RuntimeException e) {
      // Whom the application has answered may close as it likes; the answer is still on its way.
      end(!answered);
    }
  }

  /** TLS that is not the JDK's cannot be ended in one direction: there its end is that of both. */
  private void endOutput(Socket to) throws IOException {
    if (to instanceof SSLSocket && !ServerTls.endsByHalves(to)) {
      to.close();
      accepted.shutdownOutput();
    } else {
      to.shutdownOutput();
    }
  }

  private void touch(boolean fromApplication) {
    lastFromApplication = fromApplication;
    lastByte = ticker.nanos();
  }

  /**
   * Ends what has had its time.
   *
   * @param now of the system's ticker
   * @param drain whether it is to end
   */
  void check(long now, boolean drain) {
    long silent = now - lastByte;
    if (!established) {
      if (now - acceptedAt > setup.limits().handshake().toNanos()) {
        refuse(InboundRefusal.HANDSHAKE_TIMEOUT, remote() + " took too long to say what it wants");
      }
    } else if (silent > setup.limits().idle().toNanos() || (answered && silent > LINGER_NANOS)) {
      reset();
    } else if (drain) {
      drain(now, silent);
    }
  }

  /**
   * Between requests the application hears that there are no more; what it still says is carried.
   */
  private void drain(long now, long silent) {
    if (!draining) {
      drainingSince = now;
      draining = true;
    }
    if (now - drainingSince > setup.limits().drain().toNanos()) {
      reset();
    } else if (!drained && lastFromApplication && silent > QUIET_NANOS) {
      drained = true;
      try {
        application.shutdownOutput();
      } catch (IOException e) {
        reset();
      }
    }
  }

  /** Ends it without a word, and says why. */
  void refuse(InboundRefusal reason, String message) {
    setup.counts().refuse(reason, message);
    reset();
  }

  /** Breaks it off on both sides: neither takes what it has for the whole. */
  void reset() {
    end(true);
  }

  private void end(boolean broken) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    open.remove(this);
    InetSocketAddress own = near;
    if (own != null) {
      setup.peers().remove(own, setup.application());
    }
    close(application, broken && established);
    close(accepted, broken && established);
  }

  private static void close(Socket socket, boolean broken) {
    try (Socket closing = socket) {
      if (broken) {
        closing.setSoLinger(true, 0);
      }
    } catch (IOException e) {
      // It is closed all the same.
    }
  }
}
