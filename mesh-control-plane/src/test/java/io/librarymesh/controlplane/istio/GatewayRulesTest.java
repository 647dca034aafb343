package io.librarymesh.controlplane.istio;

import static io.librarymesh.controlplane.istio.Snippets.assertAccepted;
import static io.librarymesh.controlplane.istio.Snippets.assertRefused;
import static io.librarymesh.controlplane.istio.Snippets.assertWarned;
import static io.librarymesh.controlplane.istio.Snippets.only;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules of a Gateway: reference A.7. */
final class GatewayRulesTest {

  private static final String HTTP = "port: {number: 80, name: http, protocol: HTTP}";
  private static final String HTTPS = "port: {number: 443, name: https, protocol: HTTPS}";
  private static final String HOSTS = "hosts: [a.b]";
  private static final String FILES = "serverCertificate: /a.crt, privateKey: /a.key";
  private static final String TLS = "spec.servers[0].tls";

  private static String gateway(String spec) {
    return Snippets.document("networking.istio.io/v1", "Gateway", spec);
  }

  private static String servers(String... servers) {
    return gateway("{selector: {istio: gw}, servers: [" + String.join(", ", servers) + "]}");
  }

  private static String server(String... fields) {
    return servers("{" + String.join(", ", fields) + "}");
  }

  private static String hosts(String host) {
    return server(HTTP, "hosts: ['" + host + "']");
  }

  private static String tls(String settings) {
    return server(HTTPS, HOSTS, "tls: {" + settings + "}");
  }

