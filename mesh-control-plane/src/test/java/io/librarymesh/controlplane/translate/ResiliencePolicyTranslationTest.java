package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which policy a client gets for a host, and in which form. */
class ResiliencePolicyTranslationTest {

  private static String policy(String metadata, String spec) {
    return """
    apiVersion: librarymesh.io/v1
    kind: ResiliencePolicy
    metadata: {%s}
    spec: {%s}
    """
        .formatted(metadata, spec);
  }

  private static String limit(int requests) {
    return "http: [{rateLimit: {requests: " + requests + "}}]";
  }

  private static Optional<Struct> policy(World.Client client, String authority) {
    VirtualHost host =
        client.routeConfiguration(client.routesOf(authority)).orElseThrow().getVirtualHosts(0);
    return Optional.ofNullable(host.getMetadata().getFilterMetadataMap().get("io.librarymesh"))
        .map(own -> own.getFieldsOrThrow("resilience_policy").getStructValue());
  }

  private static List<Value> rules(World.Client client, String authority) {
    return policy(client, authority)
        .map(p -> p.getFieldsOrThrow("rules").getListValue().getValuesList())
        .orElse(List.of());
  }

  private static double requests(World.Client client, String authority) {
    return rules(client, authority)
        .get(0)
        .getStructValue()
        .getFieldsOrThrow("rateLimit")
        .getStructValue()
        .getFieldsOrThrow("requests")
        .getNumberValue();
  }

  private static List<String> names(World.Client client, String authority) {
    return rules(client, authority).stream()
        .map(rule -> rule.getStructValue().getFieldsOrThrow("name").getStringValue())
        .toList();
  }

  @Test
  void policyTravelsAsTheJsonOfTheResource() throws Exception {
    World.Client client =
        World.standard()
            .with(
                policy(
                    "name: p, namespace: prod",
                    """
                    hosts: [reviews], http: [
                      {match: [{uri: {exact: /a}, headers: {x-who: {prefix: b}}}],
                       rateLimit: {requests: 7, interval: 250ms, maxWait: 2s},
                       bulkhead: {maxConcurrentCalls: 3, maxWait: 1500ms},
                       coalesce: {headers: [x-who], maxBytes: 1Ki, maxWait: 2s},
                       adaptiveConcurrency: {minRttCalcParams: {jitter: {value: 0.5}, fixedValue: 2ms}},
                       fallback: {on: [reset], destination: {host: ratings, port: {number: 8000}},
                         lastGoodResponse: {headers: [x-who], maxAge: 1m, maxEntries: 5, maxBytes: 9},
                         response: {headers: {a: b}, body: {bytes: AAEC}}}}]\
                    """))
            .client();

    assertThat(JsonFormat.printer().print(policy(client, "reviews:9080").orElseThrow()))
        .isEqualToIgnoringWhitespace(
            """
            {"name": "prod/p",
             "rules": [{
               "name": "http[0]",
               "match": [{
                 "path": "/a",
                 "caseSensitive": true,
                 "headers": [{"name": "x-who", "stringMatch": {"prefix": "b"}}]}],
               "coalesce": {"headers": ["x-who"], "maxBytes": 1024.0, "maxWait": "2s"},
               "rateLimit": {"requests": 7.0, "interval": "0.25s", "maxWait": "2s"},
               "bulkhead": {"maxConcurrentCalls": 3.0, "maxWait": "1.5s"},
               "adaptiveConcurrency": {
                 "sampleAggregatePercentile": {"value": 50.0},
                 "concurrencyLimitParams": {
                   "maxConcurrencyLimit": 1000.0, "concurrencyUpdateInterval": "0.1s"},
                 "minRttCalcParams": {
                   "interval": "60s", "requestCount": 50.0, "jitter": {"value": 0.5},
                   "minConcurrency": 3.0, "buffer": {"value": 25.0}, "fixedValue": "0.002s"}},
               "fallback": {
                 "on": ["reset"],
                 "cluster": "outbound|8000||ratings.prod.svc.cluster.local",
                 "lastGoodResponse": {
                   "headers": ["x-who"], "maxAge": "60s", "maxEntries": 5.0, "maxBytes": 9.0},
                 "response": {
                   "status": 200.0, "headers": {"a": "b"}, "body": {"bytes": "AAEC"}}}}]}
            """);
  }

