package io.librarymesh.controlplane.istio;

import static io.librarymesh.controlplane.istio.Snippets.ROUTE;
import static io.librarymesh.controlplane.istio.Snippets.accepted;
import static io.librarymesh.controlplane.istio.Snippets.policy;
import static io.librarymesh.controlplane.istio.Snippets.rule;
import static io.librarymesh.controlplane.istio.Snippets.virtualService;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What people paste from courses and old documentation: it means what its authors meant and says
 * how to write it today, or it is refused with the place where it belongs.
 */
final class OldSpellingsTest {

  private static HttpFaultInjection fault(String fault) {
    VirtualService service = accepted(VirtualService.class, rule(ROUTE, "fault: " + fault));
    return service.http().get(0).fault().orElseThrow();
  }

  private static TrafficPolicy trafficPolicy(String policy) {
    return accepted(DestinationRule.class, policy(policy)).trafficPolicy().orElseThrow();
  }

  @Test
  void aBareNumberIsAPercentage() {
    String text = "{abort: {percentage: 70, httpStatus: 501}}";

    assertThat(fault(text).abort().orElseThrow().percentage()).isEqualTo(new Percent(70));
    Snippets.assertWarned(
        rule(ROUTE, "fault: " + text),
        "spec.http[0].fault.abort.percentage",
        "write percentage: {value: 70}");
  }

  @Test
  void percentIsAPercentageForDelaysAndAborts() {
    HttpFaultInjection fault =
        fault("{delay: {percent: 50, fixedDelay: 2s}, abort: {percent: 30, httpStatus: 404}}");

    assertThat(fault.delay().orElseThrow())
        .isEqualTo(
            new HttpFaultInjection.Delay(new Percent(50), Optional.of(Duration.ofSeconds(2))));
    assertThat(fault.abort().orElseThrow().percentage()).isEqualTo(new Percent(30));
    Snippets.assertWarned(
        rule(ROUTE, "fault: {abort: {percent: 30, httpStatus: 404}}"),
        "spec.http[0].fault.abort.percent",
        "write percentage: {value: 30}");
  }

  @Test
  void percentageBeatsPercent() {
    HttpFaultInjection fault =
        fault("{delay: {percent: 50, percentage: {value: 10}, fixedDelay: 2s}}");

    assertThat(fault.delay().orElseThrow().percentage()).isEqualTo(new Percent(10));
  }

  @Test
  void bareAndOldMirrorPercentagesCount() {
    VirtualService bare =
        accepted(VirtualService.class, rule(ROUTE, "mirror: {host: a}", "mirrorPercentage: 50"));
    VirtualService old =
        accepted(VirtualService.class, rule(ROUTE, "mirror: {host: a}", "mirror_percent: 20"));
    VirtualService both =
        accepted(
            VirtualService.class,
            rule(ROUTE, "mirror: {host: a}", "mirrorPercent: 10", "mirrorPercentage: {value: 50}"));
    VirtualService none = accepted(VirtualService.class, rule(ROUTE, "mirror: {host: a}"));

    assertThat(Stream.of(bare, old, both, none).map(OldSpellingsTest::mirrorPercentage))
        .containsExactly(50.0, 20.0, 50.0, 100.0);
  }

  private static double mirrorPercentage(VirtualService service) {
    return service.http().get(0).mirrors().get(0).percentage().value();
  }

  /** Section 13 of the reference: the block counts, its old limit does not. */
  @Test
  void consecutiveErrorsIsNotLookedAt() {
    String text =
        "{outlierDetection: {consecutiveErrors: 7, interval: 1s, baseEjectionTime: 3m,"
            + " maxEjectionPercent: 100}}";
    OutlierDetection outlier = trafficPolicy(text).outlierDetection().orElseThrow();

    assertThat(outlier.consecutiveGatewayErrors()).isEmpty();
    assertThat(outlier.consecutive5xxErrors()).isEmpty();
    assertThat(outlier.baseEjectionTime()).contains(Duration.ofMinutes(3));
    Snippets.assertWarned(
        policy(text),
        "spec.trafficPolicy.outlierDetection.consecutiveErrors",
        "5 answers of 5xx in a row eject; write consecutive5xxErrors: 7");
  }

  @Test
  void consecutiveErrorsBesideItsSuccessorsIsToBeLeftOut() {
    String text = "{outlierDetection: {consecutiveErrors: 1, consecutive5xxErrors: 3}}";
    OutlierDetection outlier = trafficPolicy(text).outlierDetection().orElseThrow();

    assertThat(outlier.consecutive5xxErrors()).contains(3L);
    assertThat(outlier.consecutiveGatewayErrors()).isEmpty();
    Snippets.assertWarned(
        policy(text),
        "spec.trafficPolicy.outlierDetection.consecutiveErrors",
        "no longer looked at; leave it out");
  }

