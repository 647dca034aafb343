package io.librarymesh.okhttp;

import io.librarymesh.EndpointTls;
import io.librarymesh.Step;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HttpProtocolOptions;
import java.io.IOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.Authenticator;
import okhttp3.ConnectionPool;
import okhttp3.CookieJar;
import okhttp3.Dispatcher;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The clients that send attempts, one for each endpoint, with a connection pool of its own: a call
 * finds a connection without passing those of other endpoints, and a retry cannot fall back to the
 * connection that failed. Any thread.
 *
 * <p>Bounded: over {@link #MAX_CLIENTS}, those that were not used since the last look are dropped
 * with their idle connections. Connections to an endpoint that vanished are closed by the pool.
 */
final class EndpointClients {
  /** More endpoints than one process calls at a time. */
  static final int MAX_CLIENTS = 1024;

  /** Large enough that a burst does not open and close connections all the time. */
  static final int MAX_IDLE_PER_ENDPOINT = 256;

  private static final Duration KEEP_ALIVE = Duration.ofMinutes(5);
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final Network network;
  private final OkHttpClient base;
  private final Map<Key, Entry> entries = new ConcurrentHashMap<>();
  private final Entry direct;
  private final Mirrors mirrors = new Mirrors(this);
  private final Hedges hedges = new Hedges();

  private EndpointClients(Network network, OkHttpClient base) {
    this.network = network;
    this.base = base;
    this.direct = connect(null, null, KEEP_ALIVE.toNanos());
  }

  /**
   * @param settings of the outer client: name resolution, sockets, TLS, proxies, timeouts, cache
   * @param transport what a chain does not tell: protocols, connection specs, pings, network
   *     interceptors
   */
  static EndpointClients of(Interceptor.Chain settings, OkHttpClient transport) {
    OkHttpClient.Builder builder = transport.newBuilder();
    builder.interceptors().clear();
    builder.interceptors().add(SingleExchange::withTimeouts);
    builder.networkInterceptors().add(0, SingleExchange::overLiveConnection);
    SSLSocketFactory tls = settings.getSslSocketFactoryOrNull();
    X509TrustManager trust = settings.getX509TrustManagerOrNull();
    if (tls != null && trust != null) {
      builder.sslSocketFactory(tls, trust);
    }
    builder
        .hostnameVerifier(new Unshared(settings.getHostnameVerifier()))
        .certificatePinner(settings.getCertificatePinner())
        .cache(settings.getCache())
        .readTimeout(settings.readTimeoutMillis(), TimeUnit.MILLISECONDS)
        .writeTimeout(settings.writeTimeoutMillis(), TimeUnit.MILLISECONDS)
        .connectTimeout(Duration.ZERO)
        .callTimeout(Duration.ZERO)
        .retryOnConnectionFailure(false)
        .followRedirects(false)
        .followSslRedirects(false)
        .authenticator(Authenticator.NONE)
        .cookieJar(CookieJar.NO_COOKIES);
    return new EndpointClients(Network.of(settings), builder.build());
  }

  /** Whether calls over {@code chain} can use these clients. */
  boolean serve(Interceptor.Chain chain) {
    return network.isThatOf(chain);
  }

  /**
   * The client that connects to the endpoint of {@code send}; to where the URL points when that is
   * null, through the outer client's proxy if it has one.
   *
   * @param https whether the request is to be encrypted by OkHttp itself, so that the mesh does not
   */
  OkHttpClient to(Step.Send send, boolean https) {
    return entry(send, https).client;
  }

  /** As {@link #to}, without the outer client's cache: what it sends leaves no trace there. */
  OkHttpClient uncached(Step.Send send, boolean https) {
    return entry(send, https).uncached;
  }

  /** Sends copies over these clients. */
  Mirrors mirrors() {
    return mirrors;
  }

  /** Runs attempts beside others over these clients. */
  Hedges hedges() {
    return hedges;
  }

  private Entry entry(Step.Send send, boolean https) {
    Endpoint endpoint = send.endpoint();
    EndpointTls tls = https ? null : send.tls();
    long idle = send.idleTimeoutNanos();
    if (endpoint == null && tls == null && idle == HttpProtocolOptions.UNSAID) {
      return direct;
    }
    Key key =
        endpoint == null
            ? new Key("", 0, idle, tls)
            : new Key(endpoint.address(), endpoint.port(), idle, tls);
    Entry entry = entries.get(key);
    if (entry == null) {
      entry = entries.computeIfAbsent(key, absent -> connect(endpoint, tls, keepAlive(idle)));
      if (tls != null) {
        evictReplaced(key, tls);
      }
      if (entries.size() > MAX_CLIENTS) {
        evictUnused();
      }
    }
    if (!entry.used) {
      entry.used = true;
    }
    return entry;
  }

  /** The answer to {@code request} that needs no network; null when the cache has none. */
  @Nullable Response cached(Request request) throws IOException {
    if (network.cache() == null || !request.method().equals("GET")) {
      return null;
    }
    String directives = request.header("Cache-Control");
    String only = directives == null ? "only-if-cached" : directives + ", only-if-cached";
    Request lookup = request.newBuilder().header("Cache-Control", only).build();
    Response response = direct.client.newCall(lookup).execute();
    boolean hit = response.cacheResponse() != null || request.cacheControl().onlyIfCached();
    if (!hit) {
      response.close();
      return null;
    }
    return response.newBuilder().request(request).build();
  }

  int size() {
    return entries.size();
  }

  int sum(ToIntFunction<ConnectionPool> count) {
    int sum = count.applyAsInt(direct.client.connectionPool());
    for (Entry entry : entries.values()) {
      sum += count.applyAsInt(entry.client.connectionPool());
    }
    return sum;
  }

  void evictIdle() {
    direct.client.connectionPool().evictAll();
    entries.values().forEach(entry -> entry.client.connectionPool().evictAll());
  }

  private synchronized void evictUnused() {
    entries.forEach(
        (key, entry) -> {
          if (!entry.used) {
            entries.remove(key, entry);
            entry.retirement.begin();
          }
          entry.used = false;
        });
  }

  /**
   * A new identity makes new connections. What goes over the old ones ends there, and they are
   * closed when it has.
   */
  private synchronized void evictReplaced(Key key, EndpointTls tls) {
    entries.forEach(
        (other, entry) -> {
          EndpointTls before = other.tls;
          if (before != null
              && other.port == key.port
              && other.address.equals(key.address)
              && tls.replaces(before)) {
            entries.remove(other, entry);
            entry.retirement.begin();
          }
        });
  }

  private static long keepAlive(long idle) {
    if (idle == HttpProtocolOptions.UNSAID) {
      return KEEP_ALIVE.toNanos();
    }
    return idle == 0 ? FOR_EVER.toNanos() : idle;
  }

  private Entry connect(@Nullable Endpoint endpoint, @Nullable EndpointTls tls, long keepAlive) {
    boolean http2 = base.protocols().contains(Protocol.H2_PRIOR_KNOWLEDGE);
    ConnectionPool pool =
        new ConnectionPool(MAX_IDLE_PER_ENDPOINT, keepAlive, TimeUnit.NANOSECONDS);
    Retirement retirement = new Retirement(pool);
    OkHttpClient.Builder builder =
        base.newBuilder()
            .dispatcher(new Dispatcher())
            .connectionPool(pool)
            .eventListener(retirement);
    if (endpoint == null) {
      builder
          .dns(network.dns())
          .socketFactory(new EndpointSockets(network.sockets(), null, tls, http2))
          .proxyAuthenticator(network.proxyAuthenticator())
          .proxySelector(network.proxySelector())
          // A proxy is not the server that the mesh has the name of.
          .proxy(tls == null ? network.proxy() : Proxy.NO_PROXY);
    } else {
      EndpointAddress address = EndpointAddress.of(endpoint, network.dns());
      builder
          .dns(address)
          .socketFactory(new EndpointSockets(network.sockets(), address, tls, http2))
          .proxy(Proxy.NO_PROXY)
          // Connecting in parallel costs a thread; one address has nothing to race.
          .fastFallback(address.isName());
    }
    return new Entry(builder.build(), retirement);
  }

  /**
   * OkHttp shares a connection among hosts only when it verifies with its own verifier; when it
   * shares none, it does not repeat a request that came to the wrong one (421).
   */
  private record Unshared(HostnameVerifier delegate) implements HostnameVerifier {
    @Override
    public boolean verify(String hostname, SSLSession session) {
      return delegate.verify(hostname, session);
    }
  }

  /**
   * Compared by hand: what the compiler makes of a record took half a microsecond of each attempt.
   *
   * @param idleNanos clusters that keep their connections for different times share none
   * @param tls nor do those that are spoken to with different identities, or meant for others
   */
  private record Key(String address, int port, long idleNanos, @Nullable EndpointTls tls) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && port == key.port
          && idleNanos == key.idleNanos
          && tls == key.tls
          && address.equals(key.address);
    }

    @Override
    public int hashCode() {
      return 31 * address.hashCode() + port;
    }
  }

  private static final class Entry {
    final OkHttpClient client;
    final OkHttpClient uncached;
    final Retirement retirement;
    volatile boolean used = true;

    Entry(OkHttpClient client, Retirement retirement) {
      this.retirement = retirement;
      this.client = client;
      this.uncached = client.cache() == null ? client : client.newBuilder().cache(null).build();
    }
  }
}
