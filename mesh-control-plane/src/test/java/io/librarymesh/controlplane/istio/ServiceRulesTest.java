package io.librarymesh.controlplane.istio;

import static io.librarymesh.controlplane.istio.Snippets.document;
import static io.librarymesh.controlplane.istio.Snippets.service;
import static io.librarymesh.controlplane.istio.Snippets.serviceEntry;
import static io.librarymesh.controlplane.istio.Snippets.workloadEntry;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused in ServiceEntries, WorkloadEntries, Services and metadata, and what is taken. */
final class ServiceRulesTest {
  private static final List<String> HOSTS_257 =
      IntStream.rangeClosed(1, 257).mapToObj(i -> "a" + i + ".com").toList();
  private static final String PORTS = "ports: [{number: 80, name: http, protocol: HTTP}]";
  private static final String ROUTED = "{hosts: [a], http: [{" + Snippets.ROUTE + "}]}";

  private static Arguments refused(String text, String path, String words) {
    return Arguments.of(text, path, words);
  }

  private static Arguments refusedEntry(String fields, String path, String words) {
    return Arguments.of(serviceEntry("{" + fields + "}"), "spec." + path, words);
  }

  static Stream<Arguments> serviceEntries() {
    String host = "hosts: [a.com], ";
    String fixed = host + PORTS + ", ";
    return Stream.of(
        refusedEntry(PORTS, "hosts", "missing"),
        refusedEntry("hosts: ['*'], " + PORTS, "hosts[0]", "narrower host"),
        refusedEntry(
            "hosts: " + HOSTS_257 + ", " + PORTS, "hosts", "257 hosts (expected: at most 256)"),
        refusedEntry("hosts: [a_b], " + PORTS, "hosts[0]", "DNS name"),
        refusedEntry(
            "hosts: ['*-x.com'], resolution: DYNAMIC_DNS, " + PORTS, "hosts[0]", "a whole label"),
        refusedEntry(fixed + "addresses: [1.2.3]", "addresses[0]", "IP address"),
        refusedEntry(
            fixed + "resolution: DNS, addresses: [10.0.0.0/8]", "addresses[0]", "single addresses"),
        refusedEntry(host + "ports: [{name: a, protocol: HTTP}]", "ports[0].number", "65535"),
        refusedEntry(
            host + "ports: [{number: 1, name: a}, {number: 1, name: b}]",
            "ports[1].number",
            "every number once"),
        refusedEntry(host + "ports: [{number: 1}]", "ports[0].name", "missing"),
        refusedEntry(host + "ports: [{number: 1, name: a.b}]", "ports[0].name", "letters"),
        refusedEntry(
            host + "ports: [{number: 1, name: a}, {number: 2, name: a}]",
            "ports[1].name",
            "every name once"),
        refusedEntry(
            host + "ports: [{number: 1, name: a, protocol: HTPS}]",
            "ports[0].protocol",
            "did you mean 'HTTPS'?"),
        refusedEntry(
            host + "ports: [{number: 1, name: a, targetPort: 0}]", "ports[0].targetPort", "65535"),
        refusedEntry(fixed + "resolution: MAYBE", "resolution", "one of NONE, STATIC, DNS"),
        refusedEntry(fixed + "location: INSIDE", "location", "one of MESH_EXTERNAL"),
        refusedEntry(
            fixed
                + "resolution: STATIC, endpoints: [{address: 1.1.1.1}], workloadSelector: {labels:"
                + " {a: b}}",
            "endpoints",
            "together with workloadSelector"),
        refusedEntry(fixed + "endpoints: [{address: 1.1.1.1}]", "endpoints", "resolution NONE"),
        refusedEntry(
            fixed + "resolution: DNS_ROUND_ROBIN, endpoints: [{address: a.b}, {address: b.c}]",
            "endpoints",
            "at most 1"),
        refusedEntry(
            fixed + "resolution: STATIC, endpoints: [{address: a.b}]",
            "endpoints[0].address",
            "an IP address with resolution STATIC"),
        refusedEntry(
            fixed + "resolution: DNS, endpoints: [{address: 'unix:///a'}]",
            "endpoints[0].address",
            "a DNS name or an IP address"),
        refusedEntry(
            fixed + "resolution: STATIC, endpoints: [{address: 1.1.1.1, ports: {htp: 1}}]",
            "endpoints[0].ports.htp",
            "did you mean 'http'?"),
        refusedEntry(
            "hosts: ['*.a.com'], resolution: DNS, " + PORTS, "hosts[0]", "DNS can resolve"),
        refusedEntry(fixed + "resolution: DYNAMIC_DNS", "hosts[0]", "a wildcard with DYNAMIC_DNS"),
        refusedEntry(
            "hosts: ['*.a.com'], resolution: DYNAMIC_DNS, ports: [{number: 1, name: a, protocol:"
                + " TCP}]",
            "ports[0].protocol",
            "HTTP, HTTP2, GRPC or TLS"),
        refusedEntry(
            "hosts: ['*.a.com'], resolution: DYNAMIC_DNS, addresses: [1.1.1.1], " + PORTS,
            "addresses",
            "none with DYNAMIC_DNS"),
        refusedEntry(
            "hosts: ['*.a.com'], resolution: DYNAMIC_DNS, endpoints: [{address: 1.1.1.1}], "
                + PORTS,
            "endpoints",
            "none with DYNAMIC_DNS"),
        refusedEntry(fixed + "exportTo: ['~', a]", "exportTo[0]", "no other value"),
        refusedEntry(
            fixed + "resolution: STATIC, workloadSelector: {labels: {a: 'b*'}}",
            "workloadSelector.labels.a",
            "no wildcard"));
  }

