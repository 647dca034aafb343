package io.librarymesh.controlplane.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.convert.Conversion.Form;
import org.junit.jupiter.api.Test;

/** Routes of the Gateway API as VirtualServices, or why not. */
class RoutesToRulesTest {

  private static Files convert(String text) {
    return Files.convert(text, Form.ISTIO);
  }

  private static String route(String name, String parent, String rules) {
    return """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: %s, namespace: prod}
        spec:
          parentRefs: [%s]
          rules: [%s]
        """
        .formatted(name, parent, rules);
  }

  private static final String REVIEWS = "{group: '', kind: Service, name: reviews}";

  private static String backend(String name) {
    return "backendRefs: [{name: " + name + ", port: 80}]";
  }

  @Test
  void segmentsBecomeThePathItselfAndWhatIsBelow() {
    Files files =
        convert(
            route(
                "reviews",
                REVIEWS,
                "{"
                    + backend("rest")
                    + "},"
                    + "{matches: [{path: {value: /a}}], "
                    + backend("a")
                    + "},"
                    + "{matches: [{path: {value: /b/c}}], "
                    + backend("b")
                    + ", filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch,"
                    + " replacePrefixMatch: /x}}}]}"));

    assertThat(files.findings()).isEmpty();
    assertThat(files.after())
        .isEqualTo(
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              name: reviews
              namespace: prod
            spec:
              hosts:
                - reviews
              http:
                - match:
                    - uri:
                        exact: /b/c
                  route:
                    - destination:
                        host: b
                        port:
                          number: 80
                      weight: 1
                  rewrite:
                    uri: /x
                - match:
                    - uri:
                        prefix: /b/c/
                  route:
                    - destination:
                        host: b
                        port:
                          number: 80
                      weight: 1
                  rewrite:
                    uri: /x/
                - match:
                    - uri:
                        exact: /a
                    - uri:
                        prefix: /a/
                  route:
                    - destination:
                        host: a
                        port:
                          number: 80
                      weight: 1
                - match:
                    - uri:
                        prefix: /
                  route:
                    - destination:
                        host: rest
                        port:
                          number: 80
                      weight: 1
            """);
  }

  @Test
  void routesForOneHostBecomeOneVirtualService() {
    Files files =
        convert(
            route("a", REVIEWS, "{matches: [{path: {value: /a}}], " + backend("a") + "}")
                + "---\n"
                + route("b", REVIEWS, "{matches: [{path: {value: /b/c}}], " + backend("b") + "}")
                + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n");

    assertThat(files.findings())
        .containsExactly(
            "f.yaml:8:1: info: its rules stand in the VirtualService of a, since of several for one"
                + " host one would count");
    assertThat(Files.meaning(files.after())).hasSize(1);
    assertThat(files.after().indexOf("/b/c")).isLessThan(files.after().indexOf("/a\n"));
    assertThat(files.after())
        .endsWith("weight: 1\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\n");
  }

  @Test
  void awayFromHomeRulesAreForCallersOfTheirOwnNamespace() {
    Files files =
        convert(
            route(
                "reviews",
                "{group: '', kind: Service, name: reviews, namespace: other, port: 9080}",
                "{" + backend("a") + "}"));

    assertThat(files.findings()).isEmpty();
    assertThat(files.after())
        .contains("hosts:\n    - reviews.other.svc.cluster.local\n  exportTo:\n    - \".\"\n")
        .contains("port: 9080\n");
  }

  @Test
  void routesForGatewaysAndWhatNobodyCanCallStay() {
    String gateway = route("g", "{name: edge}", "{" + backend("a") + "}");
    String pool =
        route("p", REVIEWS, "{backendRefs: [{group: x.io, kind: Pool, name: p, port: 1}]}");
    Files files = convert(gateway + "---\n" + pool);

    assertThat(files.converted().text()).isEmpty();
    assertThat(files.findings()).hasSize(2);
    assertThat(files.findings().get(0))
        .startsWith("f.yaml:5:16: warning: spec.parentRefs: the Gateway edge")
        .endsWith("HTTPRoute g stays as it was");
    assertThat(files.findings().get(1)).startsWith("f.yaml:13:").contains("x.io/Pool");
  }

  @Test
  void aRedirectToThePortOfItsSchemeStaysWhereAnotherPortWouldStay() {
    String redirect = "{filters: [{type: RequestRedirect, requestRedirect: {scheme: https%s}}]}";
    Files alone = convert(route("a", REVIEWS, redirect.formatted("")));
    Files elsewhere = convert(route("a", REVIEWS, redirect.formatted(", hostname: new")));

    assertThat(alone.converted().text()).isEmpty();
    assertThat(alone.findings())
        .singleElement()
        .asString()
        .contains("spec.rules.filters.requestRedirect.scheme: a VirtualService stays at the port");
    assertThat(elsewhere.findings()).isEmpty();
    assertThat(elsewhere.after()).contains("derivePort: FROM_PROTOCOL_DEFAULT");
  }

  @Test
  void aRouteBesideOneThatStaysStaysToo() {
    String converts = route("a", REVIEWS, "{" + backend("a") + "}");
    String stays = route("b", REVIEWS, "{backendRefs: [{group: x.io, kind: P, name: p, port: 1}]}");
    Files files = convert(converts + "---\n" + stays);

    assertThat(files.converted().text()).isEmpty();
    assertThat(files.findings().get(0)).contains("for the same host stays");
  }

  @Test
  void inAListEachItemIsReplaced() {
    String list =
        """
        apiVersion: v1
        kind: List
        items:
          # the first
          - apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: reviews, namespace: prod}
            spec:
              parentRefs: [{group: '', kind: Service, name: reviews}]
              rules: [{backendRefs: [{name: a, port: 80}]}]
          - apiVersion: v1
            kind: Pod
            metadata: {name: p}
        """;
    Files files = convert(list);

    assertThat(files.findings()).isEmpty();
    assertThat(files.after())
        .startsWith(
            """
            apiVersion: v1
            kind: List
            items:
              # the first
              - apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata:
                  name: reviews
            """)
        .endsWith("  - apiVersion: v1\n    kind: Pod\n    metadata: {name: p}\n");
    assertThat(Files.meaning(files.after())).hasSize(1);
  }

  @Test
  void jsonBecomesJson() {
    Files files =
        convert(
            "{\"apiVersion\": \"gateway.networking.k8s.io/v1\", \"kind\": \"HTTPRoute\","
                + " \"metadata\": {\"name\": \"r\"}, \"spec\": {\"parentRefs\": [{\"group\": \"\","
                + " \"kind\": \"Service\", \"name\": \"r\"}], \"rules\": [{\"backendRefs\":"
                + " [{\"name\": \"a\", \"port\": 80}]}]}}\n");

    assertThat(files.after())
        .startsWith(
            "{\n  \"apiVersion\": \"networking.istio.io/v1\",\n  \"kind\": \"VirtualService\",")
        .endsWith("}\n");
    assertThat(Files.meaning(files.after())).hasSize(1);
  }
}