  @Test
  void everythingIsRead() {
    Gateway gateway =
        only(
            Gateway.class,
            servers(
                "{name: one, bind: 10.0.0.1, "
                    + HTTP
                    + ", hosts: ['*', ./a.b], "
                    + "tls: {httpsRedirect: true}}",
                "{"
                    + HTTPS
                    + ", hosts: [ns/c.d], tls: {mode: OPTIONAL_MUTUAL, "
                    + FILES
                    + ", caCertificates: /ca.crt, caCrl: /ca.crl, subjectAltNames: [x],"
                    + " verifyCertificateSpki: [s], verifyCertificateHash: [h],"
                    + " minProtocolVersion: TLSV1_2, maxProtocolVersion: TLSV1_3,"
                    + " cipherSuites: [AES128-SHA], insecureSkipVerify: true}}"));

    assertThat(gateway.kind()).isEqualTo(Resource.Kind.GATEWAY);
    assertThat(gateway.fullName()).isEqualTo("default/test");
    assertThat(gateway.selector()).isEqualTo(Map.of("istio", "gw"));
    Gateway.Server plain = gateway.servers().get(0);
    assertThat(plain.name()).isEqualTo("one");
    assertThat(plain.bind()).isEqualTo("10.0.0.1");
    assertThat(plain.port()).isEqualTo(new Gateway.Port(80, "http", Protocol.HTTP));
    assertThat(plain.hosts()).containsExactly("*", "./a.b");
    assertThat(plain.redirectsToHttps()).isTrue();
    assertThat(plain.isTls()).isFalse();
    ServerTlsSettings tls = gateway.servers().get(1).tls().orElseThrow();
    assertThat(tls.mode()).isEqualTo(ServerTlsSettings.Mode.OPTIONAL_MUTUAL);
    assertThat(tls.certificates())
        .containsExactly(new ServerTlsSettings.Certificate("/a.crt", "/a.key"));
    assertThat(tls.caCertificates()).isEqualTo("/ca.crt");
    assertThat(tls.caCrl()).isEqualTo("/ca.crl");
    assertThat(tls.subjectAltNames()).containsExactly("x");
    assertThat(tls.verifyCertificateSpki()).containsExactly("s");
    assertThat(tls.verifyCertificateHash()).containsExactly("h");
    assertThat(tls.minProtocolVersion()).isEqualTo(ServerTlsSettings.ProtocolVersion.TLSV1_2);
    assertThat(tls.maxProtocolVersion()).isEqualTo(ServerTlsSettings.ProtocolVersion.TLSV1_3);
    assertThat(tls.knownCipherSuites()).isEqualTo(List.of("AES128-SHA"));
    assertThat(tls.insecureSkipVerify()).contains(true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1beta1", "v1alpha3"})
  void allVersionsAreOne(String version) {
    assertAccepted(
        Snippets.document(
            "networking.istio.io/" + version,
            "Gateway",
            "{servers: [{" + HTTP + ", " + HOSTS + "}]}"));
  }

  @Test
  void thereIsAtLeastOneServer() {
    assertRefused(gateway("{selector: {a: b}}"), "spec.servers", "missing");
    assertRefused(gateway("{servers: []}"), "spec.servers", "missing");
  }

  @Test
  void nameIsALabelAndNotThatOfTheMesh() {
    String text = server(HTTP, HOSTS);
    assertRefused(text.replace("name: test", "name: mesh"), "metadata.name", "another name");
    assertRefused(text.replace("name: test", "name: a.b"), "metadata.name", "without dots");
  }

  @Test
  void selectorHasNoWildcard() {
    assertRefused(
        gateway("{selector: {a: 'b*'}, servers: [{" + HTTP + ", " + HOSTS + "}]}"),
        "spec.selector.a",
        "no wildcard");
  }

  @Test
  void portHasNumberNameAndProtocol() {
    assertRefused(server(HOSTS), "spec.servers[0]", "no port");
    assertRefused(
        server("port: {number: 80, name: a}", HOSTS), "spec.servers[0].port", "no protocol");
    assertRefused(
        server("port: {number: 80, protocol: HTTP}", HOSTS), "spec.servers[0].port.name", "a name");
    assertRefused(
        server("port: {number: 80, name: a, protocol: HTPS}", HOSTS),
        "spec.servers[0].port.protocol",
        "did you mean 'HTTP");
    assertRefused(
        server("port: {number: 80, name: a, protocol: HTTP, targetPort: 8080}", HOSTS),
        "spec.servers[0].port.targetPort",
        "has no target");
    assertRefused(
        server("port: {number: 0, name: a, protocol: HTTP}", HOSTS),
        "spec.servers[0].port.number",
        "a port from 1 to 65535");
  }

  @Test
  void namesOfPortsAreUnique() {
    assertRefused(
        servers("{" + HTTP + ", " + HOSTS + "}", "{" + HTTP + ", hosts: [c.d]}"),
        "spec.servers[1].port.name",
        "every name once");
    assertWarned(
        servers(
            "{name: x, " + HTTP + ", " + HOSTS + "}",
            "{name: x, port: {number: 81, name: b, protocol: HTTP2}, hosts: [c.d]}"),
        "spec.servers[1].name",
        "the name of another one");
  }

  @Test
  void addressIsAnIpOrASocket() {
    assertAccepted(server(HTTP, HOSTS, "bind: '::1'"));
    assertAccepted(
        server("port: {number: 0, name: a, protocol: HTTP}", HOSTS, "bind: 'unix:///a/b'"));
    assertRefused(server(HTTP, HOSTS, "bind: localhost"), "spec.servers[0].bind", "an IP address");
    assertRefused(
        server(HTTP, HOSTS, "bind: 'unix:///a/b'"),
        "spec.servers[0].port.number",
        "0 for a socket");
    assertRefused(
        server("port: {number: 0, name: a, protocol: HTTP}", HOSTS, "bind: 'unix://a'"),
        "spec.servers[0].bind",
        "an absolute path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "a.b", "*.a.b", "*/a.b", "./*", "ns/*.a.b", "10.0.0.1", "*-x.a.b"})
  void formsOfHosts(String host) {
    assertAccepted(hosts(host));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reviews | a name with a dot",
        "ns/reviews | a name with a dot",
        "~/a.b | a namespace, '.' or '*'",
        "/a.b | a namespace, '.' or '*'",
        "a_b/a.b | a namespace, '.' or '*'",
        "a..b | a DNS name",
        "ns/ | a DNS name",
        "a.*.b | a DNS name",
      })
  void otherHostsAreRefused(String host, String expected) {
    assertRefused(hosts(host), "spec.servers[0].hosts[0]", expected);
  }

  @Test
  void hostsAreNotLeftOut() {
    assertRefused(server(HTTP), "spec.servers[0].hosts", "missing");
  }

  @Test
  void tlsStandsOnPortsOfTls() {
    assertRefused(server(HTTPS, HOSTS), TLS, "missing");
    assertRefused(server("port: {number: 443, name: a, protocol: TLS}", HOSTS), TLS, "missing");
    assertRefused(
        server(HTTP, HOSTS, "tls: {mode: SIMPLE, " + FILES + "}"), TLS, "httpsRedirect alone");
    assertRefused(
        server(HTTP, HOSTS, "tls: {httpsRedirect: true, " + FILES + "}"),
        TLS,
        "httpsRedirect alone");
    assertRefused(
        server("port: {number: 1, name: a, protocol: TCP}", HOSTS, "tls: {mode: PASSTHROUGH}"),
        TLS,
        "on a port of TCP");
    assertWarned(
        tls("mode: SIMPLE, httpsRedirect: true, " + FILES), TLS + ".httpsRedirect", "no effect");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SIMPLE", "MUTUAL", "OPTIONAL_MUTUAL"})
  void whatEndsTlsHasACertificate(String mode) {
    String ca = mode.equals("SIMPLE") ? "" : ", caCertificates: /ca";
    assertAccepted(tls("mode: " + mode + ", " + FILES + ca));
    assertAccepted(
        tls("mode: " + mode + ", tlsCertificates: [{" + FILES + "}, {" + FILES + "}]" + ca));
    assertRefused(tls("mode: " + mode + ca), TLS, "serverCertificate and privateKey");
    assertRefused(
        tls("mode: " + mode + ", serverCertificate: /a" + ca), TLS + ".privateKey", "missing");
    assertRefused(
        tls("mode: " + mode + ", privateKey: /a" + ca), TLS + ".serverCertificate", "missing");
    assertRefused(
        tls("mode: " + mode + ", tlsCertificates: [{serverCertificate: /a}]" + ca),
        TLS + ".tlsCertificates[0].privateKey",
        "missing");
    String one = "{" + FILES + "}";
    assertRefused(
        tls("mode: " + mode + ", tlsCertificates: [" + one + ", " + one + ", " + one + "]" + ca),
        TLS + ".tlsCertificates",
        "at most 2");
  }

  @Test
  void certificatesComeFromOnePlace() {
    assertRefused(tls("mode: SIMPLE, credentialName: a, " + FILES), TLS, "together");
    assertRefused(tls("mode: SIMPLE, credentialName: a, credentialNames: [a, b]"), TLS, "together");
    assertRefused(
        tls("mode: SIMPLE, credentialNames: [a], tlsCertificates: [{" + FILES + "}]"),
        TLS,
        "together");
  }

  @Test
  void mutualTlsHasAuthorities() {
    assertRefused(tls("mode: MUTUAL, " + FILES), TLS + ".caCertificates", "missing");
    assertRefused(tls("mode: OPTIONAL_MUTUAL, " + FILES), TLS + ".caCertificates", "missing");
  }

  @Test
  void certificatesOfTheMeshStandAlone() {
    assertRefused(tls("mode: ISTIO_MUTUAL, " + FILES), TLS, "in mode ISTIO_MUTUAL");
    assertRefused(tls("mode: ISTIO_MUTUAL, caCertificates: /a"), TLS, "in mode ISTIO_MUTUAL");
  }

  @Test
  void listOfRevocationsIsForCertificatesInFiles() {
    assertRefused(tls("mode: SIMPLE, caCrl: /a, " + FILES), TLS + ".caCrl", "in mode SIMPLE");
    assertThat(Snippets.errors(tls("mode: MUTUAL, caCrl: /a, credentialName: b")))
        .singleElement()
        .satisfies(error -> assertThat(error.message()).contains("beside a credential"));
  }

  @Test
  void certificatesHaveNoEffectWhereTlsGoesThrough() {
    assertAccepted(tls("mode: PASSTHROUGH"));
    assertWarned(tls("mode: PASSTHROUGH, " + FILES), TLS, "no effect");
  }

  @Test
  void checksOfClientsHaveNoEffectWhereClientsAreNotAsked() {
    for (String check :
        new String[] {
          "caCertificates: /ca",
          "subjectAltNames: [x]",
          "verifyCertificateSpki: [s]",
          "verifyCertificateHash: [h]",
          "insecureSkipVerify: true"
        }) {
      assertWarned(tls("mode: SIMPLE, " + FILES + ", " + check), TLS, "have no effect");
    }
  }

  @Test
  void unknownCipherSuitesArePassedOver() {
    assertWarned(
        tls("mode: SIMPLE, cipherSuites: [NULL-MD5], " + FILES),
        TLS + ".cipherSuites[0]",
        "no such cipher suite");
    assertWarned(
        tls("mode: SIMPLE, cipherSuites: [AES128-SHA, AES128-SHA], " + FILES),
        TLS + ".cipherSuites[1]",
        "said twice");
  }

  @Test
  void whatNeedsSecretsIsNotInForce() {
    assertWarned(
        tls("mode: SIMPLE, credentialName: a"), TLS + ".credentialName", "nothing listens");
    assertWarned(
        tls("mode: SIMPLE, credentialNames: [a, b]"), TLS + ".credentialNames", "nothing listens");
    assertWarned(
        tls("mode: MUTUAL, caCertCredentialName: a, " + FILES),
        TLS + ".caCertCredentialName",
        "nothing listens");
    assertWarned(tls("mode: ISTIO_MUTUAL"), TLS + ".mode", "nothing listens");
    assertWarned(tls("mode: AUTO_PASSTHROUGH"), TLS + ".mode", "nothing listens");
    assertWarned(
        server("port: {number: 53, name: a, protocol: UDP}", HOSTS),
        "spec.servers[0].port.protocol",
        "datagrams");
  }

  @Test
  void endpointIsLookedAtByNobody() {
    assertWarned(
        server(HTTP, HOSTS, "defaultEndpoint: '127.0.0.1:80'"),
        "spec.servers[0].defaultEndpoint",
        "never looks at it");
  }

  @ParameterizedTest
  @CsvSource({
    "mesh, mesh",
    "gw, default/gw",
    "./gw, default/gw",
    "ns/gw, ns/gw",
    "gw.ns, ns/gw",
    "gw.ns.svc.cluster.local, ns/gw"
  })
  void namesOfGatewaysAreCompleted(String written, String whole) { // 1.1
    VirtualService rules =
        only(
            VirtualService.class,
            Snippets.virtualService(
                "{hosts: [a.b], gateways: ['"
                    + written
                    + "'], http: [{match: [{gateways: ['"
                    + written
                    + "']}], route: [{destination: {host: a}}]}]}"));

    assertThat(rules.gateways()).containsExactly(whole);
    assertThat(rules.http().get(0).match().get(0).scope().gateways()).containsExactly(whole);
  }

  @Test
  void claimsAreWarnedOfInRulesOfGateways() {
    assertWarned(
        Snippets.virtualService(
            "{hosts: [a.b], gateways: [gw], http: [{match: [{headers:"
                + " {'@request.auth.claims.group': {exact: x}}}], route: [{destination: {host: a}}]}]}"),
        "spec.http[0].match[0].headers[\"@request.auth.claims.group\"]",
        "never matches");
  }

  @Test
  void whatOnlyClientsOfTheMeshDoNotDoIsInForceAtGateways() {
    String rule =
        "http: [{corsPolicy: {allowMethods: [GET]}, match: [{statPrefix: s}],"
            + " route: [{destination: {host: a}}]}]}";

    assertAccepted(Snippets.virtualService("{hosts: [a.b], gateways: [gw], " + rule));
    assertThat(
            Snippets.warnings(
                Snippets.virtualService("{hosts: [a.b], gateways: [gw, mesh], " + rule)))
        .hasSize(2);
  }
}