  static Stream<Arguments> workloadEntries() {
    return Stream.of(
        refused(workloadEntry("{labels: {a: b}}"), "spec.address", "missing"),
        refused(workloadEntry("{address: a_b}"), "spec.address", "IP address, a DNS name"),
        refused(workloadEntry("{address: 'unix://a'}"), "spec.address", "absolute path"),
        refused(workloadEntry("{address: 'unix:///a/'}"), "spec.address", "absolute path"),
        refused(
            workloadEntry("{address: 'unix:///a', ports: {http: 1}}"), "spec.ports", "unix socket"),
        refused(workloadEntry("{address: 1.1.1.1, ports: {http: 0}}"), "spec.ports.http", "65535"),
        refused(
            workloadEntry("{address: 1.1.1.1, ports: {a.b: 1}}"),
            "spec.ports[\"a.b\"]",
            "a port's name"),
        refused(
            workloadEntry("{address: 1.1.1.1, labels: {'a b': c}}"),
            "spec.labels[\"a b\"]",
            "a label key"));
  }

  static Stream<Arguments> services() {
    String selector = "selector: {app: a}, ";
    return Stream.of(
        refused(service("{selector: {app: a}}"), "spec.ports", "at least one port"),
        refused(service("{" + selector + "ports: [{port: 0}]}"), "spec.ports[0].port", "65535"),
        refused(
            service("{" + selector + "ports: [{port: 1, name: a}, {port: 2}]}"),
            "spec.ports[1].name",
            "more than one port"),
        refused(
            service("{" + selector + "ports: [{port: 1, name: a}, {port: 2, name: a}]}"),
            "spec.ports[1].name",
            "every name once"),
        refused(
            service("{" + selector + "ports: [{port: 1, name: A}]}"),
            "spec.ports[0].name",
            "lower"),
        refused(
            service("{" + selector + "ports: [{port: 1, protocol: HTTP}]}"),
            "spec.ports[0].protocol",
            "appProtocol or the port's name"),
        refused(
            service("{" + selector + "ports: [{port: 1, targetPort: 70000}]}"),
            "spec.ports[0].targetPort",
            "65535"),
        refused(
            service("{" + selector + "ports: [{port: 1, targetPort: Http}]}"),
            "spec.ports[0].targetPort",
            "a port's name"),
        refused(
            service("{selector: {app: 'a b'}, ports: [{port: 1}]}"), "spec.selector.app", "label"),
        refused(
            service("{" + selector + "type: ClusterIp, ports: [{port: 1}]}"),
            "spec.type",
            "did you mean 'ClusterIP'?"),
        refused(
            service("{" + selector + "clusterIP: any, ports: [{port: 1}]}"),
            "spec.clusterIP",
            "IP address or None"),
        refused(service("{type: ExternalName}"), "spec.externalName", "a DNS name"));
  }

  static Stream<Arguments> metadata() {
    String routed = ", spec: " + ROUTED + "}";
    String top = "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: ";
    return Stream.of(
        refused(top + "{}" + routed, "metadata.name", "missing"),
        refused(
            "{apiVersion: networking.istio.io/v1, kind: VirtualService" + routed,
            "metadata.name",
            "missing"),
        refused(top + "{name: Upper}" + routed, "metadata.name", "lower-case"),
        refused(top + "{name: a, namespace: a.b}" + routed, "metadata.namespace", "lower-case"),
        refused(
            top + "{name: a, labels: {a: 1}}" + routed, "metadata.labels.a", "expected a string"),
        refused(top + "{name: a, labels: {a: '-'}}" + routed, "metadata.labels.a", "label value"),
        refused(
            top + "{name: a, annotations: {internal.istio.io/parents: b}}" + routed,
            "metadata.annotations[\"internal.istio.io/parents\"]",
            "reserved by Istio"),
        refused(
            top + "{name: a, annotations: {istio.io/dry-run: 'true'}}" + routed,
            "metadata.annotations[\"istio.io/dry-run\"]",
            "only on an AuthorizationPolicy"),
        refused(
            top + "{name: a, annotations: {librarymesh.io/retry-any-methods: 'true'}}" + routed,
            "metadata.annotations[\"librarymesh.io/retry-any-methods\"]",
            "only librarymesh.io/retry-any-method or librarymesh.io/hedge-on-per-try-timeout on a"
                + " VirtualService"),
        refused(
            top + "{name: a, annotations: {librarymesh.io/retry-any-method: 'yes'}}" + routed,
            "metadata.annotations[\"librarymesh.io/retry-any-method\"]",
            "true or false"),
        refused(
            top + "{name: a, annotations: {librarymesh.io/hedge-on-per-try-timeout: '1'}}" + routed,
            "metadata.annotations[\"librarymesh.io/hedge-on-per-try-timeout\"]",
            "true or false"),
        refused(
            top
                + "{name: a, annotations: {librarymesh.io/hedge-on-per-try-timeout: 'true'}}"
                + routed,
            "metadata.annotations[\"librarymesh.io/hedge-on-per-try-timeout\"]",
            "beside a rule with retries.perTryTimeout"),
        refused(
            top + "{name: a, creationTimestamp: yesterday}" + routed,
            "metadata.creationTimestamp",
            "expected a time"),
        refused(top + "{name: a}}", "", "no spec"),
        refused(
            "{apiVersion: v1, kind: Service, metadata: {name: a.b}, spec: {selector: {a: b}, ports:"
                + " [{port: 1}]}}",
            "metadata.name",
            "beginning with a letter"));
  }

