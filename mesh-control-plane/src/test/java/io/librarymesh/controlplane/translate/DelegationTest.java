package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Delegation as section 2.7 of the reference on Istio has it. */
class DelegationTest {

  private static String root(String rules) {
    return virtualService("root", "prod", "hosts: [reviews], http: [%s]".formatted(rules));
  }

  private static String leaf(String rules) {
    return virtualService("leaf", "prod", "http: [%s]".formatted(rules));
  }

  private static String virtualService(String name, String namespace, String spec) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: %s, namespace: %s}
        spec: {%s}
        """
        .formatted(name, namespace, spec);
  }

  private static World world(String... documents) {
    return World.standard().with(String.join("---\n", documents));
  }

  private static List<Route> routes(String... documents) {
    return world(documents).client().routes("reviews:9080");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {uri: {prefix: /a}}                    | {uri: {prefix: /a/b}}
          {uri: {prefix: /a}}                    | {uri: {exact: /ab}}
          {uri: {exact: /a}}                     | {uri: {exact: /a}}
          {uri: {prefix: /a}, ignoreUriCase: true} | {uri: {prefix: /a}, ignoreUriCase: true}
          {method: {exact: GET}}                 | {scheme: {exact: http}}
          {headers: {x: {exact: a}}}             | {headers: {x: {exact: a}, y: {regex: b}}}
          {headers: {x: {exact: a}}}             | {withoutHeaders: {x: {exact: b}}}
          {queryParams: {x: {prefix: a}}}        | {queryParams: {x: {exact: ab}}}
          {port: 9080}                           | {uri: {exact: /a}}
          {uri: {exact: /a}}                     | {port: 9080}
          {sourceNamespace: prod}                | {sourceNamespace: prod}
          {uri: {exact: /a}}                     | {sourceNamespace: prod}
          {sourceLabels: {app: cart}}            | {uri: {exact: /a}}
          {gateways: [mesh, gw]}                 | {gateways: [mesh]}
          {uri: {exact: /a}}                     | {}
          """)
  void matchThatNarrowsTheRootsIsKept(String root, String leaf) {
    List<Route> routes = spliced(root, leaf);

    assertThat(routes).singleElement().matches(Route::hasDirectResponse);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {uri: {prefix: /a}}                    | {uri: {prefix: /}}
          {uri: {prefix: /a/b}}                  | {uri: {exact: /a}}
          {uri: {exact: /a}}                     | {uri: {prefix: /a}}
          {uri: {exact: /a}}                     | {uri: {exact: /b}}
          {uri: {regex: /a}}                     | {uri: {exact: /a}}
          {uri: {regex: /a}}                     | {uri: {regex: /a}}
          {uri: {prefix: /a}}                    | {uri: {regex: /a}}
          {uri: {prefix: /a}, ignoreUriCase: true} | {uri: {prefix: /a}}
          {uri: {prefix: /a}, ignoreUriCase: true} | {method: {exact: GET}}
          {method: {exact: GET}}                 | {method: {exact: PUT}}
          {headers: {x: {exact: a}}}             | {headers: {x: {exact: b}}}
          {headers: {x: {}}}                     | {headers: {x: {exact: a}}}
          {headers: {x: {prefix: a}}}            | {headers: {x: {}}}
          {withoutHeaders: {x: {exact: a}}}      | {withoutHeaders: {x: {exact: b}}}
          {queryParams: {x: {exact: a}}}         | {queryParams: {x: {prefix: a}}}
          {port: 9080}                           | {port: 80}
          {sourceNamespace: prod}                | {uri: {exact: /a}}
          {sourceNamespace: prod}                | {sourceNamespace: dev}
          {sourceLabels: {app: cart}}            | {sourceLabels: {app: other}}
          {gateways: [mesh]}                     | {gateways: [mesh, gw]}
          """)
  void matchThatContradictsTheRootsDropsItsRule(String root, String leaf) {
    List<Route> routes = spliced(root, leaf);

    assertThat(routes).singleElement().matches(route -> route.getName().equals("default"));
  }

  private static List<Route> spliced(String root, String leaf) {
    return routes(
        root("{match: [%s], delegate: {name: leaf}}".formatted(root)),
        leaf("{match: [%s], directResponse: {status: 418}}".formatted(leaf)));
  }

  @Test
  void mergedMatchHasTheConditionsOfBothAndTheDelegatesWhereBothHaveOne() {
    List<Route> routes =
        routes(
            root(
                "{name: r, match: [{name: m, uri: {prefix: /a}, headers: {x: {exact: a}}}], delegate:"
                    + " {name: leaf}}"),
            leaf(
                "{name: l, match: [{name: n, uri: {prefix: /a/b}, headers: {y: {exact: b}}}],"
                    + " directResponse: {status: 418}}"));

    assertThat(routes).singleElement().matches(route -> route.getName().equals("r-l.m-n"));
    RouteMatch match = routes.get(0).getMatch();
    assertThat(match.getPrefix()).isEqualTo("/a/b");
    assertThat(match.getHeadersList()).extracting(HeaderMatcher::getName).containsExactly("x", "y");
  }

  @Test
  void whatTheDelegateDoesNotSayComesFromTheRoot() {
    List<Route> routes =
        routes(
            root(
                "{timeout: 1s, rewrite: {uri: /r}, fault: {abort: {httpStatus: 500, percentage:"
                    + " {value: 1}}}, mirror: {host: ratings, port: {number: 8000}},"
                    + " headers: {request: {remove: [x]}}, delegate: {name: leaf}}"),
            leaf(
                "{match: [{uri: {prefix: /own}}], timeout: 2s, rewrite: {uri: /l}, mirror: {host:"
                    + " web, port: {number: 80}}, headers: {request: {remove: [y]}}, route:"
                    + " [{destination: {host: reviews}}]}, {route: [{destination: {host:"
                    + " reviews}}]}"));

    assertThat(routes).hasSize(2);
    Route own = routes.get(0);
    Route lent = routes.get(1);
    assertThat(own.getRoute().getTimeout()).isEqualTo(Durations.fromSeconds(2));
    assertThat(own.getRoute().getPrefixRewrite()).isEqualTo("/l");
    assertThat(own.getRequestHeadersToRemoveList()).containsExactly("y");
    assertThat(own.getRoute().getRequestMirrorPolicies(0).getCluster()).startsWith("outbound|80|");
    assertThat(lent.getRoute().getTimeout()).isEqualTo(Durations.fromSeconds(1));
    assertThat(lent.getRoute().getPrefixRewrite()).isEqualTo("/r");
    assertThat(lent.getRequestHeadersToRemoveList()).containsExactly("x");
    assertThat(lent.getRoute().getRequestMirrorPolicies(0).getCluster())
        .startsWith("outbound|8000|");
    assertThat(routes).allMatch(route -> route.getTypedPerFilterConfigCount() == 1);
  }

  @Test
  void directResponseOfTheRootTakesThePlaceOfForwarding() {
    List<Route> routes =
        routes(
            root("{directResponse: {status: 418}, delegate: {name: leaf}}"),
            leaf(
                "{match: [{uri: {prefix: /own}}], directResponse: {status: 421}},"
                    + " {route: [{destination: {host: reviews}}]}"));

    assertThat(routes)
        .extracting(route -> route.getDirectResponse().getStatus())
        .containsExactly(421, 418);
  }

  @Test
  void rulesAroundTheDelegationKeepTheirPlaces() {
    List<Route> routes =
        routes(
            root(
                "{name: first, match: [{uri: {prefix: /1}}], directResponse: {status: 200}},"
                    + " {match: [{uri: {prefix: /2}}], delegate: {name: leaf}},"
                    + " {name: last, directResponse: {status: 200}}"),
            leaf(
                "{name: a, match: [{uri: {exact: /2}}], directResponse: {status: 200}},"
                    + " {name: b, directResponse: {status: 200}}"));

    assertThat(routes).extracting(Route::getName).containsExactly("first", "a", "b", "last");
  }

  @Test
  void changeOfADelegateIsAChangeForTheHostsOfItsRoots() {
    String root = root("{delegate: {name: leaf}}");
    List<Resource> before = resources(root, leaf("{directResponse: {status: 418}}"));
    List<Resource> after = resources(root, leaf("{directResponse: {status: 421}}"));

    Set<String> changed = PushContext.changedHosts(before, after, MeshConfig.DEFAULT);

    assertThat(changed).containsExactly("reviews.prod.svc.cluster.local");
  }

  private static List<Resource> resources(String... documents) {
    return IstioReader.read("f.yaml", String.join("---\n", documents)).resources();
  }

  @Test
  void whatDelegationLeavesOutIsNamed() {
    assertThat(
            findings(
                root(
                    "{match: [{uri: {prefix: /a}}], delegate: {name: gone}}, {match: [{uri:"
                        + " {prefix: /b}}], delegate: {name: leaf}}, {match: [{uri: {prefix: /c}}],"
                        + " delegate: {name: root}}"),
                leaf(
                    "{match: [{uri: {prefix: /b}}], directResponse: {status: 418}},"
                        + " {match: [{uri: {prefix: /x}}], directResponse: {status: 418}}")))
        .containsExactly(
            "spec.http[0].delegate: prod/gone: no such VirtualService, the rule is left out"
                + " (expected: one without hosts)",
            "spec.http[1].match: contradicts the match of the rule of VirtualService prod/root at"
                + " 2.yaml:4:89 that delegates to it, the rule is left out there",
            "spec.http[2].delegate: prod/root has hosts of its own, the rule is left out (expected:"
                + " a VirtualService without hosts)");
  }

  @Test
  void delegateThatTheRootCannotSeeIsNamed() {
    assertThat(
            findings(
                root("{delegate: {name: leaf, namespace: team}}"),
                virtualService(
                    "leaf", "team", "exportTo: ['.'], http: [{directResponse: {status: 418}}]")))
        .containsExactly(
            "spec.http[0].delegate: team/leaf is not exported to prod, the rule is left out"
                + " (expected: exportTo with it)",
            "spec: no hosts, and no rule that delegates to VirtualService team/leaf, so nobody"
                + " uses it");
  }

  private static List<String> findings(String... documents) {
    return ReferenceFindings.of(world(documents).context()).stream()
        .map(DelegationTest::text)
        .toList();
  }

  private static String text(Finding finding) {
    return finding.fieldPath() + ": " + finding.message();
  }
}
