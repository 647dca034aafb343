package io.librarymesh.okhttp;

import io.librarymesh.Mesh;
import io.librarymesh.okhttp.upstream.Daemons;
import io.librarymesh.okhttp.upstream.Upstreams;
import io.librarymesh.testkit.conformance.CallOutcome.Answered;
import java.io.IOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okio.Buffer;

/** The client of a case: makes its calls as a user of OkHttp would. */
final class CaseClient {
  /** Real time is nobody's business in a case. */
  private static final OkHttpClient PLAIN =
      new OkHttpClient.Builder()
          .readTimeout(Duration.ZERO)
          .writeTimeout(Duration.ZERO)
          .followRedirects(false)
          .build();

  private static final OkHttpClient HTTP_2 =
      PLAIN.newBuilder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();

  private static final long SEGMENT = 8192;

  private final Style style;
  private final Call.Factory calls;
  private final IntSupplier connections;
  private final IntSupplier idleConnections;
  private final IntSupplier mirrors;
  private final IntSupplier hedges;
  private final Runnable evict;

  private CaseClient(
      Style style,
      Call.Factory calls,
      IntSupplier connections,
      IntSupplier idleConnections,
      IntSupplier mirrors,
      IntSupplier hedges,
      Runnable evict) {
    this.style = style;
    this.calls = calls;
    this.connections = connections;
    this.idleConnections = idleConnections;
    this.mirrors = mirrors;
    this.hedges = hedges;
    this.evict = evict;
  }

  /** How calls are made. */
  enum Style {
    /** A client with {@link MeshInterceptor}, on a thread for each call. */
    BLOCKING("okhttp"),
    /** {@link MeshCallFactory} and callbacks. */
    ASYNC("okhttp-async"),
    /** As {@link #BLOCKING}, over HTTP/2 whether a case needs it or not. */
    HTTP_2("okhttp-http2");

    final String driver;

    Style(String driver) {
      this.driver = driver;
    }
  }

  /**
   * A client for one case.
   *
   * @param http2 whether the upstreams speak it
   * @param events tells of each call
   */
  static CaseClient open(
      Style style,
      boolean http2,
      Mesh mesh,
      Timers timers,
      Upstreams upstreams,
      EventListener.Factory events) {
    OkHttpClient transport = http2 ? HTTP_2 : PLAIN;
    Dispatcher dispatcher = new Dispatcher(Daemons.POOL);
    dispatcher.setMaxRequestsPerHost(dispatcher.getMaxRequests());
    OkHttpClient.Builder client =
        transport
            .newBuilder()
            .dispatcher(dispatcher)
            .eventListenerFactory(events)
            // For calls that leave the mesh: no name of a case can be resolved.
            .proxy(new Proxy(Proxy.Type.HTTP, upstreams.original()));
    if (style == Style.ASYNC) {
      MeshCallFactory factory = MeshCallFactory.of(mesh, client.build(), timers);
      return new CaseClient(
          style,
          factory,
          factory::connectionCount,
          factory::idleConnectionCount,
          factory::mirrorCount,
          factory::hedgeCount,
          factory::evictIdleConnections);
    }
    MeshInterceptor interceptor = MeshInterceptor.of(mesh, transport, timers);
    return new CaseClient(
        style,
        client.addInterceptor(interceptor).build(),
        interceptor::connectionCount,
        interceptor::idleConnectionCount,
        interceptor::mirrorCount,
        interceptor::hedgeCount,
        interceptor::evictIdleConnections);
  }

  /** Lets a call go; it tells where it comes to by itself. */
  void begin(ScriptedCall scripted, Request request, Standstill standstill) {
    Call call = calls.newCall(request);
    scripted.begun(call);
    if (style == Style.ASYNC) {
      call.enqueue(new Answering(scripted, standstill));
    } else {
      Daemons.POOL.execute(() -> execute(scripted, call, standstill));
    }
  }

  int connectionsInUse() {
    return connections.getAsInt() - idleConnections.getAsInt();
  }

  int mirrorsInFlight() {
    return mirrors.getAsInt();
  }

  int hedgesInFlight() {
    return hedges.getAsInt();
  }

  void evictIdleConnections() {
    evict.run();
  }

  private static void execute(ScriptedCall scripted, Call call, Standstill standstill) {
    try {
      answered(scripted, call.execute(), standstill);
    } catch (IOException e) {
      failed(scripted, standstill, e);
    } catch (RuntimeException | Error e) {
      standstill.fail(e);
    }
  }

  private static void answered(ScriptedCall scripted, Response response, Standstill standstill) {
    try {
      Answered answered;
      try (response) {
        answered = read(scripted, response);
      }
      scripted.ended(answered);
    } catch (RuntimeException | Error e) {
      standstill.fail(e);
    }
  }

  private static Answered read(ScriptedCall scripted, Response response) {
    scripted.responded();
    Buffer body = new Buffer();
    boolean complete = true;
    try {
      while (response.body().source().read(body, SEGMENT) >= 0) {
        scripted.read(body.size());
      }
    } catch (IOException broken) {
      complete = false;
    }
    return scripted.isCanceled()
        ? Answered.NOTHING
        : new Answered(response.code(), response.headers().toMultimap(), body.readUtf8(), complete);
  }

  private static void failed(ScriptedCall scripted, Standstill standstill, IOException e) {
    if (scripted.isCanceled()) {
      scripted.ended(Answered.NOTHING);
    } else {
      standstill.fail(new AssertionError(scripted + ": " + e + " (expected: a response)", e));
    }
  }

  /** Reads on the dispatcher's thread. */
  private record Answering(ScriptedCall scripted, Standstill standstill) implements Callback {
    @Override
    public void onResponse(Call call, Response response) {
      answered(scripted, response, standstill);
    }

    @Override
    public void onFailure(Call call, IOException e) {
      failed(scripted, standstill, e);
    }
  }
}
