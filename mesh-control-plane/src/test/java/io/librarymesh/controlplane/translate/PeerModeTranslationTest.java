package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.proto.envoy.config.listener.v3.FilterChain;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What PeerAuthentications mean for who calls a workload, and for the workload itself. */
final class PeerModeTranslationTest {
  private static final String SERVICE =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: api, namespace: prod}
      spec:
        hosts: [api.example]
        location: MESH_INTERNAL
        resolution: STATIC
        ports:
        - {number: 80, name: http, protocol: HTTP, targetPort: 8080}
        - {number: 81, name: other, protocol: HTTP, targetPort: 9090}
        endpoints:
        - {address: 10.2.0.1, serviceAccount: one, labels: {app: one}}
        - {address: 10.2.0.2, serviceAccount: two, labels: {app: two}}
      """;

  private static final String HTTP = "outbound|80||api.example";
  private static final String OTHER = "outbound|81||api.example";
  private static final String INBOUND = "xds.istio.io/grpc/lds/inbound/10.2.0.1:";

  private final World world = World.empty().with(SERVICE);

  private World policy(String namespace, String spec) {
    return world.with(
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: p, namespace: %s}
        spec: %s
        """
            .formatted(namespace, spec));
  }

  private World.Client client(Dialect dialect, Map<String, String> labels, boolean identity) {
    PushContext context = world.context();
    ClientView view = new ClientView("prod", labels, "", dialect).withIdentity(identity);
    return new World.Client(context, context.canonical(view));
  }

  /** The endpoints of a cluster that are called with mutual TLS. */
  private Set<String> mutual(String cluster) {
    Set<String> found = new TreeSet<>();
    client(Dialect.LIBRARY, Map.of(), true)
        .assignment(cluster)
        .orElseThrow()
        .getEndpointsList()
        .stream()
        .flatMap(locality -> locality.getLbEndpointsList().stream())
        .filter(e -> e.getMetadata().containsFilterMetadata("envoy.transport_socket_match"))
        .forEach(e -> found.add(e.getEndpoint().getAddress().getSocketAddress().getAddress()));
    return found;
  }

  private Optional<Listener> listener(Dialect dialect, boolean identity, int port) {
    return client(dialect, Map.of("app", "one"), identity).listener(INBOUND + port);
  }

  private Listener listener(int port) {
    return listener(Dialect.LIBRARY, false, port).orElseThrow();
  }

  private static List<String> protocols(Listener listener) {
    return listener.getFilterChainsList().stream()
        .map(
            chain ->
                chain.getFilterChainMatch().getTransportProtocol()
                    + (chain.hasTransportSocket() ? "+mutual" : ""))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"DISABLE,false", "PERMISSIVE,true", "STRICT,true"})
  void onlyServersThatTakePlaintextAloneAreCalledInIt(String mode, boolean mutual) { // 2.1 row 6
    policy("prod", "{selector: {matchLabels: {app: one}}, mtls: {mode: %s}}".formatted(mode));

    assertThat(mutual(HTTP))
        .isEqualTo(mutual ? Set.of("10.2.0.1", "10.2.0.2") : Set.of("10.2.0.2"));
  }

  @Test
  void theModeIsThatOfThePortTheWorkloadListensOn() { // 2.1 row 6
    policy(
        "prod",
        "{selector: {matchLabels: {app: one}}, portLevelMtls: {8080: {mode: DISABLE}, 81: {mode:"
            + " DISABLE}}}");

    assertThat(mutual(HTTP)).containsExactly("10.2.0.2");
    assertThat(mutual(OTHER)).containsExactly("10.2.0.1", "10.2.0.2");
  }

  @ParameterizedTest
  @CsvSource({"prod", "istio-system"})
  void aWholeNamespaceInPlaintextIsCalledInIt(String namespace) { // 2.1 row 4
    policy(namespace, "{mtls: {mode: DISABLE}}");
    policy("prod", "{selector: {matchLabels: {app: one}}, mtls: {mode: STRICT}}");

    assertThat(mutual(HTTP)).isEmpty();
  }

  @Test
  void anotherNamespaceDoesNotMatter() {
    policy("test", "{mtls: {mode: DISABLE}}");

    assertThat(mutual(HTTP)).containsExactly("10.2.0.1", "10.2.0.2");
  }

  @ParameterizedTest
  @CsvSource({"prod,true", "istio-system,true", "test,false"})
  void aPolicyThatComesOrGoesIsSeenByWhatDependsOnIt(String namespace, boolean seen) {
    PushContext before = world.context();
    policy(namespace, "{mtls: {mode: STRICT}}");
    PushContext after = world.context();
    ClientView view = new ClientView("prod", Map.of(), "", Dialect.LIBRARY).withIdentity(true);
    Set<String> changed =
        PushContext.changedHosts(before.resources(), after.resources(), MeshConfig.DEFAULT);

    assertThat(changed).isNotEmpty();
    assertThat(Translation.of(before, view, ResourceType.ENDPOINT, HTTP).hosts())
        .matches(hosts -> hosts.stream().anyMatch(changed::contains) == seen);
    assertThat(Translation.of(before, view, ResourceType.LISTENER, INBOUND + 8080).hosts())
        .matches(hosts -> hosts.stream().anyMatch(changed::contains) == seen);
  }

  @ParameterizedTest
  @CsvSource({
    "STRICT,tls+mutual",
    "PERMISSIVE,tls+mutual raw_buffer",
    "DISABLE,raw_buffer",
  })
  void aWorkloadIsToldItsMode(String mode, String expected) throws Exception {
    policy("prod", "{mtls: {mode: %s}}".formatted(mode));
    Listener listener = listener(8080);

    assertThat(protocols(listener)).containsExactly(expected.split(" "));
    assertThat(listener.getAddress().getSocketAddress().getAddress()).isEqualTo("10.2.0.1");
    assertThat(listener.getAddress().getSocketAddress().getPortValue()).isEqualTo(8080);
    assertThat(listener.getFilterChainsList().stream().map(FilterChain::getFiltersList).distinct())
        .hasSize(1);
    HttpConnectionManager manager =
        listener
            .getFilterChains(0)
            .getFilters(0)
            .getTypedConfig()
            .unpackSameTypeAs(HttpConnectionManager.getDefaultInstance());
    assertThat(manager.getHttpFiltersList())
        .extracting(f -> f.getName())
        .containsExactly("envoy.filters.http.router");
    assertThat(manager.getNormalizePath().getValue()).isTrue();
  }

  @Test
  void theModeOfAPortIsThatOfTheWorkloadsOwnLabels() {
    policy(
        "prod",
        "{selector: {matchLabels: {app: one}}, mtls: {mode: STRICT}, portLevelMtls: {9090: {mode:"
            + " DISABLE}}}");

    assertThat(protocols(listener(8080))).containsExactly("tls+mutual");
    assertThat(protocols(listener(9090))).containsExactly("raw_buffer");
    assertThat(client(Dialect.LIBRARY, Map.of("app", "two"), false).listener(INBOUND + 8080))
        .isEmpty();
  }

  @Test
  void mutualTlsIsWithTheIdentityOfTheWorkload() throws Exception {
    policy("prod", "{mtls: {mode: STRICT}}");
    DownstreamTlsContext tls = tls(listener(8080));

    assertThat(tls.getRequireClientCertificate().getValue()).isTrue();
    CommonTlsContext common = tls.getCommonTlsContext();
    assertThat(common.getTlsCertificateSdsSecretConfigs(0).getName()).isEqualTo("default");
    assertThat(
            common.getCombinedValidationContext().getValidationContextSdsSecretConfig().getName())
        .isEqualTo("ROOTCA");
  }

  private static DownstreamTlsContext tls(Listener listener) throws Exception {
    return listener
        .getFilterChains(0)
        .getTransportSocket()
        .getTypedConfig()
        .unpackSameTypeAs(DownstreamTlsContext.getDefaultInstance());
  }

  @ParameterizedTest
  @CsvSource({"STRICT,+mutual", "PERMISSIVE,''", "DISABLE,''"})
  void serversOfGrpcHaveOneChainForAll(String mode, String expected) throws Exception {
    policy("prod", "{mtls: {mode: %s}}".formatted(mode));
    Listener listener = listener(Dialect.GRPC, false, 8080).orElseThrow();

    assertThat(protocols(listener)).containsExactly(expected);
    if (!expected.isEmpty()) {
      CommonTlsContext common = tls(listener).getCommonTlsContext();
      assertThat(common.getTlsCertificateSdsSecretConfigsCount()).isZero();
      assertThat(common.getTlsCertificateProviderInstance().getInstanceName()).isEqualTo("default");
    }
  }

  @Test
  void withoutPoliciesThoseWithAnIdentityTakeBoth() {
    assertThat(listener(Dialect.LIBRARY, true, 8080).map(PeerModeTranslationTest::protocols))
        .contains(List.of("tls+mutual", "raw_buffer"));
    assertThat(listener(Dialect.LIBRARY, false, 8080)).isEmpty();
    assertThat(listener(Dialect.GRPC, true, 8080)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0", "65536", "http", "''"})
  void aNameThatIsNoAddressIsNothing(String port) {
    policy("prod", "{mtls: {mode: STRICT}}");
    PushContext context = world.context();
    ClientView view = new ClientView("prod", Map.of(), "", Dialect.LIBRARY);

    assertThat(client(Dialect.LIBRARY, Map.of(), false).listener(INBOUND + port)).isEmpty();
    assertThat(Absence.of(context, view, ResourceType.LISTENER, INBOUND + port).reason())
        .contains(INBOUND + port);
  }
}
