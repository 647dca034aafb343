package io.librarymesh.controlplane.istio;

import static io.librarymesh.controlplane.istio.Snippets.assertAccepted;
import static io.librarymesh.controlplane.istio.Snippets.assertRefused;
import static io.librarymesh.controlplane.istio.Snippets.only;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules of an Ingress and an IngressClass, which are those of Kubernetes' API server. */
final class IngressRulesTest {

  private static final String BACKEND = "backend: {service: {name: web, port: {number: 80}}}";
  private static final String PATH = "spec.rules[0].http.paths[0]";
  private static final String SERVICE = PATH + ".backend.service";

  private static String ingress(String spec) {
    return Snippets.document("networking.k8s.io/v1", "Ingress", spec);
  }

  private static String ingressClass(String spec) {
    return Snippets.document("networking.k8s.io/v1", "IngressClass", spec);
  }

  private static String path(String fields) {
    return ingress("{rules: [{http: {paths: [{" + fields + "}]}}]}");
  }

  private static String path(String path, String type) {
    return path("path: '" + path + "', pathType: " + type + ", " + BACKEND);
  }

  private static String backend(String backend) {
    return path("path: /, pathType: Prefix, backend: " + backend);
  }

  private static String host(String host) {
    return ingress(
        "{rules: [{host: '"
            + host
            + "', http: {paths: [{path: /, pathType: Prefix, "
            + BACKEND
            + "}]}}]}");
  }

  private static String tls(String tls) {
    return ingress(
        "{defaultBackend: {service: {name: web, port: {name: http}}}, tls: [" + tls + "]}");
  }

  @Test
  void everythingIsRead() {
    Ingress ingress =
        only(
            Ingress.class,
            ingress(
                "{ingressClassName: istio, defaultBackend: {service: {name: web, port: {name: http}}},"
                    + " rules: [{host: '*.a.b', http: {paths: [{path: /x, pathType: Exact, "
                    + BACKEND
                    + "}, {pathType: ImplementationSpecific, "
                    + BACKEND
                    + "}]}}, {host: c.d}], tls: [{hosts: [a.b], secretName: s}, {}]}"));

    assertThat(ingress.kind()).isEqualTo(Resource.Kind.INGRESS);
    assertThat(ingress.ingressClassName()).contains("istio");
    Ingress.Backend fallback = ingress.defaultBackend().orElseThrow();
    assertThat(fallback.service()).isEqualTo("web");
    assertThat(fallback.portName()).isEqualTo("http");
    assertThat(fallback.port()).isEmpty();
    Ingress.Rule first = ingress.rules().get(0);
    assertThat(first.host()).isEqualTo("*.a.b");
    assertThat(first.paths())
        .extracting(Ingress.Path::type)
        .containsExactly(Ingress.PathType.EXACT, Ingress.PathType.IMPLEMENTATION_SPECIFIC);
    assertThat(first.paths()).extracting(Ingress.Path::path).containsExactly("/x", "");
    assertThat(first.paths().get(0).backend().port()).contains(80);
    assertThat(first.paths().get(0).backend().portName()).isEmpty();
    assertThat(ingress.rules().get(1).paths()).isEmpty();
    assertThat(ingress.tls().get(0).hosts()).containsExactly("a.b");
    assertThat(ingress.tls().get(0).secretName()).isEqualTo("s");
    assertThat(ingress.tls().get(1).secretName()).isEmpty();
  }

  @Test
  void aClassIsReadByItsController() {
    IngressClass read =
        only(
            IngressClass.class,
            ingressClass(
                "{controller: istio.io/ingress-controller, parameters: {kind: X, name: y}}"));

    assertThat(read.controller()).isEqualTo(IngressClass.ISTIO_CONTROLLER);
    assertThat(read.kind()).isEqualTo(Resource.Kind.INGRESS_CLASS);
  }

  @Test
  void onlyVersion1IsRead() {
    String v1 = host("a.b");
    String path = "apiVersion";
    assertRefused(
        v1.replace("k8s.io/v1", "k8s.io/v1beta1"), path, "networking.k8s.io/v1 for an Ingress");
    assertRefused(
        v1.replace("networking.k8s.io/v1", "extensions/v1beta1"), path, "networking.k8s.io/v1");
  }

  @Test
  void findingsHaveTheirPlace() {
    assertThat(Snippets.read(path("path: x, pathType: Exact, " + BACKEND)).findings())
        .singleElement()
        .asString()
        .startsWith("test.yaml:2:40: error: " + PATH + ".path: x (expected: a path that begins");
  }

  @Test
  void somethingIsSaid() {
    assertRefused(ingress("{ingressClassName: istio}"), "spec", "rules, or a defaultBackend");
  }

