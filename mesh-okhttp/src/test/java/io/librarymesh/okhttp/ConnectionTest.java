package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static io.librarymesh.okhttp.Upstream.Behaviour.hangUpAfter;
import static io.librarymesh.okhttp.Upstream.Behaviour.raw;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.Step;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.DnsDiscovery;
import io.librarymesh.config.DnsDiscovery.Family;
import io.librarymesh.config.DnsDiscovery.Hosts;
import io.librarymesh.config.DnsDiscovery.Refresh;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HttpProtocolOptions;
import io.librarymesh.config.RetryOn;
import io.librarymesh.dns.NameResolver;
import io.librarymesh.testkit.ScriptedNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

/** Where connections go, and that they are used again when they live and not when they do not. */
final class ConnectionTest {
  @Test
  void connectionThatTheUpstreamClosedIsNotUsedAgain() throws Exception {
    try (Upstream a = Upstream.start("a").then(hangUpAfter(answer(200, "one")));
        Fixture mesh = Fixture.of(a)) {
      mesh.get().close();
      a.awaitNoOpenConnection();
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(200);
        assertThat(MeshResponse.of(response).orElseThrow().attempts()).isEqualTo(1);
      }

      assertThat(a.connections()).isEqualTo(2);
      assertThat(a.received()).hasSize(2);
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void postIsNotLostToAClosedConnection() throws Exception {
    try (Upstream a = Upstream.start("a").then(hangUpAfter(answer(200, "one")));
        Fixture mesh = Fixture.of(a)) {
      mesh.get().close();
      a.awaitNoOpenConnection();
      Request post =
          new Request.Builder().url(Fixture.URL).post(RequestBody.create("x", null)).build();
      try (Response response = mesh.client.newCall(post).execute()) {
        assertThat(response.code()).isEqualTo(200);
      }

      assertThat(a.received()).hasSize(2);
    }
  }

  @Test
  void connectionOnWhichTheUpstreamSpeaksUnaskedIsNotUsedAgain() throws Exception {
    CountDownLatch speak = new CountDownLatch(1);
    CountDownLatch spoken = new CountDownLatch(1);
    try (Upstream a =
            Upstream.start("a")
                .then(answer(200, "one").andWhen(speak, raw("HTTP/1.1 408 No\r\n"), spoken));
        Fixture mesh = Fixture.of(a)) {
      mesh.get().close();
      speak.countDown();
      assertThat(spoken.await(20, TimeUnit.SECONDS)).isTrue();
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(200);
        assertThat(response.body().string()).isEqualTo("a");
      }

      assertThat(a.connections()).isEqualTo(2);
      mesh.assertNothingLeaked(2);
    }
  }

  @Test
  void restartedUpstreamIsReachedAtOnce() throws Exception {
    Upstream first = Upstream.start("first");
    try (Fixture mesh = Fixture.of(first)) {
      inParallel(4, () -> mesh.get().close());
      int port = first.port();
      first.close();
      first.awaitNoOpenConnection();
      try (Response response = mesh.get()) {
        assertThat(response.header("x-mesh-response-flags")).isEqualTo("UF");
      }
      try (Upstream second = Upstream.start("second", port);
          Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("second");
        assertThat(second.received()).hasSize(1);
      }
    }
  }

