package io.librarymesh.okhttp;

import io.librarymesh.HedgedAttempt;
import io.librarymesh.MeshCall;
import io.librarymesh.Step;
import io.librarymesh.okhttp.SingleExchange.StaleConnectionException;
import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Scheduler.Cancellable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import javax.net.SocketFactory;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call: an OkHttp call of its own to the endpoint, whose events tell how far it
 * came.
 *
 * <p>Runs on one thread but for {@link #cancel} and the end of the body.
 */
final class Attempt extends EventListener {
  private static final String NO_TLS =
      "the endpoint does not answer in TLS (expected: a port that speaks it, or an http URL)";

  /** What an attempt is about between a connection and TLS over it. */
  static final String HANDSHAKING = "in the TLS handshake: connected, but " + NO_TLS;

  private final MeshCall mesh;
  private final Step.Send send;
  private final Scheduler scheduler;
  private final boolean repeatable;

  /** What follows when the time of one try is over; null when that ends the attempt. */
  private final @Nullable Runnable hedge;

  private volatile @Nullable Call inner;
  private volatile boolean canceled;
  private volatile boolean connectTimedOut;

  /** The connection is there, TLS over it is not. */
  private volatile boolean handshaking;

  private volatile boolean over;
  private volatile @Nullable Delivery delivery;

  private @Nullable Deadline connecting;
  private @Nullable Deadline answering;
  private @Nullable Cancellable hedging;
  private @Nullable Deadline moving;
  private @Nullable SocketFactory sockets;
  private int connectionsBefore;
  private @Nullable EndpointSocket socket;
  private boolean connected;
  private boolean requestBegun;
  private boolean bodyOpen;
  private boolean transportFailed;

  Attempt(
      MeshCall mesh,
      Step.Send send,
      Request request,
      Scheduler scheduler,
      @Nullable Runnable hedge) {
    this.mesh = mesh;
    this.send = send;
    this.scheduler = scheduler;
    this.hedge = hedge;
    RequestBody body = request.body();
    this.repeatable = body == null || !(body.isOneShot() || body.isDuplex());
  }

  /** Sends the request, once, and waits for the head of the response. */
  Response execute(OkHttpClient client, Request request, @Nullable EventListener observer)
      throws IOException {
    sockets = client.socketFactory();
    connectionsBefore = sockets instanceof EndpointSockets made ? made.connections() : 0;
    watchSilence();
    Request outgoing =
        ConnectionUse.on(WatchedBody.of(request, mesh), send.maxRequestsPerConnection());
    while (true) {
      Call next = client.newCall(outgoing);
      next.addEventListener(this);
      if (observer != null) {
        next.addEventListener(observer);
      }
      inner = next;
      over = false;
      if (canceled) {
        throw new IOException("Canceled");
      }
      try {
        return next.execute();
      } catch (StaleConnectionException e) {
        // Nothing was sent, so this is still the same attempt; OkHttp has dropped the connection.
        connected = false;
      }
    }
  }

  /** From when on silence counts may differ with a connection. */
  private void watchSilence() {
    Deadline.stop(moving);
    moving = Deadline.ofSilence(scheduler, mesh, this::cancel);
  }

  /**
   * Stops the clock of the call and those of the try. Returns whether one of them ran out before
   * there was a response head.
   */
  boolean tookTooLong(@Nullable Deadline ofCall) {
    boolean callTooLong = Deadline.stop(ofCall);
    boolean tryTooLong = Deadline.stop(answering);
    boolean silentTooLong = Deadline.stop(moving);
    if (hedging != null) {
      hedging.cancel();
    }
    return callTooLong || tryTooLong || silentTooLong;
  }

  /** Whether there is a connection, but not yet TLS over it, as the URL wants it. */
  boolean isHandshaking() {
    return handshaking;
  }

  /** Breaks the exchange off, at whatever point it is. Any thread. */
  void cancel() {
    canceled = true;
    Call current = inner;
    if (current != null) {
      current.cancel();
    }
  }

  /**
   * Tells the mesh why there was no response.
   *
   * @throws IOException when it is the caller's doing: its body, its timeout, its thread
   */
  Step failed(IOException e) throws IOException {
    if (connectTimedOut) {
      String text =
          (handshaking ? "TLS handshake" : "connect")
              + " timeout after "
              + send.connectTimeoutNanos() / 1_000_000
              + " ms"
              + (handshaking ? ": connected, but " + NO_TLS : "");
      return mesh.onFailure(TransportFailure.CONNECT_FAILURE, requestBegun, text);
    }
    if (canceled || Thread.currentThread().isInterrupted()) {
      throw canceled || e instanceof InterruptedIOException ? e : interrupted(e);
    }
    if (!connected) {
      String text = handshaking ? "TLS handshake: " + handshake(root(e)) : words(root(e));
      return mesh.onFailure(TransportFailure.CONNECT_FAILURE, false, text);
    }
    boolean callersBody = bodyOpen && !transportFailed;
    if (callersBody || e instanceof InterruptedIOException) {
      throw e;
    }
    // HTTP/2: the connection took no more streams, so this one was never opened.
    boolean refused = e.getClass().getSimpleName().equals("ConnectionShutdownException");
    return mesh.onFailure(FailureKind.of(e, connectionEnded()), requestBegun && !refused, words(e));
  }

  /** Whether the exchange has ended already; otherwise {@code delivery} hears when it does. */
  boolean deliverTo(Delivery delivery) {
    this.delivery = delivery;
    return over;
  }

  private static InterruptedIOException interrupted(IOException e) {
    InterruptedIOException interrupted = new InterruptedIOException("interrupted");
    interrupted.initCause(e);
    return interrupted;
  }

  private static Throwable root(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** The JDK says of an answer in clear text that it is an SSL message which it does not know. */
  private static String handshake(Throwable e) {
    String words = words(e);
    return words.contains("SSL message") ? words + ": " + NO_TLS : words;
  }

  private static String words(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  /** Whether the upstream hung up, as far as the connection can tell. */
  private boolean connectionEnded() {
    EndpointSocket used = socket;
    return used != null && used.hasEnded();
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    handshaking = false;
    if (connecting == null) {
      connecting = Deadline.start(scheduler, send.connectTimeoutNanos(), this::connectTimedOut);
    }
  }

  @Override
  public void secureConnectStart(Call call) {
    handshaking = true;
  }

  @Override
  public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
    handshaking = false;
  }

  private void connectTimedOut() {
    connectTimedOut = true;
    Call current = inner;
    if (current != null) {
      current.cancel();
    }
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    Deadline.stop(connecting);
    connected = true;
    socket = EndpointSockets.under(connection, sockets);
    if (socket != null) {
      socket.acquiredAfter(connectionsBefore);
    }
  }

  @Override
  public void requestHeadersStart(Call call) {
    requestBegun = true;
    mesh.onConnected();
    answering = Deadline.start(scheduler, mesh.perTryTimeoutNanos(), this::cancel);
    HedgedAttempt hedged = hedge == null ? null : mesh.hedged();
    if (hedge != null && hedged != null) {
      if (!repeatable) {
        // Before it can be needed by two at once.
        mesh.onUnrepeatableBody();
      }
      hedging = scheduler.schedule(hedge, hedged.hedgeNanos());
    }
    watchSilence();
  }

  @Override
  public void requestBodyStart(Call call) {
    bodyOpen = true;
    if (!repeatable) {
      mesh.onUnrepeatableBody();
    }
  }

  @Override
  public void requestBodyEnd(Call call, long byteCount) {
    bodyOpen = false;
  }

  @Override
  public void requestFailed(Call call, IOException e) {
    transportFailed = true;
  }

  @Override
  public void responseFailed(Call call, IOException e) {
    transportFailed = true;
  }

  @Override
  public void callEnd(Call call) {
    end(null);
  }

  @Override
  public void callFailed(Call call, IOException e) {
    Deadline.stop(connecting);
    end(e);
  }

  /** What it means that the body of the response broke off. */
  TransportFailure brokenOff(IOException e) {
    return FailureKind.of(e, connectionEnded());
  }

  private void end(@Nullable IOException failure) {
    over = true;
    Delivery current = delivery;
    if (current != null) {
      current.end(failure);
    }
  }
}
