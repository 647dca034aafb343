package io.librarymesh.controlplane.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stock Envoy at the edge takes what it is served and does what the rules say. */
final class EnvoyGatewayTest {

  private static final String GATEWAY =
      """
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: {name: edge}
      spec:
        selector: {istio: ingressgateway}
        servers:
      """;

  private static final String HTTP =
      GATEWAY
          + """
              - port: {number: 80, name: http, protocol: HTTP}
                bind: 127.0.0.1
                hosts: ['*.example.com']
          """;

  @TempDir private Path directory;

  private Edge edge;
  private int httpsPort;

  @BeforeEach
  void start() throws IOException {
    edge = new Edge(directory);
    httpsPort = Edge.freePort();
  }

  @AfterEach
  void stop() {
    // There is none where the test was skipped.
    if (edge != null) {
      edge.close();
    }
  }

  private void rules(String file, String hosts, String http) throws IOException {
    edge.write(
        file + ".yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: %s}
        spec:
          hosts: [%s]
          gateways: [edge]
          http:
        """
                .formatted(file, hosts)
            + http);
  }

  private Answer get(String path, String... headers) throws IOException {
    return Answer.to(edge.port, "GET " + path, "shop.example.com", headers);
  }

  private Answer getHost(String host) throws IOException {
    return Answer.to(edge.port, "GET /", host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELTA_GRPC", "GRPC"})
  void whatThePageSaysWorks(String apiType) throws IOException {
    edge.service("greeter-service", 3000, "v1");
    edge.write(
        "edge.yaml", Edge.page().get(0).replace("targetPort: 8080", "targetPort: " + edge.port));
    edge.envoy("DELTA_GRPC", apiType);

    Answer answer = edge.await("through the gateway", () -> getHost("localhost"), 200);

    assertThat(answer.body()).isEqualTo("greeter-service-v1 / localhost");
    assertThat(answer.headers()).containsEntry("server", "envoy");
    assertThat(edge.refusals()).isZero();
  }

  @Test
  void ingressesOfKubernetesDecideAsThePageSays() throws IOException {
    edge.service("greeter-service", 3000, "v1");
    edge.service("status-service", 8080, "v1");
    edge.front(httpsPort);
    edge.write("ingress.yaml", Edge.page().get(2));
    edge.envoy();

    edge.await("the exact path", () -> get("/status"), 200);

    assertThat(get("/status").body()).startsWith("status-service-v1 /status ");
    assertThat(get("/status/").status()).isEqualTo(404);
    assertThat(get("/api").body()).startsWith("greeter-service-v1 /api ");
    assertThat(get("/api/a?b=c").body()).startsWith("greeter-service-v1 /api/a?b=c ");
    assertThat(get("/apiary").status()).isEqualTo(404);
    assertThat(getHost("other.example.com").status()).isEqualTo(404);
    edge.write("ingress.yaml", Edge.page().get(2).replace("pathType: Exact", "pathType: Prefix"));
    edge.await("edited", () -> get("/status/"), 200);
    assertThat(edge.refusals()).isZero();
  }

  @Test
  void rulesDecideAndTheirChangesAreInForceWhileItRuns() throws Exception {
    edge.service("helloweb", 3000, "v1");
    edge.service("helloweb", 3000, "v2");
    edge.front(httpsPort);
    edge.write("edge.yaml", HTTP);
    rules(
        "shop",
        "shop.example.com",
        """
            - match: [{headers: {user-agent: {regex: '.*Firefox.*'}}}]
              route: [{destination: {host: helloweb, subset: v2}}]
            - match: [{uri: {prefix: /old}}]
              redirect: {uri: /new, redirectCode: 302}
            - match: [{uri: {prefix: /api/}}]
              rewrite: {uri: /}
              route: [{destination: {host: helloweb, subset: v1}}]
            - match: [{uri: {exact: /closed}}]
              directResponse: {status: 418, body: {string: teapot}}
            - match: [{uri: {exact: /broken}}]
              fault: {abort: {httpStatus: 501, percentage: {value: 100}}}
              route: [{destination: {host: helloweb}}]
            - match: [{uri: {exact: /split}}]
              route:
                - {destination: {host: helloweb, subset: v1}, weight: 50}
                - {destination: {host: helloweb, subset: v2}, weight: 50}
            - match: [{uri: {exact: /}}]
              corsPolicy: {allowOrigins: [{exact: 'https://a.b'}], allowMethods: [GET]}
              route: [{destination: {host: helloweb, subset: v1}}]
        """);
    edge.envoy();

    assertThat(edge.await("first", () -> get("/"), 200).body()).startsWith("helloweb-v1 / ");
    assertThat(get("/", "User-Agent: Firefox/1").body()).startsWith("helloweb-v2 ");
    assertThat(get("/old").headers()).containsEntry("location", "http://shop.example.com/new");
    assertThat(get("/api/a?b=c").body()).isEqualTo("helloweb-v1 /a?b=c shop.example.com");
    assertThat(get("/closed").status()).isEqualTo(418);
    assertThat(get("/broken").status()).isEqualTo(501);
    assertThat(split())
        .hasSize(2)
        .allSatisfy((name, count) -> assertThat(count).isBetween(60, 140));
    assertThat(preflight().headers()).containsEntry("access-control-allow-origin", "https://a.b");
    assertThat(get("/unknown").status()).isEqualTo(404);
    assertThat(getHost("other.example.com").status()).isEqualTo(404);
    assertThat(getHost("shop.example.org").status()).isEqualTo(404);

    rules(
        "shop", "shop.example.com", "    - route: [{destination: {host: helloweb, subset: v2}}]\n");
    edge.await("edited", () -> get("/old"), a -> a.body().startsWith("helloweb-v2 /old"));
    edge.write("edge.yaml", HTTP.replace("*.example.com", "*.example.net"));
    edge.await("other hosts", () -> get("/"), 404);
    assertThat(edge.refusals()).isZero();
  }

  /** 200 draws at one half: beyond 60 and 140 once in a hundred million times. */
  private Map<String, Integer> split() throws IOException {
    Map<String, Integer> answers = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      answers.merge(get("/split").body().split(" ", 2)[0], 1, Integer::sum);
    }
    return answers;
  }

  private Answer preflight() throws IOException {
    return Answer.to(
        edge.port,
        "OPTIONS /",
        "shop.example.com",
        "Origin: https://a.b",
        "Access-Control-Request-Method: GET");
  }

  @Test
  void gatewaysOfOnePortAndRulesOfOneHostArePutTogether() throws IOException {
    edge.service("a", 3000, "v1");
    edge.service("b", 4000, "v1");
    edge.front(httpsPort);
    edge.write("edge.yaml", HTTP);
    edge.write(
        "more.yaml", HTTP.replace("name: edge", "name: more").replace("*.example.com", "b.test"));
    rules("all", "shop.example.com", "    - route: [{destination: {host: a}}]\n");
    rules(
        "some",
        "shop.example.com",
        "    - {match: [{uri: {prefix: /b}}], route: [{destination: {host: b}}]}\n");
    edge.write(
        "b.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: b}
        spec:
          hosts: [b.test]
          gateways: [default/more]
          http: [{route: [{destination: {host: b}}]}]
        """);
    edge.envoy();

    assertThat(edge.await("first", () -> get("/"), 200).body()).startsWith("a-v1");
    assertThat(get("/b").body()).startsWith("b-v1 /b");
    assertThat(getHost("b.test").body()).startsWith("b-v1 /");
    assertThat(edge.refusals()).isZero();
  }

