package io.librarymesh.okhttp;

import static java.util.Objects.requireNonNull;

import io.librarymesh.Mesh;
import java.time.Duration;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Request;

/**
 * Makes calls through the mesh that hold no thread while they wait: for configuration, for an
 * injected delay, for their turn, for a back-off. For callers that {@link Call#enqueue} a lot;
 * takes the place of the client, as in Retrofit's {@code callFactory}.
 *
 * <p>A call with {@link MeshInterceptor} waits on its dispatcher's thread instead, since an
 * interceptor must come back with a response. For the same reason a factory cannot run application
 * interceptors. In all else the two are alike, and the dispatcher's limits, its executor and {@link
 * okhttp3.Dispatcher#cancelAll()} hold for both; a call that waits takes none of the dispatcher's
 * places and queues up again when it goes on. Any thread.
 */
public final class MeshCallFactory implements Call.Factory {
  final MeshInterceptor interceptor;
  final OkHttpClient client;
  final Timers timers;

  /** Makes the calls that carry a call from one wait to the next over the dispatcher. */
  final OkHttpClient carriers;

  private MeshCallFactory(MeshInterceptor interceptor, OkHttpClient client, Timers timers) {
    this.interceptor = interceptor;
    this.client = client;
    this.timers = timers;
    this.carriers =
        client
            .newBuilder()
            .addInterceptor(AsyncCall::carry)
            .callTimeout(Duration.ZERO)
            .eventListener(EventListener.NONE)
            .build();
  }

  /**
   * Makes calls as {@code client} would.
   *
   * @throws IllegalArgumentException when the client has application interceptors
   */
  public static MeshCallFactory of(Mesh mesh, OkHttpClient client) {
    return of(mesh, client, Timers.SYSTEM);
  }

  /** For tests that move the time themselves. */
  static MeshCallFactory of(Mesh mesh, OkHttpClient client, Timers timers) {
    if (!client.interceptors().isEmpty()) {
      throw new IllegalArgumentException(
          "application interceptors: "
              + client.interceptors().size()
              + " (expected: none; use MeshInterceptor with them)");
    }
    return new MeshCallFactory(MeshInterceptor.of(mesh, client, timers), client, timers);
  }

  /** See {@link MeshInterceptor#withFallback}. */
  public MeshCallFactory withFallback(MeshFallback fallback) {
    return new MeshCallFactory(interceptor.withFallback(fallback), client, timers);
  }

  @Override
  public Call newCall(Request request) {
    return new AsyncCall(this, requireNonNull(request, "request"));
  }

  /** See {@link MeshInterceptor#connectionCount()}. */
  public int connectionCount() {
    return interceptor.connectionCount();
  }

  /** See {@link MeshInterceptor#mirrorCount()}. */
  public int mirrorCount() {
    return interceptor.mirrorCount();
  }

  /** See {@link MeshInterceptor#hedgeCount()}. */
  public int hedgeCount() {
    return interceptor.hedgeCount();
  }

  /** See {@link MeshInterceptor#idleConnectionCount()}. */
  public int idleConnectionCount() {
    return interceptor.idleConnectionCount();
  }

  /** See {@link MeshInterceptor#evictIdleConnections()}. */
  public void evictIdleConnections() {
    interceptor.evictIdleConnections();
  }
}
