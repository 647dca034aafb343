package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.librarymesh.controlplane.translate.World.Client;
import io.librarymesh.proto.envoy.config.listener.v3.FilterChain;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.librarymesh.proto.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.TrustChainVerification;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Listeners of a proxy at the edge, as Istio's {@code buildGatewayListeners} makes them. */
class IngressListenerTest {

  private static final String HTTP =
      "{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}";
  private static final String FILES = "serverCertificate: /a.crt, privateKey: /a.key";

  private static String gateway(String name, String... servers) {
    return """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: {name: %s, namespace: prod}
        spec: {selector: {istio: gw}, servers: [%s]}
        """
        .formatted(name, String.join(", ", servers));
  }

  private static String server(String protocol, String name, String hosts, String more) {
    return "{port: {number: 443, name: %s, protocol: %s}, hosts: [%s]%s}"
        .formatted(name, protocol, hosts, more);
  }

  private static String https(String name, String hosts, String settings) {
    return server("HTTPS", name, hosts, ", tls: {mode: " + settings + "}");
  }

  private static Client router(World world) {
    return world.router("prod", Map.of("istio", "gw", "app", "edge"));
  }

  private static Client router(String... gateways) {
    World world = World.standard();
    for (String gateway : gateways) {
      world.with(gateway);
    }
    return router(world);
  }

  private static Listener only(Client client) {
    List<String> names = client.names(ResourceType.LISTENER);
    assertThat(names).hasSize(1);
    return client.listener(names.get(0)).orElseThrow();
  }