  @Test
  void className() {
    assertRefused(
        ingress("{ingressClassName: A_b, rules: [{host: a.b}]}"),
        "spec.ingressClassName",
        "A_b (expected: lower-case");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a.b", "*.b", "*.a.b", "1.a"})
  void hostsThatAreTaken(String host) {
    assertAccepted(host(host));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "10.0.0.1 | a DNS name, no address",
        "::1      | a DNS name, no address",
        "*        | a DNS name in lower case",
        "*a.b     | a DNS name in lower case",
        "a.*.b    | a DNS name in lower case",
        "A.b      | a DNS name in lower case",
        "a_b      | a DNS name in lower case",
      })
  void hostsAreNamesOfDns(String host, String words) {
    assertRefused(host(host), "spec.rules[0].host", words);
    assertRefused(tls("{hosts: ['" + host + "'], secretName: s}"), "spec.tls[0].hosts[0]", words);
  }

  @Test
  void hostsOfTlsAreNotEmpty() {
    assertRefused(tls("{hosts: ['']}"), "spec.tls[0].hosts[0]", "missing");
  }

  @Test
  void secretName() {
    assertRefused(tls("{secretName: A_b}"), "spec.tls[0].secretName", "A_b (expected: lower-case");
  }

  @Test
  void pathsAreThereAndHaveAType() {
    assertRefused(
        ingress("{rules: [{http: {paths: []}}]}"), "spec.rules[0].http", "no paths (expected");
    assertRefused(path("path: /, " + BACKEND), PATH, "no pathType (expected: one of Exact");
    assertRefused(path("/", "Suffix"), PATH + ".pathType", "Exact");
    assertRefused(path("path: /, pathType: Exact"), PATH, "no backend");
  }

  @ParameterizedTest
  @CsvSource({
    "/, Exact",
    "/a/b, Prefix",
    "/a/, Prefix",
    "/a.b, Exact",
    "/a..b, Exact",
    "''," + " ImplementationSpecific",
    "/a//b, ImplementationSpecific",
    "/.*, ImplementationSpecific"
  })
  void pathsThatAreTaken(String path, String type) {
    assertAccepted(path(path, type));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "a, Exact, begins with",
        "\"\", Prefix, begins with",
        "a, ImplementationSpecific, begins with",
        "/a//b, Exact, without '//'",
        "/a/./b, Prefix, without '/./'",
        "/a/../b, Prefix, without '/../'",
        "/a%2fb, Exact, without '%2f'",
        "/a%2Fb, Exact, without '%2F'",
        "/a/.., Exact, does not end with /..",
        "/a/., Prefix, does not end with /."
      })
  void pathsThatAreRefused(String path, String type, String words) {
    assertThat(Snippets.errors(path(path, type)))
        .singleElement()
        .satisfies(
            error -> {
              assertThat(error.fieldPath()).isEqualTo(PATH + ".path");
              assertThat(error.message()).contains(words, "expected: a path");
            });
  }

  @Test
  void backends() {
    assertRefused(backend("{}"), PATH + ".backend", "missing (expected: service");
    assertRefused(backend("{service: {port: {number: 80}}}"), SERVICE + ".name", "missing");
    assertRefused(
        backend("{service: {name: A, port: {number: 80}}}"), SERVICE + ".name", "lower-case");
    assertRefused(backend("{service: {name: a}}"), SERVICE + ".port", "number or name");
    assertRefused(backend("{service: {name: a, port: {}}}"), SERVICE + ".port", "number or name");
    assertRefused(
        backend("{service: {name: a, port: {number: 80, name: http}}}"),
        SERVICE + ".port",
        "number and name together");
    assertRefused(
        backend("{service: {name: a, port: {number: 0}}}"),
        SERVICE + ".port.number",
        "0 (expected");
    assertRefused(
        backend("{service: {name: a, port: {number: 65536}}}"), SERVICE + ".port.number", "65536");
    assertRefused(
        backend("{service: {name: a, port: {name: A_b}}}"),
        SERVICE + ".port.name",
        "a port's name");
    assertRefused(
        ingress("{defaultBackend: {service: {name: a}}}"),
        "spec.defaultBackend.service.port",
        "number or name");
  }

  @Test
  void backendsThatAreObjectsAreRefused() {
    assertRefused(
        backend("{resource: {apiGroup: k8s.example.com, kind: StorageBucket, name: icons}}"),
        PATH + ".backend.resource",
        "expected: service");
  }

  @ParameterizedTest
  @ValueSource(strings = {"istio", "/x", "a.b/", "A.b/x"})
  void controllersHaveADomain(String controller) {
    assertRefused(
        ingressClass("{controller: " + controller + "}"), "spec.controller", "DOMAIN/PATH");
  }

  @Test
  void aClassHasAController() {
    assertRefused(ingressClass("{parameters: {}}"), "spec.controller", "missing");
    assertRefused(
        ingressClass("{controller: a.b/" + "x".repeat(247) + "}"), "spec.controller", "DOMAIN");
    assertAccepted(ingressClass("{controller: a.b/" + "x".repeat(246) + "}"));
  }

  @Test
  void unknownFieldsAreNamed() {
    assertRefused(
        ingress("{rule: [], rules: [{host: a.b}]}"), "spec.rule", "did you mean 'rules'?");
  }
}