  @ParameterizedTest
  @MethodSource({"serviceEntries", "workloadEntries", "services", "metadata"})
  void whatIsInvalidIsRefusedOnceAtItsPlace(String text, String path, String words) {
    Snippets.assertRefused(text, path, words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{hosts: [a.com], " + PORTS + "}",
        "{hosts: [a.com], resolution: DNS, location: MESH_INTERNAL, exportTo: ['*'], "
            + PORTS
            + "}",
        "{hosts: [a.com], resolution: STATIC, endpoints: [{address: '::1', ports: {http: 8080},"
            + " weight: 3, labels: {v: '1'}}], "
            + PORTS
            + "}",
        "{hosts: ['*.a.com'], resolution: DNS, endpoints: [{address: b.com}], " + PORTS + "}",
        "{hosts: ['*.a.com'], resolution: DYNAMIC_DNS, " + PORTS + "}",
        "{hosts: [a.com], resolution: STATIC, workloadSelector: {labels: {a: b}}, " + PORTS + "}",
        "{hosts: [a.com], ports: [{number: 22, name: tcp, protocol: tcp}]}",
        "{hosts: [a.com], ports: [{number: 22, name: any, targetPort: 23}]}",
      })
  void validServiceEntriesAreTaken(String spec) {
    Snippets.assertAccepted(serviceEntry(spec));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{address: 10.0.0.1, ports: {http: 8080}, labels: {app: a, version: v1}, weight: 5}",
        "{address: vm.example.com}",
      })
  void validWorkloadEntriesAreTaken(String spec) {
    Snippets.assertAccepted(workloadEntry(spec));
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix://@abstract", "unix:///run/a"})
  void unixSocketsAreTakenAndNamed(String address) {
    String message = "clients do not connect to unix sockets";

    Snippets.assertWarned(workloadEntry("{address: '" + address + "'}"), "spec.address", message);
    Snippets.assertWarned(
        serviceEntry(
            "{hosts: [a.com], resolution: STATIC, endpoints: [{address: '"
                + address
                + "'}], "
                + PORTS
                + "}"),
        "spec.endpoints[0].address",
        message);
  }

  @Test
  void aTargetPortOfHostsThatNobodyKnowsIsNamed() { // 12.1
    Snippets.assertWarned(
        serviceEntry(
            "{hosts: ['*.a.com'], ports: [{number: 80, name: http, protocol: HTTP,"
                + " targetPort: 81}]}"),
        "spec.ports[0].targetPort",
        "without effect");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{selector: {app: a}, ports: [{port: 80}]}",
        "{selector: {app: a}, ports: [{port: 80, targetPort: http, name: http-web, appProtocol:"
            + " http, protocol: TCP}]}",
        "{selector: {app: a}, clusterIP: None}",
        "{selector: {app: a}, type: NodePort, ports: [{port: 80, nodePort: 30080, targetPort: 8080}],"
            + " clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1], ipFamilies: [IPv4], ipFamilyPolicy:"
            + " SingleStack, sessionAffinity: None, internalTrafficPolicy: Cluster}",
      })
  void validServicesAreTaken(String spec) {
    Snippets.assertAccepted(service(spec));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1beta1", "v1alpha3"})
  void everyVersionOfIstiosApiIsTaken(String version) {
    Snippets.assertAccepted(document("networking.istio.io/" + version, "VirtualService", ROUTED));
  }

  static Stream<Arguments> warned() {
    return Stream.of(
        refused(serviceEntry("{hosts: [a.com]}"), "spec.ports", "nothing of it can be called"),
        refused(serviceEntry("{hosts: ['*-x.com'], " + PORTS + "}"), "spec.hosts[0]", "within a"),
        refused(
            serviceEntry("{hosts: [a.com], workloadSelector: {labels: {a: b}}, " + PORTS + "}"),
            "spec.workloadSelector.labels",
            "resolution is NONE"),
        refused(service("{ports: [{port: 1}]}"), "spec.selector", "no workload serves this"));
  }

  @ParameterizedTest
  @MethodSource("warned")
  void whatIsValidButUselessIsWarnedOf(String text, String path, String words) {
    Snippets.assertWarned(text, path, words);
  }
}