  @Test
  void tlsIsEndedAndPlainHttpRedirected() throws Exception {
    Certificate certificate = Certificate.forHost("shop.example.com", directory);
    Certificate other = Certificate.forHost("other.example.com", directory);
    edge.service("helloweb", 3000, "v1");
    edge.front(httpsPort);
    edge.write(
        "edge.yaml",
        HTTP
            + "      tls: {httpsRedirect: true}\n"
            + server("https", "HTTPS", "shop.example.com", "SIMPLE", certificate, "")
            + server(
                "mutual",
                "HTTPS",
                "other.example.com",
                "MUTUAL",
                other,
                ", caCertificates: " + certificate.chain));
    rules("all", "'*.example.com'", "    - route: [{destination: {host: helloweb}}]\n");
    edge.envoy();

    Answer answer =
        edge.await(
            "over TLS",
            () -> Answer.overTls(certificate.client(), httpsPort, "GET /", "shop.example.com"),
            200);
    Answer redirect = get("/a?b=c");
    Answer mutual =
        Answer.overTls(certificate.clientOf(other), httpsPort, "GET /", "other.example.com");

    assertThat(answer.body()).isEqualTo("helloweb-v1 / shop.example.com");
    assertThat(redirect.status()).isEqualTo(301);
    assertThat(redirect.headers()).containsEntry("location", "https://shop.example.com/a?b=c");
    assertThat(mutual.status()).isEqualTo(200);
    assertThatThrownBy(
            () -> Answer.overTls(other.client(), httpsPort, "GET /", "other.example.com"))
        .isInstanceOf(IOException.class);
    assertThat(edge.refusals()).isZero();
  }

  private static String server(
      String name, String protocol, String host, String mode, Certificate own, String more) {
    return """
        - port: {number: 443, name: %s, protocol: %s}
          bind: 127.0.0.1
          hosts: [%s]
          tls: {mode: %s, serverCertificate: %s, privateKey: %s%s}
    """
        .formatted(name, protocol, host, mode, own.chain, own.key, more);
  }

  @Test
  void tlsGoesThroughByItsServerNameAndBytesByTheirPort() throws Exception {
    Certificate one = Certificate.forHost("one.example.com", directory);
    Certificate two = Certificate.forHost("two.example.com", directory);
    edge.tlsService("one", 3443, one);
    edge.tlsService("two", 4443, two);
    edge.service("bytes", 9000, "v1");
    edge.front(httpsPort);
    edge.write(
        "edge.yaml",
        GATEWAY
            + """
                - port: {number: 443, name: tls, protocol: TLS}
                  bind: 127.0.0.1
                  hosts: ['*.example.com']
                  tls: {mode: PASSTHROUGH}
                - {port: {number: 80, name: tcp, protocol: TCP}, bind: 127.0.0.1, hosts: ['*']}
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: opaque}
            spec:
              hosts: ['*.example.com']
              gateways: [edge]
              tls:
                - match: [{sniHosts: [one.example.com]}]
                  route: [{destination: {host: one}}]
                - match: [{sniHosts: [two.example.com]}]
                  route: [{destination: {host: two}}]
              tcp:
                - match: [{port: 80}]
                  route: [{destination: {host: bytes}}]
            """);
    edge.envoy();

    Answer first =
        edge.await(
            "through TLS",
            () -> Answer.overTls(one.client(), httpsPort, "GET /", "one.example.com"),
            200);

    assertThat(first.body()).startsWith("one ");
    assertThat(Answer.overTls(two.client(), httpsPort, "GET /", "two.example.com").body())
        .startsWith("two ");
    assertThat(edge.await("bytes", () -> getHost("any.host"), 200).body()).startsWith("bytes-v1 ");
    assertThat(edge.refusals()).isZero();
  }
}
