package io.librarymesh.okhttp;

import static java.util.Objects.requireNonNull;

import io.librarymesh.Explanation;
import io.librarymesh.Mesh;
import io.librarymesh.Step;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToIntFunction;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Sends the calls of an OkHttp client through the mesh.
 *
 * <pre>{@code
 * OkHttpClient client = new OkHttpClient.Builder().addInterceptor(MeshInterceptor.of(mesh)).build();
 * client.newCall(new Request.Builder().url("http://greeter-service:3000/hello").build()).execute();
 * }</pre>
 *
 * <p>Must be the last application interceptor: those after it would never run. One interceptor may
 * serve several clients; each keeps connections of its own. Any thread.
 */
public final class MeshInterceptor implements Interceptor {
  /** More differently configured clients than share one interceptor. */
  private static final int MAX_NETWORKS = 16;

  private final Mesh mesh;
  private final OkHttpClient transport;
  private final Timers timers;
  private final MeshFallback fallback;
  private final List<EndpointClients> networks = new CopyOnWriteArrayList<>();

  private MeshInterceptor(Mesh mesh, OkHttpClient transport, Timers timers, MeshFallback fallback) {
    this.mesh = mesh;
    this.transport = transport;
    this.timers = timers;
    this.fallback = fallback;
  }

  /** Sends calls with OkHttp's defaults for what an interceptor cannot learn of its client. */
  public static MeshInterceptor of(Mesh mesh) {
    return of(mesh, new OkHttpClient());
  }

  /**
   * Sends calls with the protocols, connection specs, ping interval and network interceptors of
   * {@code transport}; the client that has the interceptor keeps these to itself. Everything else
   * comes from that client, and nothing from {@code transport}.
   */
  public static MeshInterceptor of(Mesh mesh, OkHttpClient transport) {
    return of(mesh, transport, Timers.SYSTEM);
  }

  /** For tests that move the time themselves. */
  static MeshInterceptor of(Mesh mesh, OkHttpClient transport, Timers timers) {
    return new MeshInterceptor(
        requireNonNull(mesh, "mesh"),
        requireNonNull(transport, "transport"),
        timers,
        MeshFallback.NONE);
  }

  /**
   * An interceptor of its own that asks {@code fallback} for what it would rather have than a
   * failure: last of all, when retries and the fallback of a ResiliencePolicy have not helped. What
   * a failure is the {@code fallback.on} of the policy's rule for the request says, and where there
   * is none, a status from 500 to 599, whoever says it, or 429 of the policy's rate limit.
   */
  public MeshInterceptor withFallback(MeshFallback fallback) {
    return new MeshInterceptor(mesh, transport, timers, requireNonNull(fallback, "fallback"));
  }

  /**
   * Returns the upstream's response or the mesh's own.
   *
   * @throws IOException when the caller canceled the call, ran out of its own timeouts, or sent a
   *     body that failed. What goes wrong on the network or in the mesh is a response, such as 503.
   */
  @Override
  public Response intercept(Chain chain) throws IOException {
    Caller caller = new Caller(timers.of(chain.call()), failure -> {});
    caller.start(chain.call().timeout().timeoutNanos());
    OutgoingCall call = begin(caller, chain.call(), chain.getEventListener(), chain);
    chain.call().addEventListener(caller);
    if (chain.call().isCanceled()) {
      caller.leave();
    }
    boolean answered = false;
    try {
      Step.Wait wait = call.advance();
      while (wait != null) {
        caller.await(wait);
        wait = call.advance();
      }
      answered = true;
      return call.response();
    } finally {
      if (!answered) {
        call.cancel();
      }
    }
  }

  /** A call that goes out from where {@code chain} stands, in the name of {@code call}. */
  OutgoingCall begin(Caller caller, Call call, EventListener events, Chain chain) {
    return new OutgoingCall(mesh, network(chain), fallback, caller, call, events, chain);
  }

  /**
   * Tells what would become of a request that {@link #intercept} gets, and why; sends nothing. See
   * {@link Mesh#explain}.
   */
  public Explanation explain(Request request) {
    HttpUrl url = request.url();
    return mesh.explain(url.host(), url.port(), new RequestView(request));
  }

  /** How many connections to upstreams are open, idle ones included. */
  public int connectionCount() {
    return sum(ConnectionPool::connectionCount);
  }

  /** How many copies of requests are on their way to mirrors. */
  public int mirrorCount() {
    return networks.stream().mapToInt(clients -> clients.mirrors().inFlight()).sum();
  }

  /** How many attempts are on their way beside others that take too long. */
  public int hedgeCount() {
    return networks.stream().mapToInt(clients -> clients.hedges().inFlight()).sum();
  }

  /** How many connections to upstreams wait for their next request. */
  public int idleConnectionCount() {
    return sum(ConnectionPool::idleConnectionCount);
  }

  /** Closes the idle connections to upstreams, which otherwise close after five minutes. */
  public void evictIdleConnections() {
    networks.forEach(EndpointClients::evictIdle);
  }

  private int sum(ToIntFunction<ConnectionPool> count) {
    return networks.stream().mapToInt(clients -> clients.sum(count)).sum();
  }

  private EndpointClients network(Chain chain) {
    for (EndpointClients clients : networks) {
      if (clients.serve(chain)) {
        return clients;
      }
    }
    return addNetwork(chain);
  }

  private synchronized EndpointClients addNetwork(Chain chain) {
    for (EndpointClients clients : networks) {
      if (clients.serve(chain)) {
        return clients;
      }
    }
    EndpointClients added = EndpointClients.of(chain, transport);
    if (networks.size() >= MAX_NETWORKS) {
      networks.remove(0).evictIdle();
    }
    networks.add(added);
    return added;
  }
}