  @Test
  void matchesAreThoseOfRoutesInProtobufsOwnJson() throws Exception {
    World.Client client =
        World.standard()
            .with(
                policy(
                    "name: p, namespace: prod",
                    """
                    hosts: [reviews], http: [{rateLimit: {requests: 7}, match: [
                      {uri: {prefix: /a}, ignoreUriCase: true, method: {exact: GET},
                       withoutHeaders: {x: {exact: b}}, headers: {y: {}, z: {regex: 'b+'}},
                       queryParams: {q: {exact: '1'}}}]}]\
                    """))
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v, namespace: prod}
                spec:
                  hosts: [reviews]
                  http: [{route: [{destination: {host: reviews}}], match: [
                      {uri: {prefix: /a}, ignoreUriCase: true, method: {exact: GET},
                       withoutHeaders: {x: {exact: b}}, headers: {y: {}, z: {regex: 'b+'}},
                       queryParams: {q: {exact: '1'}}}]}]
                """)
            .client();
    Value match =
        rules(client, "reviews:9080")
            .get(0)
            .getStructValue()
            .getFieldsOrThrow("match")
            .getListValue()
            .getValues(0);
    RouteMatch.Builder parsed = RouteMatch.newBuilder();
    JsonFormat.parser().merge(JsonFormat.printer().print(match), parsed);

    assertThat(parsed.build()).isEqualTo(client.routes("reviews:9080").get(0).getMatch());
  }

  @Test
  void hostWithoutPolicyHasNoMetadata() {
    World.Client client =
        World.standard()
            .with(policy("name: p, namespace: prod", "hosts: [ratings], " + limit(1)))
            .client();

    assertThat(policy(client, "reviews:9080")).isEmpty();
    assertThat(requests(client, "ratings:8000")).isEqualTo(1);
  }

  @Test
  void everySpellingOfAServiceHasItsPolicy() {
    World.Client client =
        World.standard()
            .with(policy("name: p, namespace: prod", "hosts: [reviews], " + limit(4)))
            .client();

    assertThat(requests(client, "reviews.prod.svc.cluster.local:9080")).isEqualTo(4);
    assertThat(requests(client, "reviews.prod:9080")).isEqualTo(4);
  }

  @Test
  void exactHostBeatsAWildcard() {
    World world =
        World.standard()
            .with(
                policy(
                    "name: a, namespace: prod", "hosts: ['*.prod.svc.cluster.local'], " + limit(1)))
            .with(policy("name: b, namespace: prod", "hosts: [reviews], " + limit(2)));

    assertThat(requests(world.client(), "reviews:9080")).isEqualTo(2);
    assertThat(requests(world.client(), "ratings:8000")).isEqualTo(1);
  }

  @Test
  void ownNamespacesPrivatePolicyBeatsAnOlderPublicOne() {
    String host = "hosts: [reviews.prod.svc.cluster.local], ";
    World world =
        World.standard()
            .with(
                policy(
                    "name: old, namespace: a, creationTimestamp: 2024-01-01T00:00:00Z",
                    host + limit(1)))
            .with(
                policy(
                    "name: new, namespace: prod, creationTimestamp: 2025-01-01T00:00:00Z",
                    host + "exportTo: ['.'], " + limit(2)));

    assertThat(requests(world.client("prod"), "reviews:9080")).isEqualTo(2);
    assertThat(requests(world.client("b"), "reviews.prod:9080")).isEqualTo(1);
  }

  @Test
  void policyIsHiddenFromNamespacesThatItIsNotExportedTo() {
    World world =
        World.standard()
            .with(
                policy("name: p, namespace: prod", "hosts: [reviews], exportTo: [b], " + limit(1)));

    assertThat(policy(world.client("prod"), "reviews:9080")).isEmpty();
    assertThat(requests(world.client("b"), "reviews.prod:9080")).isEqualTo(1);
  }

  @Test
  void conditionsOnClientAndPortAreDecidedBeforehand() {
    World world =
        World.standard()
            .with(
                policy(
                    "name: p, namespace: prod",
                    """
                    hosts: [web], http: [
                      {name: other-port, match: [{port: 81}], rateLimit: {requests: 1}},
                      {name: other-label, match: [{sourceLabels: {app: x}}], rateLimit: {requests: 1}},
                      {name: other-namespace, match: [{sourceNamespace: a}], rateLimit: {requests: 1}},
                      {name: path, match: [{port: 80, uri: {exact: /p}}], rateLimit: {requests: 1}},
                      {name: mine, match: [{sourceLabels: {app: cart}}], rateLimit: {requests: 1}},
                      {name: rest, rateLimit: {requests: 1}}]\
                    """));

    assertThat(names(world.client(), "web:80")).containsExactly("path", "mine");
    assertThat(names(world.client(), "web:8080")).containsExactly("mine");
    assertThat(names(world.client("a"), "web.prod:8080")).containsExactly("other-namespace");
  }

  @Test
  void changedPolicyConcernsItsHosts() {
    World before = World.standard();
    World after =
        World.standard()
            .with(policy("name: p, namespace: prod", "hosts: [reviews, a.com], " + limit(1)));

    assertThat(
            PushContext.changedHosts(
                before.context().resources(), after.context().resources(), MeshConfig.DEFAULT))
        .isEqualTo(Set.of("reviews.prod.svc.cluster.local", "a.com"));
  }

  @Test
  void labelsThatAPolicyAsksForTellClientsApart() {
    World world =
        World.standard()
            .with(
                policy(
                    "name: p, namespace: prod",
                    "hosts: [web], http: [{match: [{sourceLabels: {app: x}}], rateLimit: {requests:"
                        + " 1}}]"));

    assertThat(world.context().canonical(world.client().view()).labels()).containsKey("app");
  }

  @Test
  void whatIsNotHttpAndWhoIsNotOursGetsNone() {
    World world =
        World.standard()
            .with(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: db, namespace: prod}
                spec: {selector: {app: db}, ports: [{name: tcp, port: 5432}]}
                """)
            .with(policy("name: p, namespace: prod", "hosts: [db, reviews], " + limit(1)));

    assertThat(policy(world.client(), "db:5432")).isEmpty();
    assertThat(policy(world.grpcClient(), "reviews:9080")).isEmpty();
    assertThat(policy(world.client(), "reviews:9080")).isPresent();
  }

  @Test
  void referencesThatLeadNowhereAreNamed() {
    World world =
        World.standard()
            .with(policy("name: a, namespace: prod", "hosts: [reviews, review], " + limit(1)))
            .with(
                policy(
                    "name: b, namespace: prod",
                    "hosts: [reviews], http: [{fallback: {destination: {host: ratings}}}]"));

    assertThat(ReferenceFindings.of(world.context()))
        .extracting(finding -> finding.fieldPath() + " " + finding.message())
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .startsWith("spec.hosts[1] review.prod.svc.cluster.local: no such service"),
            second ->
                assertThat(second)
                    .startsWith(
                        "spec.hosts[0] reviews.prod.svc.cluster.local: the rules of"
                            + " ResiliencePolicy prod/a at 2.yaml:1")
                    .endsWith("rules of several ResiliencePolicies for one host are not merged"),
            third ->
                assertThat(third)
                    .startsWith("spec.http[0].fallback.destination no port is written")
                    .contains("ratings.prod.svc.cluster.local does not have port 9080"));
  }
}
