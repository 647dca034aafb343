package io.librarymesh.controlplane.istio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What follows from a mistake that has been named is not named besides. */
class OneCauseTest {
  private static String only(String document) {
    assertThat(Snippets.errors(document)).hasSize(1);
    Finding finding = Snippets.errors(document).get(0);
    return finding.fieldPath() + ": " + finding.message();
  }

  @Test
  void aFieldSpeltWrongIsNotMissingAsWell() {
    assertThat(
            only(
                Snippets.document(
                    "librarymesh.io/v1",
                    "ResiliencePolicy",
                    "{hosts: [reviews], http: [{rateLimit: {request: 20}}]}")))
        .isEqualTo("spec.http[0].rateLimit.request: unknown field; did you mean 'requests'?");
    assertThat(only(Snippets.rule(Snippets.ROUTE, "retries: {atempts: 2, retryOn: 5xx}")))
        .isEqualTo("spec.http[0].retries.atempts: unknown field; did you mean 'attempts'?");
  }

  @Test
  void whatIsRefusedExplainsNothingFartherAround() {
    assertThat(all(Snippets.rule("match: [{uri: {exct: /a}}]")))
        .containsExactlyInAnyOrder(
            "spec.http[0].match[0].uri.exct: unknown field; did you mean 'exact'?",
            "spec.http[0]: no action (expected: one of route, redirect, directResponse, delegate)");
    assertThat(
            all(
                Snippets.rule(
                    "route: [{destination: {host: reviews, subst: v1}}, {destination: {host: a}}]")))
        .containsExactlyInAnyOrder(
            "spec.http[0].route: weights add up to 0 (expected: a weight above 0 on at least one"
                + " entry)",
            "spec.http[0].route[0].destination.subst: unknown field; did you mean 'subset'?");
  }

  @Test
  void aSumOfWhichAPartIsRefusedIsNotJudged() {
    assertThat(
            only(
                Snippets.rule(
                    "route: [{destination: {host: a}, weight: x}, {destination: {host: b}}]")))
        .startsWith("spec.http[0].route[0].weight: ");
    assertThat(only(Snippets.policy("{loadBalncer: {simple: RANDOM}}")))
        .startsWith("spec.trafficPolicy.loadBalncer: ");
  }

  @Test
  void aRuleBrokenBesideAnUnknownFieldIsNamedWithIt() {
    assertThat(
            all(
                Snippets.policy(
                    "{tunnel: {targetHost: a.example.com, targetPort: 80}, proxyProtocol: {},"
                        + " foo: 1}")))
        .containsExactlyInAnyOrder(
            "spec.trafficPolicy.foo: unknown field",
            "spec.trafficPolicy: tunnel and proxyProtocol together (expected: one of them)");
  }

  private static List<String> all(String document) {
    return Snippets.errors(document).stream()
        .map(finding -> finding.fieldPath() + ": " + finding.message())
        .toList();
  }

  @Test
  void aResolutionThatIsNoneOfThemImpliesNothing() {
    assertThat(
            only(
                Snippets.serviceEntry(
                    "{hosts: [a.example.com], ports: [{number: 80, name: http, protocol: HTTP}],"
                        + " resolution: STATC, endpoints: [{address: 10.0.0.1}]}")))
        .startsWith("spec.resolution: ");
  }

  @Test
  void whatASwitchSpeltWrongAllowsIsNotRefused() {
    assertThat(
            only(
                Snippets.policy(
                    "{outlierDetection: {consecutiveLocalOriginFailures: 3,"
                        + " splitExternalLocalOriginError: true}}")))
        .startsWith("spec.trafficPolicy.outlierDetection.splitExternalLocalOriginError: ");
  }

  @Test
  void whatIsNotWrittenIsMissingRatherThanZero() {
    assertThat(only(Snippets.rule("route: [{destination: {host: reviews, port: {}}}]")))
        .isEqualTo(
            "spec.http[0].route[0].destination.port.number: missing (expected: a port from 1 to"
                + " 65535)");
  }

  @Test
  void adviceToLeaveAFieldOutSaysWhatThatMeans() {
    assertThat(only(Snippets.policy("{outlierDetection: {baseEjectionTime: 0s}}")))
        .endsWith("0s (expected: at least 1ms; left out it is 30s)");
    assertThat(only(Snippets.policy("{connectionPool: {tcp: {connectTimeout: 0s}}}")))
        .endsWith("0s (expected: at least 1ms; left out it is 10s)");
    assertThat(only(Snippets.rule(Snippets.ROUTE, "timeout: 0s")))
        .endsWith("0s (expected: at least 1ms; leave the field out for no limit)");
  }
}
