package io.librarymesh.okhttp;

import static io.librarymesh.okhttp.Upstream.Behaviour.answer;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.RetryOn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.ArrayList;
import java.util.List;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What listeners and interceptors of the client see. */
final class EventsTest {
  @Test
  void listenerSeesTheNetworkOfEveryAttemptAsItsOwnCalls() throws Exception {
    Recorder recorder = new Recorder();
    try (Upstream a = Upstream.start("a").then(answer(503, "no"));
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .retry(1, RetryOn.FIVE_XX)
                .client(client -> client.eventListener(recorder))
                .start()) {
      Call call = mesh.client.newCall(new Request.Builder().url(Fixture.URL).build());
      try (Response response = call.execute()) {
        assertThat(response.body().string()).isEqualTo("a");
      }

      assertThat(recorder.events)
          .containsExactly(
              "callStart",
              "connectStart",
              "connectEnd",
              "connectionAcquired",
              "requestHeadersStart",
              "responseHeadersEnd 503",
              "responseBodyEnd",
              "connectionReleased",
              "connectionAcquired",
              "requestHeadersStart",
              "responseHeadersEnd 200",
              "callEnd",
              "responseBodyEnd",
              "connectionReleased");
      assertThat(recorder.calls).containsOnly(call);
    }
  }

  @Test
  void listenerIsToldWhereConnectionsReallyGo() throws Exception {
    Recorder recorder = new Recorder();
    try (Upstream a = Upstream.start("a");
        Fixture mesh =
            new Fixture.Service()
                .endpoints(Upstream.refusing(), Endpoint.of("backend.example", a.port()))
                .retry(1, RetryOn.CONNECT_FAILURE)
                .client(
                    client ->
                        client
                            .eventListener(recorder)
                            .dns(name -> List.of(InetAddress.getLoopbackAddress())))
                .start()) {
      mesh.get().close();

      Endpoint refusing = requireNonNull(mesh.ended(1).attempts().get(0).endpoint(), "endpoint");
      InetAddress loopback = InetAddress.getLoopbackAddress();
      assertThat(recorder.connected)
          .containsExactly(
              new InetSocketAddress(loopback, refusing.port()),
              new InetSocketAddress(loopback, a.port()));
    }
  }

  @Test
  void applicationInterceptorsRunOnceAndNetworkInterceptorsOnEveryAttempt() throws Exception {
    List<String> seen = new ArrayList<>();
    Interceptor application =
        chain -> {
          seen.add("application");
          return chain.proceed(chain.request());
        };
    Interceptor network =
        chain -> {
          seen.add("network " + chain.request().url().host());
          return chain.proceed(chain.request());
        };
    try (Upstream a = Upstream.start("a").then(answer(503, "no"));
        Fixture mesh =
            new Fixture.Service()
                .upstreams(a)
                .retry(1, RetryOn.FIVE_XX)
                .client(client -> client.addInterceptor(application))
                .transport(new OkHttpClient.Builder().addNetworkInterceptor(network).build())
                .start()) {
      mesh.get().close();

      assertThat(seen)
          .containsExactly("application", "network greeter-service", "network greeter-service");
    }
  }

  @Test
  void nothingOfTheTransportBesidesTheNetworkIsUsed() throws Exception {
    List<String> seen = new ArrayList<>();
    OkHttpClient transport =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  seen.add("interceptor");
                  return chain.proceed(chain.request());
                })
            .authenticator(
                (route, response) -> {
                  seen.add("authenticator");
                  return null;
                })
            .eventListenerFactory(
                call -> {
                  seen.add("listener");
                  return EventListener.NONE;
                })
            .build();
    try (Upstream a = Upstream.start("a").then(answer(401, "no"));
        Fixture mesh = new Fixture.Service().upstreams(a).transport(transport).start()) {
      mesh.get().close();

      assertThat(seen).isEmpty();
    }
  }

  private static final class Recorder extends EventListener {
    final List<String> events = new ArrayList<>();
    final List<Call> calls = new ArrayList<>();
    final List<InetSocketAddress> connected = new ArrayList<>();

    private void add(Call call, String event) {
      events.add(event);
      calls.add(call);
    }

    @Override
    public void callStart(Call call) {
      add(call, "callStart");
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
      add(call, "connectStart");
      connected.add(address);
    }

    @Override
    public void connectEnd(
        Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
      add(call, "connectEnd");
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
      add(call, "connectionAcquired");
    }

    @Override
    public void connectionReleased(Call call, Connection connection) {
      add(call, "connectionReleased");
    }

    @Override
    public void requestHeadersStart(Call call) {
      add(call, "requestHeadersStart");
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
      add(call, "responseHeadersEnd " + response.code());
    }

    @Override
    public void responseBodyEnd(Call call, long byteCount) {
      add(call, "responseBodyEnd");
    }

    @Override
    public void callEnd(Call call) {
      add(call, "callEnd");
    }

    @Override
    public void callFailed(Call call, IOException e) {
      add(call, "callFailed");
    }
  }
}