  @Test
  void limitsStraightUnderTheTrafficPolicyAreTheConnectionPool() {
    String text = "{tcp: {maxConnections: 1}, http: {http1MaxPendingRequests: 2}}";
    ConnectionPoolSettings pool = trafficPolicy(text).connectionPool().orElseThrow();

    assertThat(pool.tcp().orElseThrow().maxConnections()).contains(1);
    assertThat(pool.http().orElseThrow().http1MaxPendingRequests()).contains(2);
    assertThat(Snippets.warnings(policy(text)))
        .extracting(Finding::message)
        .containsExactly(
            "old place, read as connectionPool.tcp; move it there",
            "old place, read as connectionPool.http; move it there");
  }

  @Test
  void maxRequestsPerConnectionStraightUnderTheTrafficPolicyCounts() {
    String text =
        "{http: {http1MaxPendingRequests: 2}, maxRequestsPerConnection: 1, outlierDetection: {}}";
    ConnectionPoolSettings.Http http =
        trafficPolicy(text).connectionPool().orElseThrow().http().orElseThrow();

    assertThat(http.maxRequestsPerConnection()).contains(1);
    assertThat(http.http1MaxPendingRequests()).contains(2);
    assertThat(Snippets.warnings(policy(text)))
        .extracting(Finding::fieldPath)
        .containsExactly("spec.trafficPolicy.http", "spec.trafficPolicy.maxRequestsPerConnection");
  }

  @Test
  void theOldPlacesCountInSubsetsAndPortsToo() {
    DestinationRule rule =
        accepted(
            DestinationRule.class,
            Snippets.destinationRule(
                "{host: a, subsets: [{name: v1, trafficPolicy: {tcp: {maxConnections: 3},"
                    + " portLevelSettings: [{port: {number: 80}, http: {maxRetries: 4}}]}}]}"));
    TrafficPolicy policy = rule.subsets().get(0).trafficPolicy().orElseThrow();
    ConnectionPoolSettings port = policy.portLevelSettings().get(0).connectionPool().orElseThrow();

    assertThat(policy.connectionPool().orElseThrow().tcp().orElseThrow().maxConnections())
        .contains(3);
    assertThat(port.http().orElseThrow().maxRetries()).contains(4);
  }

  @Test
  void blanksInRetryOnAreTrimmed() {
    String text = rule(ROUTE, "retries: {attempts: 2, retryOn: ' 5xx, reset '}");
    HttpRetry retries = accepted(VirtualService.class, text).http().get(0).retries().orElseThrow();

    assertThat(retries.retryOn()).containsExactly("5xx", "reset");
    Snippets.assertWarned(text, "spec.http[0].retries.retryOn", "write 5xx,reset");
  }

  @Test
  void snakeCaseIsReadInFiles() {
    String text =
        policy("{outlier_detection: {consecutive_5xx_errors: 2, max_ejection_percent: 50}}");
    OutlierDetection outlier =
        accepted(DestinationRule.class, text)
            .trafficPolicy()
            .orElseThrow()
            .outlierDetection()
            .orElseThrow();

    assertThat(outlier.consecutive5xxErrors()).contains(2L);
    assertThat(outlier.maxEjectionPercent()).contains(50);
    assertThat(Snippets.warnings(text)).hasSize(3).allMatch(w -> w.message().contains("kubectl"));
  }

  @Test
  void warmupDurationSecsAndTheOldRingSizeCount() {
    LoadBalancerSettings old =
        trafficPolicy(
                "{loadBalancer: {warmupDurationSecs: 30s, consistentHash: {httpHeaderName: x,"
                    + " minimumRingSize: 64}}}")
            .loadBalancer()
            .orElseThrow();

    assertThat(old.warmup().orElseThrow().duration()).isEqualTo(Duration.ofSeconds(30));
    assertThat(old.consistentHash().orElseThrow().algorithm())
        .isEqualTo(new ConsistentHash.RingHash(Optional.of(64L)));
  }

  @Test
  void allowOriginIsAListOfExactOrigins() {
    VirtualService service =
        accepted(VirtualService.class, rule(ROUTE, "corsPolicy: {allowOrigin: [a.com, b.com]}"));

    assertThat(service.http().get(0).corsPolicy().orElseThrow().allowOrigins())
        .isEqualTo(List.of(new StringMatch.Exact("a.com"), new StringMatch.Exact("b.com")));
  }

  @Test
  void retiredFieldsAreTakenAndSaidToHaveNoEffect() {
    Snippets.assertWarned(
        rule(ROUTE, "websocketUpgrade: true"), "spec.http[0].websocketUpgrade", "no effect");
    Snippets.assertWarned(
        rule(ROUTE, "appendHeaders: {a: b}"),
        "spec.http[0].appendHeaders",
        "write headers.request.add");
  }