  @Test
  void connectionsAreKeptUnderConcurrency() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a)) {
      for (int round = 0; round < 5; round++) {
        inParallel(16, () -> mesh.get().close());
      }

      assertThat(a.received()).hasSize(80);
      assertThat(a.connections()).isLessThanOrEqualTo(16);
      mesh.assertNothingLeaked(80);
    }
  }

  @Test
  void connectionsOfOneEndpointAreNotThoseOfAnother() throws Exception {
    try (Upstream a = Upstream.start("a");
        Upstream b = Upstream.start("b");
        Fixture mesh = Fixture.of(a, b)) {
      mesh.source.put(new Fixture.Service().upstreams(b, a).config("other-service:3000"));
      for (int i = 0; i < 4; i++) {
        mesh.get().close();
        mesh.get("http://other-service:3000/").close();
      }

      assertThat(a.received()).hasSize(4);
      assertThat(b.received()).hasSize(4);
      assertThat(a.received())
          .extracting(request -> request.header("host"))
          .containsExactlyInAnyOrder(
              "greeter-service:3000",
              "greeter-service:3000",
              "other-service:3000",
              "other-service:3000");
      mesh.assertNothingLeaked(8);
    }
  }

  @Test
  void namesOfADnsClusterAreResolvedByTheMesh() throws Exception {
    ScriptedNames names = new ScriptedNames();
    names.answer("db.example", new NameResolver.Answer.Addresses(List.of("127.0.0.1"), 0));
    try (Upstream a = Upstream.start("a");
        Fixture mesh =
            new Fixture.Service()
                .endpoints(Endpoint.of("db.example", a.port()))
                .discovery(
                    new DnsDiscovery(Hosts.EACH_ADDRESS, Family.V4_PREFERRED, Refresh.DEFAULT))
                .names(names)
                .client(client -> client.dns(ConnectionTest::unknown))
                .start()) {
      for (int i = 0; i < 3; i++) {
        try (Response response = mesh.get()) {
          assertThat(response.body().string()).isEqualTo("a");
        }
      }

      assertThat(names.asked()).containsExactly("db.example");
      assertThat(a.received().get(0).header("host")).isEqualTo("greeter-service:3000");
      assertThat(a.connections()).isEqualTo(1);
      mesh.assertNothingLeaked(3);
    }
  }

  private static List<InetAddress> unknown(String name) throws UnknownHostException {
    throw new UnknownHostException(name);
  }

  @Test
  void endpointWithANameIsResolvedByTheClientsDns() throws Exception {
    List<String> asked = new ArrayList<>();
    try (Upstream a = Upstream.start("a");
        Fixture mesh =
            new Fixture.Service()
                .endpoints(Endpoint.of("db.example", a.port()))
                .client(
                    client ->
                        client.dns(
                            name -> {
                              asked.add(name);
                              return List.of(InetAddress.getLoopbackAddress());
                            }))
                .start()) {
      for (int i = 0; i < 3; i++) {
        try (Response response = mesh.get()) {
          assertThat(response.body().string()).isEqualTo("a");
        }
      }

      assertThat(asked).containsExactly("db.example");
      assertThat(a.received().get(0).header("host")).isEqualTo("greeter-service:3000");
      assertThat(a.connections()).isEqualTo(1);
    }
  }

  @Test
  void urlWithAnAddressGoesToTheEndpointAllTheSame() throws Exception {
    try (Upstream a = Upstream.start("a");
        Upstream b = Upstream.start("b");
        Fixture mesh = Fixture.of(b)) {
      mesh.source.put(new Fixture.Service().upstreams(a).config("192.0.2.1:80"));
      mesh.source.put(
          new Fixture.Service()
              .endpoints(Endpoint.of("localhost", b.port()))
              .config("192.0.2.2:80"));
      try (Response byAddress = mesh.get("http://192.0.2.1/");
          Response byName = mesh.get("http://192.0.2.2/")) {
        assertThat(byAddress.body().string()).isEqualTo("a");
        assertThat(byName.body().string()).isEqualTo("b");
      }
      assertThat(a.only().header("host")).isEqualTo("192.0.2.1");
    }
  }

  @Test
  void callWithoutAnEndpointGoesToWhereItsUrlPoints() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(new Upstream[0])) {
      mesh.source.put(
          new Fixture.Service()
              .discovery(Cluster.Discovery.ORIGINAL_DESTINATION)
              .config("localhost:" + a.port()));
      try (Response response = mesh.get("http://localhost:" + a.port() + "/")) {
        assertThat(response.body().string()).isEqualTo("a");
        assertThat(MeshResponse.of(response).orElseThrow().endpoint()).isEmpty();
      }
      assertThat(a.only().header("host")).isEqualTo("localhost:" + a.port());
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void proxyIsForCallsThatLeaveTheMesh() throws Exception {
    try (Upstream a = Upstream.start("a");
        Upstream proxy = Upstream.start("proxy");
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .client(
                    client ->
                        client.proxy(
                            new Proxy(
                                Proxy.Type.HTTP,
                                new InetSocketAddress(
                                    InetAddress.getLoopbackAddress(), proxy.port()))))
                .start()) {
      mesh.source.put(
          new Fixture.Service()
              .discovery(Cluster.Discovery.ORIGINAL_DESTINATION)
              .config("elsewhere.example:80"));
      try (Response inside = mesh.get();
          Response outside = mesh.get("http://elsewhere.example/x")) {
        assertThat(inside.body().string()).isEqualTo("a");
        assertThat(outside.body().string()).isEqualTo("proxy");
      }
      assertThat(proxy.only().target()).isEqualTo("http://elsewhere.example/x");
    }
  }

  @Test
  void socketFactoryOfTheClientIsUsed() throws Exception {
    AtomicInteger made = new AtomicInteger();
    try (Upstream a = Upstream.start("a");
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .client(client -> client.socketFactory(new CountingSockets(made)))
                .start()) {
      for (int i = 0; i < 3; i++) {
        try (Response response = mesh.get()) {
          assertThat(response.body().string()).isEqualTo("a");
        }
      }

      assertThat(made).hasValue(1);
      assertThat(a.connections()).isEqualTo(1);
      mesh.assertNothingLeaked(3);
    }
  }

  @Test
  void clientsOfOneInterceptorShareConnectionsOnlyWhenTheyReachTheNetworkAlike() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a)) {
      OkHttpClient patient = mesh.client.newBuilder().readTimeout(Duration.ofMinutes(1)).build();
      OkHttpClient other =
          mesh.client.newBuilder().dns(name -> Dns.SYSTEM.lookup(name.strip())).build();
      Request request = new Request.Builder().url(Fixture.URL).build();
      mesh.get().close();
      patient.newCall(request).execute().close();

      assertThat(a.connections()).isEqualTo(1);
      other.newCall(request).execute().close();
      assertThat(a.connections()).isEqualTo(2);
    }
  }

  @Test
  void clientsOfVanishedEndpointsAreDropped() throws Exception {
    EndpointClients clients = endpointClients();
    OkHttpClient used = clients.to(send("127.0.0.1", 1, HttpProtocolOptions.UNSAID), false);
    for (int port = 1; port <= 2 * EndpointClients.MAX_CLIENTS; port++) {
      OkHttpClient unused = clients.to(send("127.0.0.2", port, HttpProtocolOptions.UNSAID), false);
      assertThat(clients.to(send("127.0.0.1", 1, HttpProtocolOptions.UNSAID), false))
          .isSameAs(used);
    }

    assertThat(clients.size()).isBetween(2, EndpointClients.MAX_CLIENTS);
  }

  @Test
  void idleConnectionIsClosedWhenItsClusterSays() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .http(new HttpProtocolOptions(0, Duration.ofMillis(50).toNanos(), 0))
                .start()) {
      try (Response response = mesh.get()) {
        assertThat(response.body().string()).isEqualTo("a");
      }

      a.awaitNoOpenConnection();
    }
  }

  @Test
  void clustersThatKeepConnectionsForTheSameTimeShareThem() throws Exception {
    EndpointClients clients = endpointClients();
    OkHttpClient second = clients.to(send("127.0.0.1", 1, 1_000_000_000L), false);

    assertThat(clients.to(send("127.0.0.1", 1, 1_000_000_000L), false)).isSameAs(second);
    assertThat(clients.to(send("127.0.0.1", 1, 0), false)).isNotSameAs(second);
    assertThat(clients.to(send("127.0.0.1", 1, HttpProtocolOptions.UNSAID), false))
        .isNotSameAs(second);
  }

  private static Step.Send send(String address, int port, long idleNanos) {
    return new Step.Send(Endpoint.of(address, port), 1, 0, idleNanos);
  }

  private static EndpointClients endpointClients() throws Exception {
    AtomicReference<EndpointClients> made = new AtomicReference<>();
    OkHttpClient client =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  made.set(EndpointClients.of(chain, new OkHttpClient()));
                  throw new IOException("that is all");
                })
            .build();
    Request request = new Request.Builder().url(Fixture.URL).build();
    assertThatThrownBy(() -> client.newCall(request).execute()).hasMessage("that is all");
    return requireNonNull(made.get(), "made");
  }

  @Test
  void evictedConnectionsAreClosed() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a)) {
      mesh.get().close();
      assertThat(mesh.interceptor.idleConnectionCount()).isEqualTo(1);
      mesh.interceptor.evictIdleConnections();

      assertThat(mesh.interceptor.connectionCount()).isZero();
      a.awaitNoOpenConnection();
    }
  }

  @Test
  void responseThatIsNotClosedHoldsItsConnection() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh = Fixture.of(a)) {
      Response open = mesh.get();
      assertThat(mesh.interceptor.connectionCount()).isEqualTo(1);
      assertThat(mesh.interceptor.idleConnectionCount()).isZero();
      assertThat(mesh.observer.calls()).isEmpty();
      open.close();
      mesh.assertNothingLeaked(1);
    }
  }

  @Test
  void unresolvableUrlDoesNotMatterWhenTheMeshKnowsTheHost() throws Exception {
    try (Upstream a = Upstream.start("a");
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .retry(1, RetryOn.CONNECT_FAILURE)
                .client(
                    client ->
                        client.dns(
                            name -> {
                              throw new UnknownHostException(name);
                            }))
                .start()) {
      try (Response response = mesh.get()) {
        assertThat(response.code()).isEqualTo(200);
      }
    }
  }

  private interface Action {
    void run() throws Exception;
  }

  private static void inParallel(int threads, Action action) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch ready = new CountDownLatch(threads);
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        ends.add(
            pool.submit(
                () -> {
                  ready.countDown();
                  ready.await();
                  action.run();
                  return null;
                }));
      }
      for (Future<?> end : ends) {
        end.get(20, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdown();
    }
  }

  /** A factory whose sockets are no channels. */
  private static final class CountingSockets extends SocketFactory {
    private final AtomicInteger made;

    CountingSockets(AtomicInteger made) {
      this.made = made;
    }

    @Override
    public Socket createSocket() {
      made.incrementAndGet();
      return new Socket();
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
      throw new UnsupportedOperationException();
    }
  }
}
