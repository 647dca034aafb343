package io.librarymesh.controlplane.istio;

import static io.librarymesh.controlplane.istio.Snippets.accepted;
import static io.librarymesh.controlplane.istio.Snippets.assertAccepted;
import static io.librarymesh.controlplane.istio.Snippets.assertRefused;
import static io.librarymesh.controlplane.istio.Snippets.assertWarned;
import static io.librarymesh.controlplane.istio.Snippets.only;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules of a Sidecar: reference A.6 and 2.4. */
final class SidecarRulesTest {

  private static String sidecar(String spec) {
    return Snippets.document("networking.istio.io/v1", "Sidecar", spec);
  }

  private static String egress(String... entries) {
    return sidecar("{egress: [" + String.join(", ", entries) + "]}");
  }

  private static String hosts(String... hosts) {
    return egress("{hosts: ['" + String.join("', '", hosts) + "']}");
  }

  private static String ingress(String... entries) {
    return sidecar("{ingress: [" + String.join(", ", entries) + "]}");
  }

  private static String outbound(String policy) {
    return sidecar("{outboundTrafficPolicy: " + policy + "}");
  }

  @Test
  void everythingThatIsInForceIsRead() {
    Sidecar sidecar =
        only(
            Sidecar.class,
            sidecar(
                """
                {workloadSelector: {labels: {app: cart}},
                 egress: [{port: {number: 9080, protocol: http, name: h}, hosts: [./*]},
                          {hosts: ['*/a.b', '~/*']}],
                 outboundTrafficPolicy:
                   {mode: ALLOW_ANY, egressProxy: {host: p.b, subset: s, port: {number: 80}}}}
                """));

    assertThat(sidecar.kind()).isEqualTo(Resource.Kind.SIDECAR);
    assertThat(sidecar.workloadSelector()).contains(Map.of("app", "cart"));
    assertThat(sidecar.egress().get(0).port())
        .contains(new Sidecar.Port(9080, "h", Protocol.HTTP, false));
    assertThat(sidecar.egress().get(0).hosts()).containsExactly("./*");
    assertThat(sidecar.egress().get(1).port()).isEmpty();
    assertThat(sidecar.egress().get(1).hosts()).isEqualTo(List.of("*/a.b", "~/*"));
    Sidecar.OutboundPolicy policy = sidecar.outboundTrafficPolicy().orElseThrow();
    assertThat(policy.mode()).isEqualTo(Sidecar.OutboundMode.ALLOW_ANY);
    assertThat(policy.egressProxy().orElseThrow().port()).isEqualTo(Optional.of(80));
  }

  @Test
  void emptyOutboundPolicyIsRegistryOnly() {
    Sidecar sidecar = only(Sidecar.class, outbound("{}"));

    assertThat(sidecar.outboundTrafficPolicy().orElseThrow().mode())
        .isEqualTo(Sidecar.OutboundMode.REGISTRY_ONLY);
  }

  @Test
  void sidecarThatSaysNothingIsRefused() {
    assertRefused(sidecar("{}"), "spec", "empty (expected: at least one of egress");
    assertRefused(sidecar("{workloadSelector: {labels: {a: b}}}"), "spec", "empty");
  }

  @Test
  void selectorHasNoWildcardAndIsNotEmpty() {
    assertRefused(
        sidecar("{workloadSelector: {labels: {app: 'a*'}}, egress: [{hosts: [./*]}]}"),
        "spec.workloadSelector.labels.app",
        "no wildcard");
    assertWarned(
        sidecar("{workloadSelector: {labels: {}}, egress: [{hosts: [./*]}]}"),
        "spec.workloadSelector.labels",
        "every workload of the namespace");
  }

