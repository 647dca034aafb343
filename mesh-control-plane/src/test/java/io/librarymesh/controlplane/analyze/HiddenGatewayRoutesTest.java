package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HiddenGatewayRoutesTest {

  private static AnalyzedFiles route(AnalyzedFiles files, String namespace, String parent) {
    return files.with(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: r, namespace: %s}
        spec:
          parentRefs: [%s]
          rules: [{backendRefs: [{name: ratings, namespace: prod, port: 8000}]}]
        """
            .formatted(namespace, parent));
  }

  private static final String REVIEWS =
      "{kind: Service, group: '', name: reviews, namespace: prod}";

  private static List<String> found(AnalyzedFiles files) {
    return files.diagnoses(Code.HIDDEN_RULE);
  }

  @Test
  void routeWhereNothingElseIsKnownIsAnInformation() {
    assertThat(found(route(AnalyzedFiles.services(), "third", REVIEWS)))
        .containsExactly(
            "2.yaml:5:16: info: LM0203 HiddenRule: spec.parentRefs[0]: a route of another namespace"
                + " than the service's is for callers in third alone, and nothing is known there but"
                + " routes (expected: callers in third, or the route in prod, for all callers)");
  }

  @Test
  void routeOfTheServiceOrOfNamespacesWithMoreThanRoutesIsNotMentioned() {
    assertThat(found(route(AnalyzedFiles.services(), "prod", REVIEWS))).isEmpty();
    assertThat(found(route(AnalyzedFiles.services(), "web", REVIEWS))).isEmpty();
    AnalyzedFiles clients =
        AnalyzedFiles.services()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: default, namespace: third}
                spec: {egress: [{hosts: ['*/*']}]}
                """);
    assertThat(found(route(clients, "third", REVIEWS))).isEmpty();
  }

  @Test
  void routeForAServiceThatItsCallersDoNotSeeIsNamed() {
    AnalyzedFiles files =
        AnalyzedFiles.services()
            .with(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: own, namespace: prod, annotations: {networking.istio.io/exportTo: '.'}}
                spec: {selector: {app: own}, ports: [{name: http, port: 80}]}
                """);

    assertThat(found(route(files, "web", REVIEWS.replace("reviews", "own"))))
        .singleElement()
        .asString()
        .contains(
            "warning: LM0203 HiddenRule: spec.parentRefs[0]: ",
            "callers in web alone, and these do not see own.prod.svc.cluster.local",
            "or the service exported to web");
  }

  @Test
  void hostsOfAServiceEntryAreLookedAtToo() {
    AnalyzedFiles files =
        AnalyzedFiles.services()
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: ext, namespace: prod}
                spec:
                  hosts: [api.example]
                  exportTo: ['.']
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: STATIC
                  endpoints: [{address: 10.0.0.9}]
                """);
    String parent = "{kind: ServiceEntry, group: networking.istio.io, name: ext, namespace: prod}";

    assertThat(found(route(files, "web", parent)))
        .singleElement()
        .asString()
        .contains("these do not see api.example");
  }

  @Test
  void routesForGatewaysAreNoMatterOfCallers() {
    assertThat(found(route(AnalyzedFiles.services(), "third", "{name: edge, namespace: prod}")))
        .isEmpty();
  }
}