  private static Arguments refused(String text, String path, String words) {
    return Arguments.of(text, path, words);
  }

  static Stream<Arguments> ambiguous() {
    String policy = "spec.trafficPolicy.";
    String outlier = policy + "outlierDetection.";
    return Stream.of(
        refused(
            rule(ROUTE, "fault: {delay: {percentage: 50}, fixedDelay: 2s}"),
            "spec.http[0].fault.fixedDelay",
            "it belongs inside 'delay'"),
        refused(
            rule(ROUTE, "fault: {fixedDelay: 2s}"),
            "spec.http[0].fault.fixedDelay",
            "it belongs inside 'delay'"),
        refused(
            rule(ROUTE, "fault: {abort: {percentage: 50}, httpStatus: 404}"),
            "spec.http[0].fault.httpStatus",
            "it belongs inside 'abort'"),
        refused(
            policy("{tcp: {maxConnections: 1}, connectionPool: {tcp: {maxConnections: 2}}}"),
            policy + "tcp",
            "keep the one in connectionPool"),
        refused(
            policy("{http: {maxRequestsPerConnection: 1}, maxRequestsPerConnection: 1}"),
            policy + "maxRequestsPerConnection",
            "keep the one in http"),
        refused(
            policy("{outlierDetection: {http: {consecutiveErrors: 5}}}"),
            outlier + "http",
            "write consecutive5xxErrors or consecutiveGatewayErrors"),
        refused(
            policy("{loadBalancer: {simple: round_robin}}"),
            policy + "loadBalancer.simple",
            "did you mean 'ROUND_ROBIN'?"),
        refused(
            policy("{loadBalancer: {simple: RoundRobin}}"),
            policy + "loadBalancer.simple",
            "did you mean 'ROUND_ROBIN'?"),
        refused(
            policy("{connectionPool: {tcp: {maxRequestsPerConnection: 1}}}"),
            policy + "connectionPool.tcp.maxRequestsPerConnection",
            "inside connectionPool.http"),
        refused(
            policy("{tls: {mode: DISABLE}, subsets: [{name: v1}]}"),
            policy + "subsets",
            "one level up"),
        refused(
            Snippets.destinationRule("{host: a, subsets: [{name: v1, labels: [version: v1]}]}"),
            "spec.subsets[0].labels",
            "without \"- \""),
        refused(
            Snippets.destinationRule(
                "{host: a, subsets: [{name: v1, labels: {trafficPolicy: {tls: {}}}}]}"),
            "spec.subsets[0].labels.trafficPolicy",
            "expected a string"),
        refused(
            Snippets.destinationRule("{host: a, loadBalancer: {simple: RANDOM}}"),
            "spec.loadBalancer",
            "inside 'trafficPolicy'"),
        refused(
            rule("route: [{destination: {name: a, host: b}}]"),
            "spec.http[0].route[0].destination.name",
            "write host"),
        refused(
            rule("route: [{destination: {host: a, port: {name: http, number: 1}}}]"),
            "spec.http[0].route[0].destination.port.name",
            "write number"),
        refused(
            rule("route: [{destination: {host: a, port: 80}}]"),
            "spec.http[0].route[0].destination.port",
            "write port: {number: 80}"),
        refused(
            rule("route: [{destination: {host: a}, labels: {version: v1}}]"),
            "spec.http[0].route[0].labels",
            "destination.subset"),
        refused(
            rule("route: [{destination: {host: a, weight: 5}}]"),
            "spec.http[0].route[0].destination.weight",
            "one level up"),
        refused(
            rule("route: [{destination: {host: a}, tags: {version: v1}}]"),
            "spec.http[0].route[0].tags",
            "destination.subset"),
        refused(
            rule(ROUTE, "match: {uri: {prefix: /}}"),
            "spec.http[0].match",
            "begin each entry with"),
        refused(
            rule(ROUTE, "match: [{uri: /foo}]"),
            "spec.http[0].match[0].uri",
            "write {exact: /foo} or {prefix: /foo}"),
        refused(
            virtualService("{hosts: [a], route: [], http: [{" + ROUTE + "}]}"),
            "spec.route",
            "inside an entry of 'http'"),
        refused(
            rule(ROUTE, "retry: {attempts: 1}"), "spec.http[0].retry", "did you mean 'retries'?"));
  }

  @ParameterizedTest
  @MethodSource("ambiguous")
  void whatIsAmbiguousIsRefusedWithAHint(String text, String path, String words) {
    Snippets.assertRefused(text, path, words);
  }
}
