package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.Finding;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What there is to say about routes of the Gateway API; calls are conformance cases. */
class GatewayFindingsTest {

  private static String route(String parents, String rules) {
    return """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: r, namespace: prod}
        spec:
          parentRefs: [%s]
          rules: [%s]
        """
        .formatted(parents, rules);
  }

  private static final String REVIEWS = "{kind: Service, group: '', name: reviews}";
  private static final String TO_WEB = "{backendRefs: [{name: web, port: 80}]}";

  private static List<Finding> findings(String parents, String rules) {
    return ReferenceFindings.of(World.standard().with(route(parents, rules)).context());
  }

  @Test
  void whatLeadsSomewhereIsNotMentioned() {
    assertThat(findings(REVIEWS, TO_WEB)).isEmpty();
  }

  @Test
  void parentThatIsNotThereIsNamed() {
    assertThat(findings("{kind: Service, group: '', name: revews}", TO_WEB))
        .singleElement()
        .hasToString(
            "2.yaml:5:16: warning: spec.parentRefs[0].name: revews.prod.svc.cluster.local: no such"
                + " service, so nobody uses it");
    assertThat(findings("{kind: Service, group: '', name: reviews, port: 81}", TO_WEB))
        .singleElement()
        .matches(f -> f.message().endsWith("(expected: one of [9080])"));
    assertThat(findings("{kind: ServiceEntry, group: networking.istio.io, name: e}", TO_WEB))
        .singleElement()
        .matches(f -> f.message().startsWith("prod/e: no such ServiceEntry"));
  }

  @Test
  void backendThatIsNotThereIsNamed() {
    assertThat(findings(REVIEWS, "{backendRefs: [{name: wep, port: 80}]}"))
        .singleElement()
        .matches(f -> f.fieldPath().equals("spec.rules[0].backendRefs[0].name"))
        .matches(f -> f.message().contains("calls fail with 500"));
    assertThat(findings(REVIEWS, "{backendRefs: [{name: web, port: 81}]}"))
        .singleElement()
        .matches(f -> f.fieldPath().equals("spec.rules[0].backendRefs[0].port"))
        .matches(f -> f.message().endsWith("(expected: one of [80, 8080])"));
    assertThat(
            findings(
                REVIEWS,
                "{filters: [{type: RequestMirror, requestMirror:"
                    + " {backendRef: {name: wep, port: 80}}}],"
                    + " backendRefs: [{name: web, port: 80}]}"))
        .singleElement()
        .matches(
            f -> f.fieldPath().equals("spec.rules[0].filters[0].requestMirror.backendRef.name"));
  }

  @Test
  void routeForAGatewayIsNoMatterOfOurs() {
    assertThat(findings("{name: gateway}", "{backendRefs: [{name: wep, port: 80}]}")).isEmpty();
  }

  @Test
  void hostsOfItsServicesChangeWithARoute() {
    PushContext before = World.standard().context();
    PushContext after = World.standard().with(route(REVIEWS, TO_WEB)).context();

    Set<String> changed =
        PushContext.changedHosts(before.resources(), after.resources(), MeshConfig.DEFAULT);
    assertThat(changed).containsExactly("reviews.prod.svc.cluster.local");
  }

  @Test
  void routesSayWhatTheyWereMadeOf() {
    World.Client client = World.standard().with(route(REVIEWS, TO_WEB)).client();

    var metadata = client.onlyRoute("reviews:9080").getMetadata();
    assertThat(
            metadata
                .getFilterMetadataOrThrow("io.librarymesh")
                .getFieldsOrThrow("origin")
                .getStringValue())
        .isEqualTo("2.yaml:6");
    assertThat(client.onlyRoute("reviews:9080").getName()).isEqualTo("prod.r.0");
  }

  @Test
  void backslashOfAPathNamesNoGroup() {
    String rewrite =
        "{filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath,"
            + " replaceFullPath: '/a\\1'}}}], backendRefs: [{name: web, port: 80}]}";
    World.Client client = World.standard().with(route(REVIEWS, rewrite)).client();

    assertThat(client.onlyRoute("reviews:9080").getRoute().getRegexRewrite().getSubstitution())
        .isEqualTo("/a\\\\1");
  }
}