  private static <M extends Message> M unpack(Any any, M form) {
    try {
      return any.unpackSameTypeAs(form);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static HttpConnectionManager manager(FilterChain chain) {
    return unpack(chain.getFilters(0).getTypedConfig(), HttpConnectionManager.getDefaultInstance());
  }

  private static DownstreamTlsContext tls(FilterChain chain) {
    return unpack(
        chain.getTransportSocket().getTypedConfig(), DownstreamTlsContext.getDefaultInstance());
  }

  private static List<String> names(FilterChain chain) {
    return chain.getFilterChainMatch().getServerNamesList();
  }

  @Test
  void plainHttpIsListenedForOnAllAddresses() {
    Listener listener = only(router(gateway("gw", HTTP)));

    assertThat(listener.getName()).isEqualTo("0.0.0.0_80");
    assertThat(listener.getAddress().getSocketAddress().getAddress()).isEqualTo("0.0.0.0");
    assertThat(listener.getAddress().getSocketAddress().getPortValue()).isEqualTo(80);
    assertThat(listener.getListenerFiltersList()).isEmpty();
    HttpConnectionManager manager = manager(listener.getFilterChains(0));
    assertThat(manager.getRds().getRouteConfigName()).isEqualTo("http.80");
    assertThat(manager.getUseRemoteAddress().getValue()).isTrue();
    assertThat(manager.getNormalizePath().getValue()).isTrue();
    assertThat(manager.getUpgradeConfigs(0).getUpgradeType()).isEqualTo("websocket");
    assertThat(manager.getHttpFiltersList())
        .extracting(HttpFilter::getName)
        .containsExactly(
            "envoy.filters.http.cors",
            "envoy.filters.http.stateful_session",
            "envoy.filters.http.fault",
            "envoy.filters.http.router");
  }

  @Test
  void selectorIsThatOfTheProxysLabels() {
    World world = World.standard().with(gateway("gw", HTTP));

    assertThat(world.router("dev", Map.of("istio", "gw")).names(ResourceType.LISTENER)).hasSize(1);
    assertThat(world.router("prod", Map.of("istio", "x")).names(ResourceType.LISTENER)).isEmpty();
    assertThat(world.router("prod", Map.of("istio", "x")).listener("0.0.0.0_80")).isEmpty();
    assertThat(world.client().names(ResourceType.LISTENER)).noneMatch(n -> n.startsWith("0.0.0.0"));
  }

  @Test
  void selectorWithoutLabelsIsForAllProxies() {
    World world = World.standard().with(gateway("gw", HTTP).replace("selector: {istio: gw}, ", ""));

    assertThat(world.router("dev", Map.of()).names(ResourceType.LISTENER)).hasSize(1);
  }

  @Test
  void labelsThatSelectAreKeptInTheViewOfRoutersOnly() {
    PushContext context = World.standard().with(gateway("gw", HTTP)).context();
    Map<String, String> labels = Map.of("istio", "gw", "other", "x");

    assertThat(
            context
                .canonical(new ClientView("prod", labels, "", Dialect.ENVOY, Role.ROUTER))
                .labels())
        .containsOnlyKeys("istio");
    assertThat(context.canonical(new ClientView("prod", labels, "", Dialect.ENVOY)).labels())
        .isEmpty();
  }

  @Test
  void portIsThatOfTheServiceInFront() {
    String front =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: front, namespace: %s}
        spec: {selector: {app: %s}, ports: [{name: http, port: 80, targetPort: %s}]}
        """;

    assertThat(only(router(gateway("gw", HTTP), front.formatted("prod", "edge", "8080"))).getName())
        .isEqualTo("0.0.0.0_8080");
    assertThat(only(router(gateway("gw", HTTP), front.formatted("dev", "edge", "8080"))).getName())
        .isEqualTo("0.0.0.0_80");
    assertThat(only(router(gateway("gw", HTTP), front.formatted("prod", "x", "8080"))).getName())
        .isEqualTo("0.0.0.0_80");
    assertThat(only(router(gateway("gw", HTTP), front.formatted("prod", "edge", "web"))).getName())
        .isEqualTo("0.0.0.0_80");
    assertThat(
            router(gateway("gw", HTTP), front.formatted("prod", "edge", "8080"))
                .routeConfiguration("http.8080"))
        .isPresent();
  }

  @Test
  void addressMayBeBoundToOrBeASocket() {
    Client client =
        router(
            gateway(
                "gw",
                "{port: {number: 80, name: a, protocol: HTTP}, bind: 127.0.0.1, hosts: ['*']}",
                "{port: {number: 0, name: b, protocol: HTTP}, bind: 'unix:///run/x', hosts: ['*']}"));

    assertThat(client.names(ResourceType.LISTENER))
        .containsExactly("127.0.0.1_80", "unix:///run/x_0");
    Listener socket = client.listener("unix:///run/x_0").orElseThrow();
    assertThat(socket.getAddress().getPipe().getPath()).isEqualTo("/run/x");
    assertThat(
            manager(client.listener("127.0.0.1_80").orElseThrow().getFilterChains(0))
                .getRds()
                .getRouteConfigName())
        .isEqualTo("http.80.127.0.0.1");
    assertThat(client.routeConfiguration("http.80.127.0.0.1")).isPresent();
  }

  @Test
  void tlsIsEndedWithFiles() {
    Listener listener = only(router(gateway("gw", https("https", "b.c, a.c", "SIMPLE, " + FILES))));

    assertThat(listener.getListenerFilters(0).getName())
        .isEqualTo("envoy.filters.listener.tls_inspector");
    FilterChain chain = listener.getFilterChains(0);
    assertThat(names(chain)).containsExactly("a.c", "b.c");
    assertThat(manager(chain).getRds().getRouteConfigName()).isEqualTo("https.443.https.gw.prod");
    DownstreamTlsContext context = tls(chain);
    assertThat(context.hasRequireClientCertificate()).isFalse();
    CommonTlsContext common = context.getCommonTlsContext();
    assertThat(common.getAlpnProtocolsList()).containsExactly("h2", "http/1.1");
    assertThat(common.getTlsCertificates(0).getCertificateChain().getFilename())
        .isEqualTo("/a.crt");
    assertThat(common.getTlsCertificates(0).getPrivateKey().getFilename()).isEqualTo("/a.key");
    assertThat(common.hasValidationContext()).isFalse();
  }

  @Test
  void clientsCertificatesAreChecked() {
    String settings =
        FILES
            + ", caCertificates: /ca.crt, caCrl: /crl, subjectAltNames: [x], minProtocolVersion:"
            + " TLSV1_3, maxProtocolVersion: TLSV1_3, cipherSuites: [AES128-SHA, NULL-MD5],"
            + " verifyCertificateSpki: [s], verifyCertificateHash: [h], insecureSkipVerify: true";
    Listener listener =
        only(
            router(
                gateway(
                    "gw",
                    https("m", "a.c", "MUTUAL, " + settings),
                    https("o", "b.c", "OPTIONAL_MUTUAL, " + settings))));

    DownstreamTlsContext mutual = tls(listener.getFilterChains(0));
    assertThat(mutual.getRequireClientCertificate().getValue()).isTrue();
    assertThat(tls(listener.getFilterChains(1)).hasRequireClientCertificate()).isFalse();
    assertThat(tls(listener.getFilterChains(1)).getCommonTlsContext())
        .isEqualTo(mutual.getCommonTlsContext());
    CommonTlsContext common = mutual.getCommonTlsContext();
    assertThat(common.getTlsParams().getTlsMinimumProtocolVersion()).isEqualTo(TlsProtocol.TLSv1_3);
    assertThat(common.getTlsParams().getTlsMaximumProtocolVersion()).isEqualTo(TlsProtocol.TLSv1_3);
    assertThat(common.getTlsParams().getCipherSuitesList()).containsExactly("AES128-SHA");
    CertificateValidationContext validation = common.getValidationContext();
    assertThat(validation.getTrustedCa().getFilename()).isEqualTo("/ca.crt");
    assertThat(validation.getCrl().getFilename()).isEqualTo("/crl");
    assertThat(validation.getVerifyCertificateSpkiList()).containsExactly("s");
    assertThat(validation.getVerifyCertificateHashList()).containsExactly("h");
    assertThat(validation.getMatchTypedSubjectAltNamesList())
        .isNotEmpty()
        .allMatch(matcher -> matcher.getMatcher().getExact().equals("x"));
    assertThat(validation.getTrustChainVerification())
        .isEqualTo(TrustChainVerification.ACCEPT_UNTRUSTED);
  }

  @Test
  void anyHostMatchesConnectionsWithoutAServerName() {
    Listener listener = only(router(gateway("gw", https("https", "'*'", "SIMPLE, " + FILES))));

    assertThat(names(listener.getFilterChains(0))).isEmpty();
    assertThat(listener.getListenerFiltersList()).isEmpty();
  }

  @Test
  void whatNeedsSecretsIsNotListenedForInTheClear() {
    Client client =
        router(
            gateway(
                "gw",
                https("a", "a.c", "SIMPLE, credentialName: x"),
                https("b", "b.c", "ISTIO_MUTUAL"),
                https("c", "c.c", "AUTO_PASSTHROUGH"),
                https("d", "d.c", "MUTUAL, caCertCredentialName: x, " + FILES),
                https("e", "e.c", "SIMPLE, credentialNames: [x]")));

    assertThat(client.names(ResourceType.LISTENER)).isEmpty();
  }

  private static final String OPAQUE =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: opaque, namespace: prod}
      spec:
        hosts: ['*.c']
        gateways: [gw]
        tls:
          - match:
              - {sniHosts: [A.c, d.c], port: 443}
              - {sniHosts: [b.c], port: 8443}
              - {sniHosts: [e.c], gateways: [other]}
              - {sniHosts: [f.c], destinationSubnets: [10.0.0.0/8]}
            route: [{destination: {host: reviews}}]
          - match: [{sniHosts: [a.c, '*.g.c']}]
            route:
              - {destination: {host: web, port: {number: 80}}, weight: 3}
              - {destination: {host: reviews, subset: v2}, weight: 1}
        tcp:
          - match: [{port: 9}]
            route: [{destination: {host: ratings}}]
          - route: [{destination: {host: reviews}}]
          - route: [{destination: {host: ratings}}]
      """;

  private static TcpProxy tcp(FilterChain chain) {
    assertThat(chain.getFilters(0).getName()).isEqualTo("envoy.filters.network.tcp_proxy");
    return unpack(chain.getFilters(0).getTypedConfig(), TcpProxy.getDefaultInstance());
  }

  @Test
  void tlsGoesThroughByServerName() {
    Listener listener =
        only(router(gateway("gw", server("TLS", "tls", "'*.c'", ", tls: {}")), OPAQUE));

    assertThat(listener.getFilterChainsList()).hasSize(2);
    FilterChain first = listener.getFilterChains(0);
    assertThat(first.hasTransportSocket()).isFalse();
    assertThat(names(first)).containsExactly("a.c", "d.c");
    assertThat(tcp(first).getCluster()).isEqualTo("outbound|9080||reviews.prod.svc.cluster.local");
    FilterChain second = listener.getFilterChains(1);
    assertThat(names(second)).containsExactly("*.g.c"); // a.c is the first rule's.
    assertThat(tcp(second).getWeightedClusters().getClustersList())
        .extracting(c -> c.getName() + " " + c.getWeight())
        .containsExactly(
            "outbound|80||web.prod.svc.cluster.local 3",
            "outbound|9080|v2|reviews.prod.svc.cluster.local 1");
  }

  @Test
  void bytesGoWhereTheFirstRuleSays() {
    Listener plain = only(router(gateway("gw", server("TCP", "tcp", "'*'", "")), OPAQUE));
    Listener ended =
        only(
            router(
                gateway("gw", server("TLS", "tls", "a.c", ", tls: {mode: SIMPLE, " + FILES + "}")),
                OPAQUE));

    String reviews = "outbound|9080||reviews.prod.svc.cluster.local";
    assertThat(tcp(plain.getFilterChains(0)).getCluster()).isEqualTo(reviews);
    assertThat(plain.getFilterChains(0).hasTransportSocket()).isFalse();
    assertThat(tcp(ended.getFilterChains(0)).getCluster()).isEqualTo(reviews);
    assertThat(tls(ended.getFilterChains(0)).getCommonTlsContext().getAlpnProtocolsList())
        .isEmpty();
    assertThat(names(ended.getFilterChains(0))).containsExactly("a.c");
  }

  @Test
  void nothingIsListenedForWithoutRulesThatSayWhereBytesGo() {
    assertThat(router(gateway("gw", server("TCP", "tcp", "'*'", ""))).listener("0.0.0.0_443"))
        .isEmpty();
    assertThat(
            router(gateway("gw", server("TLS", "tls", "z.z", ", tls: {}")), OPAQUE)
                .listener("0.0.0.0_443"))
        .isEmpty();
  }

  @Test
  void olderGatewayKeepsItsPort() {
    String plain = server("HTTP", "http", "'*'", "");
    String bytes = server("TCP", "tcp", "'*'", "");

    Listener listener = only(router(gateway("a", plain), gateway("b", bytes), gateway("c", plain)));

    assertThat(listener.getFilterChainsList()).hasSize(1);
    assertThat(manager(listener.getFilterChains(0)).getRds().getRouteConfigName())
        .isEqualTo("http.443");
  }

  @Test
  void serverNamesAreOfTheOlderGateway() {
    Listener listener =
        only(
            router(
                gateway("a", https("https", "a.c", "SIMPLE, " + FILES)),
                gateway("b", https("https", "a.c, b.c", "SIMPLE, " + FILES)),
                gateway("c", https("https", "c.c", "SIMPLE, " + FILES))));

    assertThat(listener.getFilterChainsList())
        .extracting(IngressListenerTest::names)
        .containsExactly(List.of("a.c"), List.of("c.c"));
  }

  @Test
  void absenceIsExplained() {
    Client client = router(gateway("gw", HTTP));

    assertThat(Absence.of(client.context(), client.view(), ResourceType.ROUTE, "http.81").reason())
        .contains("no Gateway for proxies with these labels");
  }
}
