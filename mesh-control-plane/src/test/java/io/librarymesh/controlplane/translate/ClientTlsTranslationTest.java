package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.core.v3.TransportSocket;
import io.librarymesh.proto.envoy.config.endpoint.v3.LbEndpoint;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.TrustChainVerification;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS towards endpoints, of DestinationRules and of what endpoints say that they serve. */
final class ClientTlsTranslationTest {
  private static final String REVIEWS = "outbound|9080||reviews.prod.svc.cluster.local";
  private static final String REVIEWS_HOST = "reviews.prod.svc.cluster.local";

  /** Three endpoints of one service: with an account and a label, with an account, with neither. */
  private static final String MEMBERS =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: mixed, namespace: prod}
      spec:
        hosts: [mixed.example.com]
        location: %s
        resolution: STATIC
        ports: [{number: 80, name: http, protocol: HTTP}, {number: 443, name: raw, protocol: TCP}]
        endpoints:
        - {address: 10.2.0.1, serviceAccount: one, labels: {security.istio.io/tlsMode: istio}}
        - {address: 10.2.0.2, serviceAccount: two}
        - {address: 10.2.0.3}
        - {address: 10.2.0.4, serviceAccount: off, labels: {security.istio.io/tlsMode: disabled}}
      """;

  private static final String MIXED = "outbound|80||mixed.example.com";

  private static World rule(World world, String host, String policy) {
    return world.with(
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: rule, namespace: prod}
        spec:
          host: %s
          trafficPolicy: %s
          subsets:
          - {name: v1, labels: {version: v1}}
          - {name: own, labels: {version: v1}, trafficPolicy: {tls: {mode: DISABLE}}}
          - name: port
            labels: {version: v1}
            trafficPolicy:
              tls: {mode: DISABLE}
              portLevelSettings: [{port: {number: 9080}, tls: {mode: SIMPLE, sni: port.example}}]
        """
            .formatted(host, policy));
  }

  private static Cluster reviews(String policy) {
    return rule(World.standard(), "reviews", policy).client().cluster(REVIEWS).orElseThrow();
  }

  private static World mixed() {
    return World.empty().with(MEMBERS.formatted("MESH_INTERNAL"));
  }

  private static World.Client withIdentity(World world, Dialect dialect) {
    PushContext context = world.context();
    return new World.Client(
        context,
        context.canonical(new ClientView("prod", Map.of(), "", dialect).withIdentity(true)));
  }

  private static UpstreamTlsContext tls(TransportSocket socket) throws Exception {
    assertThat(socket.getName()).isEqualTo("envoy.transport_sockets.tls");
    return socket.getTypedConfig().unpack(UpstreamTlsContext.class);
  }

  private static UpstreamTlsContext tls(Cluster cluster) throws Exception {
    assertThat(cluster.getTransportSocketMatchesList()).isEmpty();
    return tls(cluster.getTransportSocket());
  }

  @SuppressWarnings("deprecation")
  private static List<String> untyped(CertificateValidationContext context) {
    return context.getMatchSubjectAltNamesList().stream().map(StringMatcher::getExact).toList();
  }

  private static List<String> typed(CertificateValidationContext context) {
    return context.getMatchTypedSubjectAltNamesList().stream()
        .map(name -> name.getSanType() + " " + name.getMatcher().getExact())
        .toList();
  }

  @Test
  void simpleChecksTheServerAgainstItsFileAndNames() throws Exception { // 2.2
    UpstreamTlsContext tls =
        tls(
            reviews(
                "{tls: {mode: SIMPLE, caCertificates: /ca.pem, sni: a.example, subjectAltNames:"
                    + " [b.example, spiffe://x/y]}}"));

    assertThat(tls.getSni()).isEqualTo("a.example");
    CommonTlsContext common = tls.getCommonTlsContext();
    assertThat(common.getTlsCertificatesCount()).isZero();
    assertThat(common.getValidationContext().getTrustedCa().getFilename()).isEqualTo("/ca.pem");
    assertThat(typed(common.getValidationContext()))
        .containsExactly("DNS b.example", "IP_ADDRESS b.example", "URI spiffe://x/y");
  }

  @Test
  void simpleWithoutNamesTrustsTheSystemForTheHost() throws Exception { // 2.2
    UpstreamTlsContext tls = tls(reviews("{tls: {mode: SIMPLE}}"));

    assertThat(tls.getSni()).isEqualTo(REVIEWS_HOST);
    CertificateValidationContext context = tls.getCommonTlsContext().getValidationContext();
    assertThat(context.hasSystemRootCerts()).isTrue();
    assertThat(typed(context)).contains("DNS " + REVIEWS_HOST);
  }

  @Test
  void mutualPresentsFiles() throws Exception {
    CommonTlsContext common =
        tls(reviews("{tls: {mode: MUTUAL, clientCertificate: /c.pem, privateKey: /k.pem}}"))
            .getCommonTlsContext();

    assertThat(common.getTlsCertificates(0).getCertificateChain().getFilename())
        .isEqualTo("/c.pem");
    assertThat(common.getTlsCertificates(0).getPrivateKey().getFilename()).isEqualTo("/k.pem");
  }

  @ParameterizedTest
  @EnumSource(
      value = Dialect.class,
      names = {"LIBRARY", "ENVOY"})
  void whoSkipsTheCheckSaysSo(Dialect dialect) throws Exception {
    World world =
        rule(World.standard(), "reviews", "{tls: {mode: SIMPLE, insecureSkipVerify: true}}");
    CertificateValidationContext context =
        tls(withIdentity(world, dialect).cluster(REVIEWS).orElseThrow())
            .getCommonTlsContext()
            .getValidationContext();

    assertThat(context.getTrustChainVerification())
        .isEqualTo(TrustChainVerification.ACCEPT_UNTRUSTED);
    assertThat(typed(context)).isEmpty();
  }

  @Test
  void thePortGoesBeforeTheSubsetAndTheSubsetBeforeTheRule() throws Exception { // 2.1
    World world =
        rule(
            World.standard(),
            "reviews",
            "{tls: {mode: SIMPLE, sni: rule.example}, portLevelSettings: [{port: {number: 9},"
                + " tls: {mode: SIMPLE, sni: other.example}}]}");
    World.Client client = world.client();

    assertThat(tls(cluster(client, "")).getSni()).isEqualTo("rule.example");
    assertThat(tls(cluster(client, "v1")).getSni()).isEqualTo("rule.example");
    assertThat(cluster(client, "own").hasTransportSocket()).isFalse();
    assertThat(tls(cluster(client, "port")).getSni()).isEqualTo("port.example");
  }

  private static Cluster cluster(World.Client client, String subset) {
    return client.cluster(REVIEWS.replace("||", "|" + subset + "|")).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "LIBRARY, reviews.prod.svc.cluster.local",
    "ENVOY, outbound_.9080_._.reviews.prod.svc.cluster.local"
  })
  void istioMutualHasTheIdentityOfTheMesh(Dialect dialect, String sni) throws Exception { // 2.3
    World world = rule(World.standard(), "reviews", "{tls: {mode: ISTIO_MUTUAL}}");
    UpstreamTlsContext tls = tls(withIdentity(world, dialect).cluster(REVIEWS).orElseThrow());

    assertThat(tls.getSni()).isEqualTo(sni);
    CommonTlsContext common = tls.getCommonTlsContext();
    assertThat(common.getAlpnProtocolsList())
        .containsExactly("istio-http/1.1", "istio", "http/1.1");
    assertThat(common.getTlsCertificateSdsSecretConfigs(0).getName()).isEqualTo("default");
    assertThat(
            common.getCombinedValidationContext().getValidationContextSdsSecretConfig().getName())
        .isEqualTo("ROOTCA");
  }

  @ParameterizedTest
  @EnumSource(
      value = Dialect.class,
      names = {"GRPC_JAVA", "GRPC_GO", "GRPC"})
  void clientsOfGrpcGetWhatTheyTake(Dialect dialect) throws Exception { // 8.1, C81
    World world = rule(mixed(), "mixed.example.com", "{tls: {mode: ISTIO_MUTUAL}}");
    UpstreamTlsContext tls = tls(withIdentity(world, dialect).cluster(MIXED).orElseThrow());

    assertThat(tls.getSni()).isEqualTo("mixed.example.com");
    CommonTlsContext common = tls.getCommonTlsContext();
    assertThat(common.hasTlsParams()).isFalse();
    assertThat(common.getTlsCertificateSdsSecretConfigsCount()).isZero();
    assertThat(common.getTlsCertificateProviderInstance().getInstanceName()).isEqualTo("default");
    var combined = common.getCombinedValidationContext();
    assertThat(combined.hasValidationContextSdsSecretConfig()).isFalse();
    CertificateValidationContext context = combined.getDefaultValidationContext();
    assertThat(context.getCaCertificateProviderInstance().getCertificateName()).isEqualTo("ROOTCA");
    assertThat(untyped(context)).contains("spiffe://cluster.local/ns/prod/sa/one");
    assertThat(typed(context)).isEqualTo(untyped(context).stream().map(n -> "URI " + n).toList());
  }

  @ParameterizedTest
  @EnumSource(
      value = Dialect.class,
      names = {"GRPC_JAVA", "GRPC_GO", "GRPC"})
  void clientsOfGrpcDoNotCallInPlainTextWhatIsMeantForTls(Dialect dialect) {
    World world = rule(World.standard(), "reviews", "{tls: {mode: SIMPLE}}");

    assertThat(world.grpcClient(dialect).cluster(REVIEWS)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "LIBRARY, '{mode: SIMPLE, credentialName: secret}', credentialName",
    "LIBRARY, '{mode: MUTUAL, credentialName: secret}', credentialName",
    "ENVOY, '{mode: MUTUAL, credentialName: secret}', credentialName",
    "LIBRARY, '{mode: SIMPLE, caCrl: /crl.pem}', caCrl",
    "GRPC, '{mode: SIMPLE}', clients of gRPC"
  })
  void whatCannotBeServedIsNotServedInPlainText(Dialect dialect, String tls, String why) {
    World world = rule(World.standard(), "reviews", "{tls: " + tls + "}");
    World.Client client = withIdentity(world, dialect);

    assertThat(client.cluster(REVIEWS)).isEmpty();
    assertThat(Absence.of(client.context(), client.view(), ResourceType.CLUSTER, REVIEWS).reason())
        .startsWith("its DestinationRule asks for tls")
        .contains(why);
  }

  @Test
  void revocationListsAreForEnvoy() throws Exception {
    World world = rule(World.standard(), "reviews", "{tls: {mode: SIMPLE, caCrl: /crl.pem}}");
    CertificateValidationContext context =
        tls(withIdentity(world, Dialect.ENVOY).cluster(REVIEWS).orElseThrow())
            .getCommonTlsContext()
            .getValidationContext();

    assertThat(context.getCrl().getFilename()).isEqualTo("/crl.pem");
  }

  @Test
  void hostsWithoutANameAreNotCalledWithoutACheck() {
    World world =
        World.empty()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: all, namespace: prod}
                spec:
                  hosts: ["*.example.com"]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                """);
    String name = "outbound|80||*.example.com";

    assertThat(world.client().cluster(name)).isPresent();
    assertThat(rule(world, "'*.example.com'", "{tls: {mode: SIMPLE}}").client().cluster(name))
        .isEmpty();
  }

  @Test
  void endpointsSayWhetherTheyServeMutualTls() throws Exception { // 2.1, C16
    World.Client client = withIdentity(mixed(), Dialect.LIBRARY);
    Cluster cluster = client.cluster(MIXED).orElseThrow();

    assertThat(marked(client))
        .isEqualTo(
            Map.of("10.2.0.1", "istio", "10.2.0.2", "istio", "10.2.0.3", "", "10.2.0.4", ""));
    assertThat(cluster.hasTransportSocket()).isFalse();
    assertThat(cluster.getTransportSocketMatchesList())
        .extracting(Cluster.TransportSocketMatch::getName)
        .containsExactly("tlsMode-istio", "tlsMode-disabled");
    Cluster.TransportSocketMatch first = cluster.getTransportSocketMatches(0);
    assertThat(first.getMatch()).isEqualTo(Packing.struct(Map.of("tlsMode", "istio")));
    UpstreamTlsContext tls = tls(first.getTransportSocket());
    assertThat(tls.getSni()).isEqualTo("mixed.example.com");
    assertThat(
            untyped(
                tls.getCommonTlsContext()
                    .getCombinedValidationContext()
                    .getDefaultValidationContext()))
        .containsExactly(
            "spiffe://cluster.local/ns/prod/sa/off",
            "spiffe://cluster.local/ns/prod/sa/one",
            "spiffe://cluster.local/ns/prod/sa/two");
  }

  private static Map<String, String> marked(World.Client client) {
    Map<String, String> found = new TreeMap<>();
    client.assignment(MIXED).orElseThrow().getEndpointsList().stream()
        .flatMap(locality -> locality.getLbEndpointsList().stream())
        .forEach(
            endpoint ->
                found.put(
                    endpoint.getEndpoint().getAddress().getSocketAddress().getAddress(),
                    mark(endpoint)));
    return found;
  }

  private static String mark(LbEndpoint endpoint) {
    var match = endpoint.getMetadata().getFilterMetadataMap().get("envoy.transport_socket_match");
    return match == null ? "" : match.getFieldsOrThrow("tlsMode").getStringValue();
  }

  @Test
  void identitiesAreOfTheDomainOfTheMeshAndItsAliases() throws Exception { // 2.4
    World world =
        mixed()
            .with(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data: {mesh: "{trustDomain: a@b.example, trustDomainAliases: [old.example]}"}
                """);
    Cluster cluster = withIdentity(world, Dialect.LIBRARY).cluster(MIXED).orElseThrow();

    assertThat(
            untyped(
                tls(cluster.getTransportSocketMatches(0).getTransportSocket())
                    .getCommonTlsContext()
                    .getCombinedValidationContext()
                    .getDefaultValidationContext()))
        .contains("spiffe://a.b.example/ns/prod/sa/one", "spiffe://old.example/ns/prod/sa/one")
        .noneMatch(name -> name.startsWith("spiffe://cluster.local/"));
  }

  @Test
  void namesThatARuleWritesReplaceThoseOfAccounts() throws Exception {
    World world =
        rule(
            mixed(),
            "mixed.example.com",
            "{tls: {mode: ISTIO_MUTUAL, subjectAltNames: [spiffe://x/ns/a/sa/b]}}");
    CommonTlsContext common =
        tls(withIdentity(world, Dialect.LIBRARY).cluster(MIXED).orElseThrow())
            .getCommonTlsContext();

    assertThat(untyped(common.getCombinedValidationContext().getDefaultValidationContext()))
        .containsExactly("spiffe://x/ns/a/sa/b");
  }

  @Test
  void nothingIsEncryptedByItselfWhereItIsNotWanted() { // 2.1, rows 2 and 3
    assertThat(plain(withIdentity(World.empty().with(MEMBERS.formatted("MESH_EXTERNAL")), LIB)))
        .isTrue();
    World off =
        mixed()
            .with(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data: {mesh: "enableAutoMtls: false"}
                """);
    assertThat(plain(withIdentity(off, LIB))).isTrue();
    assertThat(marked(withIdentity(off, LIB)).values()).containsOnly("");
    World disabled = rule(mixed(), "mixed.example.com", "{tls: {mode: DISABLE}}");
    assertThat(plain(withIdentity(disabled, LIB))).isTrue();
  }

  private static final Dialect LIB = Dialect.LIBRARY;

  private static boolean plain(World.Client client) {
    Cluster cluster = client.cluster(MIXED).orElseThrow();
    return !cluster.hasTransportSocket() && cluster.getTransportSocketMatchesCount() == 0;
  }

  /** Like a pod without a sidecar; where somebody wrote a mode it is asked for all the same. */
  @Test
  void whoHasNoIdentityIsNotAskedForOneByItself() throws Exception {
    assertThat(plain(mixed().client())).isTrue();
    World written = rule(mixed(), "mixed.example.com", "{tls: {mode: ISTIO_MUTUAL}}");
    assertThat(tls(written.client().cluster(MIXED).orElseThrow()).getSni())
        .isEqualTo("mixed.example.com");
  }

  @ParameterizedTest
  @CsvSource({
    "SIMPLE, http1MaxPendingRequests: 9, ''",
    "SIMPLE, h2UpgradePolicy: UPGRADE, h2",
    "SIMPLE, h2UpgradePolicy: DO_NOT_UPGRADE, ''",
    "ISTIO_MUTUAL, h2UpgradePolicy: UPGRADE, istio-h2 istio h2",
    "ISTIO_MUTUAL, h2UpgradePolicy: DO_NOT_UPGRADE, istio-http/1.1 istio http/1.1"
  })
  void clustersOfHttp2OfferIt(String mode, String http, String alpn) throws Exception { // 11.1
    String policy = "{tls: {mode: %s}, connectionPool: {http: {%s}}}".formatted(mode, http);
    World world = rule(World.standard(), "reviews", policy);

    for (Dialect dialect : List.of(Dialect.ENVOY, Dialect.LIBRARY)) {
      Cluster cluster = withIdentity(world, dialect).cluster(REVIEWS).orElseThrow();
      assertThat(String.join(" ", tls(cluster).getCommonTlsContext().getAlpnProtocolsList()))
          .isEqualTo(alpn);
    }
  }

  @Test
  void meshThatUpgradesOffersHttp2() throws Exception { // 8.3, 11.1
    World world =
        rule(World.standard(), "reviews", "{tls: {mode: SIMPLE}}")
            .with(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data: {mesh: 'h2UpgradePolicy: UPGRADE'}
                """);

    assertThat(
            tls(withIdentity(world, Dialect.ENVOY).cluster(REVIEWS).orElseThrow())
                .getCommonTlsContext()
                .getAlpnProtocolsList())
        .containsExactly("h2");
  }

  @Test
  void portsOfTcpOfferNoHttp() throws Exception {
    World.Client client = withIdentity(mixed(), Dialect.ENVOY);
    Cluster cluster = client.cluster("outbound|443||mixed.example.com").orElseThrow();

    assertThat(
            tls(cluster.getTransportSocketMatches(0).getTransportSocket())
                .getCommonTlsContext()
                .getAlpnProtocolsList())
        .containsExactly("istio");
  }

  @ParameterizedTest
  @CsvSource({"istio, true", "disabled, false"})
  void whatChoosesNoEndpointSpeaksItOnlyIfAllDo(String label, boolean mutual) { // 2.1
    World world =
        World.empty()
            .with(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: db, namespace: prod}
                spec: {clusterIP: None, selector: {app: db}, ports: [{name: http, port: 80}]}
                """)
            .workload(
                "a",
                "prod",
                "10.3.0.1",
                80,
                Map.of("app", "db", "security.istio.io/tlsMode", "istio"))
            .workload(
                "b",
                "prod",
                "10.3.0.2",
                80,
                Map.of("app", "db", "security.istio.io/tlsMode", label));
    Cluster cluster =
        withIdentity(world, LIB).cluster("outbound|80||db.prod.svc.cluster.local").orElseThrow();

    assertThat(cluster.hasTransportSocket()).isEqualTo(mutual);
    assertThat(cluster.getTransportSocketMatchesList()).isEmpty();
  }
}