  @ParameterizedTest
  @ValueSource(strings = {"./*", "*/*", "~/*", "ns/*", "ns/*.a.b", "*/a.b", "./10.0.0.1"})
  void formsOfEgressHosts(String host) {
    assertAccepted(hosts(host));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reviews.prod | namespace/host",
        "reviews | ./reviews.default.svc.cluster.local or */reviews.default.svc.cluster.local",
        "Prod/a.b | a namespace, '.', '*' or '~'",
        "/a.b | a namespace, '.', '*' or '~'",
        "a_b/a.b | a namespace, '.', '*' or '~'",
        "~prod/a.b | what may not has no released form",
        "prod/ | a DNS name",
        "prod/a..b | a DNS name",
        "prod/*-x.b | a DNS name",
        "prod/*x.b | a DNS name",
        "prod/reviews | a full name behind the slash, such as reviews.prod.svc.cluster.local",
        "prod/a/b.c | a DNS name",
      })
  void otherEgressHostsAreRefused(String host, String expected) {
    assertRefused(hosts(host), "spec.egress[0].hosts[0]", expected);
  }

  @Test
  void entryWithoutHostsIsRefused() {
    assertRefused(egress("{hosts: []}"), "spec.egress[0].hosts", "missing");
    assertRefused(
        egress("{port: {number: 80, protocol: HTTP, name: h}}"), "spec.egress[0].hosts", "missing");
  }

  @Test
  void hostThatIsSaidTwiceIsWarnedOf() {
    assertWarned(hosts("prod/a.b", "prod/a.b"), "spec.egress[0].hosts[1]", "said twice");
    assertWarned(hosts("./*", "default/a.b"), "spec.egress[0].hosts[1]", "said twice");
    assertWarned(hosts("default/a.b", "./*"), "spec.egress[0].hosts[1]", "said twice");
    assertWarned(hosts("*/*", "prod/*"), "spec.egress[0].hosts", "is everything");
  }

  @Test
  void entryForAllPortsIsTheLastAndTheOnlyOne() {
    String port = "{port: {number: 80, protocol: HTTP, name: h}, hosts: [./*]}";
    String all = "{hosts: [./*]}";

    assertAccepted(egress(port, all));
    assertRefused(egress(all, port), "spec.egress[0].port", "only the last entry may have none");
    assertRefused(egress(all, all), "spec.egress[0].port", "only the last entry may have none");
  }

  @Test
  void portsOfEgressAreGoodAndThereOnce() {
    assertRefused(
        egress("{port: {number: 70000}, hosts: [./*]}"),
        "spec.egress[0].port.number",
        "a port from 1 to 65535");
    assertRefused(
        egress("{port: {number: 80}, hosts: [./*]}", "{port: {number: 80}, hosts: [./*]}"),
        "spec.egress[1].port.number",
        "every number once");
    assertRefused(
        egress("{port: {number: 80, protocol: FTP}, hosts: [./*]}"),
        "spec.egress[0].port.protocol",
        "HTTP_PROXY");
    assertRefused(
        egress("{port: {number: 80, name: 'a b'}, hosts: [./*]}"),
        "spec.egress[0].port.name",
        "letters, digits and '-'");
    assertRefused(
        egress("{port: {number: 80, targetPort: 8080}, hosts: [./*]}"),
        "spec.egress[0].port.targetPort",
        "has no target");
  }

  @Test
  void addressOfEgressIsAnIpOrASocket() {
    assertRefused(
        egress("{port: {number: 80}, bind: host, hosts: [./*]}"),
        "spec.egress[0].bind",
        "an IP address");
    assertRefused(
        egress("{port: {number: 0}, hosts: [./*]}"),
        "spec.egress[0].port.number",
        "or bind: unix:///path");
    assertRefused(
        egress("{port: {number: 0}, bind: 'unix://a', hosts: [./*]}"),
        "spec.egress[0].bind",
        "an absolute path");
    assertRefused(
        egress("{port: {number: 0}, bind: 'unix:///a', captureMode: IPTABLES, hosts: [./*]}"),
        "spec.egress[0].captureMode",
        "DEFAULT or NONE");
    assertRefused(
        egress(
            "{port: {number: 0}, bind: 'unix:///a', hosts: [./*]}",
            "{port: {number: 0}, bind: 'unix:///a', hosts: [./*]}"),
        "spec.egress[1].bind",
        "every socket once");
  }

  @Test
  void outboundPolicyIsOneThatASidecarMayHave() {
    assertRefused(
        outbound("{mode: ALLOW_ANY_DYNAMIC_DNS}"),
        "spec.outboundTrafficPolicy.mode",
        "one of REGISTRY_ONLY, ALLOW_ANY");
    assertRefused(
        outbound("{egressProxy: {host: a.b, port: {number: 80}}}"),
        "spec.outboundTrafficPolicy.egressProxy",
        "expected: mode ALLOW_ANY");
    assertRefused(
        outbound("{mode: ALLOW_ANY, egressProxy: {host: '*.b', port: {number: 80}}}"),
        "spec.outboundTrafficPolicy.egressProxy.host",
        "a full DNS name");
    assertRefused(
        outbound("{mode: ALLOW_ANY, egressProxy: {host: a.b}}"),
        "spec.outboundTrafficPolicy.egressProxy.port",
        "missing");
    assertRefused(
        outbound("{mode: ALLOW_ANY, egressProxy: {host: a.b, port: {number: 0}}}"),
        "spec.outboundTrafficPolicy.egressProxy.port.number",
        "a port from 1");
  }

  @Test
  void ingressIsCheckedAndSaidToBeUpToTheServer() {
    assertWarned(
        ingress("{port: {number: 80, protocol: HTTP, name: h}, defaultEndpoint: '127.0.0.1:8080'}"),
        "spec.ingress",
        "not in force");
    assertRefused(ingress("{defaultEndpoint: '127.0.0.1:80'}"), "spec.ingress[0].port", "missing");
    assertRefused(
        ingress("{port: {number: 80}}", "{port: {number: 80}}"),
        "spec.ingress[1].port.number",
        "every number once");
    assertRefused(
        ingress("{port: {number: 80}, bind: host}"), "spec.ingress[0].bind", "an IP address");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:80", "[::1]:80", ":80", "0.0.0.0:80", "unix:///a/b"})
  void formsOfDefaultEndpoints(String endpoint) {
    accepted(Sidecar.class, ingress("{port: {number: 80}, defaultEndpoint: '" + endpoint + "'}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1:80", "80", "127.0.0.1:0", "127.0.0.1:99999", "127.0.0.1:x"})
  void otherDefaultEndpointsAreRefused(String endpoint) {
    assertRefused(
        ingress("{port: {number: 80}, defaultEndpoint: '" + endpoint + "'}"),
        "spec.ingress[0].defaultEndpoint",
        "expected: ");
  }

  @Test
  void tlsOfIngressIsOneThatAWorkloadMayHave() {
    assertRefused(
        ingress("{port: {number: 80, protocol: HTTPS}, tls: {mode: ISTIO_MUTUAL}}"),
        "spec.ingress[0].tls.mode",
        "SIMPLE, MUTUAL");
    assertRefused(
        ingress("{port: {number: 80, protocol: TLS}, tls: {mode: AUTO_PASSTHROUGH}}"),
        "spec.ingress[0].tls.mode",
        "SIMPLE, MUTUAL");
    assertRefused(
        ingress("{port: {number: 80, protocol: HTTP}, tls: {mode: SIMPLE}}"),
        "spec.ingress[0].tls",
        "not HTTPS or TLS");
  }

  @Test
  void connectionPoolsAreCheckedAsThoseOfADestinationRule() {
    assertRefused(
        sidecar("{inboundConnectionPool: {tcp: {maxConnections: -1}}}"),
        "spec.inboundConnectionPool.tcp.maxConnections",
        "0 or more");
    assertRefused(
        ingress("{port: {number: 80}, connectionPool: {}}"),
        "spec.ingress[0].connectionPool",
        "empty");
  }

  @Test
  void whatNothingListensForIsNotInForce() {
    assertWarned(
        egress("{port: {number: 80}, bind: 127.0.0.1, hosts: [./*]}"),
        "spec.egress[0].bind",
        "nothing listens");
    assertWarned(
        egress("{port: {number: 80}, captureMode: NONE, hosts: [./*]}"),
        "spec.egress[0].captureMode",
        "nothing listens");
    assertWarned(
        egress("{port: {number: 80, protocol: HTTP_PROXY}, hosts: [./*]}"),
        "spec.egress[0].port.protocol",
        "no proxy listens");
  }
}
