package io.librarymesh.controlplane.istio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Istio's validation and schema refuse in a WorkloadGroup, and what is taken. */
class WorkloadGroupRulesTest {
  private static String group(String spec) {
    return Snippets.document("networking.istio.io/v1", "WorkloadGroup", spec);
  }

  private static String probe(String probe) {
    return group("{template: {}, probe: {" + probe + "}}");
  }

  private static Arguments refused(String text, String path, String words) {
    return Arguments.of(text, path, words);
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        refused(group("{metadata: {}}"), "spec", "no template"),
        refused(
            group("{template: {}, metadata: {labels: {a: 'b c'}}}"),
            "spec.metadata.labels.a",
            "label value"),
        refused(group("{template: {labels: {'a b': c}}}"), "spec.template.labels[\"a b\"]", "key"),
        refused(group("{template: {ports: {http: 0}}}"), "spec.template.ports.http", "65535"),
        refused(
            group("{template: {ports: {a.b: 1}}}"), "spec.template.ports[\"a.b\"]", "port's name"),
        refused(
            group("{template: {address: 'unix://a'}}"), "spec.template.address", "absolute path"),
        refused(probe("periodSeconds: -1, tcpSocket: {port: 1}"), "spec.probe.periodSeconds", "0"),
        refused(
            probe("initialDelaySeconds: -1, tcpSocket: {port: 1}"),
            "spec.probe.initialDelaySeconds",
            "0 or more"),
        refused(
            probe("timeoutSeconds: -1, tcpSocket: {port: 1}"), "spec.probe.timeoutSeconds", "0"),
        refused(
            probe("successThreshold: -1, tcpSocket: {port: 1}"),
            "spec.probe.successThreshold",
            "0 or more"),
        refused(
            probe("failureThreshold: -1, tcpSocket: {port: 1}"),
            "spec.probe.failureThreshold",
            "0 or more"),
        refused(probe("periodSeconds: 1"), "spec.probe", "unknown method"),
        refused(probe("grpc: {port: 1}"), "spec.probe", "unknown method"),
        refused(
            probe("tcpSocket: {port: 1}, exec: {command: [a]}"), "spec.probe", "unknown method"),
        refused(probe("tcpSocket: {}"), "spec.probe.tcpSocket.port", "65535"),
        refused(probe("httpGet: {port: 70000}"), "spec.probe.httpGet.port", "65535"),
        refused(
            probe("httpGet: {port: 1, scheme: http}"),
            "spec.probe.httpGet.scheme",
            "HTTP or HTTPS"),
        refused(
            probe("httpGet: {port: 1, httpHeaders: [{name: 'a b', value: c}]}"),
            "spec.probe.httpGet.httpHeaders[0].name",
            "letters, digits"),
        refused(probe("exec: {command: []}"), "spec.probe.exec.command", "a command"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusesWithItsPlace(String text, String path, String words) {
    assertThat(Snippets.errors(text))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.fieldPath()).isEqualTo(path);
              assertThat(finding.message()).contains(words);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{template: {}}",
        "{template: {network: net1, weight: 0}}",
        "{template: {}, probe: {httpGet: {path: /, port: 1, scheme: HTTPS, host: h, httpHeaders: [{name: a, value: b}]}}}",
        "{template: {}, probe: {periodSeconds: 0, exec: {command: [/bin/true, -x]}}}"
      })
  void takes(String spec) {
    assertThat(Snippets.errors(group(spec))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1beta1", "v1alpha3"})
  void isReadInEveryVersion(String version) {
    String text =
        Snippets.document(
            "networking.istio.io/" + version,
            "WorkloadGroup",
            "{metadata: {labels: {a: b}, annotations: {c: d}}, template: {ports: {http: 8080},"
                + " labels: {e: f}, weight: 3, locality: eu/eu-a, network: net1, serviceAccount: s}}");

    assertThat(Snippets.read(text).resources())
        .singleElement()
        .isInstanceOfSatisfying(
            WorkloadGroup.class,
            group -> {
              assertThat(group.labels()).isEqualTo(Map.of("a", "b"));
              assertThat(group.annotations()).isEqualTo(Map.of("c", "d"));
              assertThat(group.template().ports()).isEqualTo(Map.of("http", 8080));
              assertThat(group.template().labels()).isEqualTo(Map.of("e", "f"));
              assertThat(group.template().weight()).isEqualTo(3);
              assertThat(group.template().locality()).isEqualTo("eu/eu-a");
              assertThat(group.template().network()).isEqualTo("net1");
              assertThat(group.template().serviceAccount()).isEqualTo("s");
            });
  }

  @Test
  void whatIsNotInForceIsReported() {
    String text =
        group(
            "{metadata: {annotations: {a: b}}, probe: {tcpSocket: {port: 1}}, template: {address:"
                + " 1.1.1.1, network: net1}}");

    assertThat(Snippets.read(text).findings())
        .extracting(Finding::fieldPath)
        .containsExactlyInAnyOrder(
            "spec.metadata.annotations",
            "spec.probe",
            "spec.template.address",
            "spec.template.network");
  }
}
