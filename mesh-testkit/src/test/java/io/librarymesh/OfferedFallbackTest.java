package io.librarymesh;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.AdaptiveConcurrency;
import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Coalesce;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.Fallback;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LoadBalancing;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.RateLimit;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.config.Timeouts;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.config.WeightedCluster;
import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.telemetry.CallRecord;
import io.librarymesh.telemetry.ResponseFlag;
import io.librarymesh.testkit.DirectConfigSource;
import io.librarymesh.testkit.FakeTime;
import io.librarymesh.testkit.RecordingObserver;
import io.librarymesh.testkit.ScriptedDraws;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a call asks of a fallback that its caller has, and what it holds meanwhile. */
class OfferedFallbackTest {
  private static final Endpoint A = Endpoint.of("10.0.0.1", 80);
  private static final Coalesce COALESCE = new Coalesce(List.of(), 1000, 5_000_000_000L);

  private final FakeTime time = new FakeTime();
  private final DirectConfigSource source = new DirectConfigSource(time);
  private final RecordingObserver observer = new RecordingObserver();
  private final Mesh mesh =
      Mesh.builder(source)
          .ticker(time)
          .scheduler(time)
          .random(ScriptedDraws.seeded(1))
          .observer(observer)
          .build();

  @Test
  void responseThatFailsHoldsItsPlaceWhileTheFallbackIsAsked() {
    put(Coalesce.NONE, A);
    MeshCall call = sent();
    Step.Fallback asked = (Step.Fallback) call.onResponse(new PlainAnswer(503));
    assertThat(asked.failure()).isNull();
    assertThat(((Step.Fallback) offering().start()).failure())
        .as("the only place is taken")
        .isNotNull();

    call.onFallback(200);
    assertThat(sent().attempt()).isEqualTo(1);
    CallRecord told = observer.calls().get(0);
    assertThat(told.status()).isEqualTo(200);
    assertThat(told.flags()).containsExactly(ResponseFlag.FB);
  }

  @Test
  void responseIsDeliveredWhenTheFallbackHasNothing() {
    put(Coalesce.NONE, A);
    MeshCall call = sent();
    assertThat(call.onResponse(new PlainAnswer(503))).isInstanceOf(Step.Fallback.class);
    assertThat(call.onNoFallback().kind()).isEqualTo(Step.Kind.DELIVER);
    call.onBodyEnd();

    assertThat(observer.calls().get(0).status()).isEqualTo(503);
    assertThat(observer.calls().get(0).flags()).isEmpty();
    assertThat(sent().attempt()).isEqualTo(1);
  }

  @Test
  void answerOfTheMeshIsGivenWhenTheFallbackHasNothing() {
    put(Coalesce.NONE);
    MeshCall call = offering();
    Step.Reply failure = ((Step.Fallback) call.start()).failure();
    assertThat(observer.calls()).isEmpty();

    assertThat(call.onNoFallback()).isSameAs(failure);
    assertThat(observer.calls().get(0).status()).isEqualTo(503);
    assertThat(observer.calls().get(0).flags()).containsExactly(ResponseFlag.UH);
  }

  @Test
  void failureOfACallOfGrpcIsOneWhateverItsStatusOfHttp() {
    put(Coalesce.NONE);
    MeshCall call = mesh.call("a", 80, PlainRequest.ofGrpc("a"));
    call.offerFallback();

    Step.Reply failure = requireNonNull(((Step.Fallback) call.start()).failure(), "failure");
    assertThat(failure.status()).isEqualTo(200);
    assertThat(failure.headers()).containsEntry("grpc-status", List.of("14"));
  }

  @Test
  void callerThatGoesAwayWhileItsFallbackIsAskedGivesItsPlaceBack() {
    put(Coalesce.NONE, A);
    MeshCall call = sent();
    assertThat(call.onResponse(new PlainAnswer(503))).isInstanceOf(Step.Fallback.class);
    call.cancel();

    assertThat(observer.calls().get(0).flags()).containsExactly(ResponseFlag.DC);
    assertThat(sent().attempt()).isEqualTo(1);
  }

  @Test
  void callerWithoutAFallbackIsNotAsked() {
    put(Coalesce.NONE);
    assertThat(mesh.call("a", 80, PlainRequest.get("a")).start().kind()).isEqualTo(Step.Kind.REPLY);
  }

  @Test
  void fallbackIsOfferedBeforeTheCallBegins() {
    put(Coalesce.NONE, A);
    MeshCall call = sent();

    assertThatThrownBy(call::offerFallback).hasMessage("state: SENT (expected: NEW)");
    assertThatThrownBy(() -> call.onFallback(200))
        .hasMessage("state: SENT (expected: FALLING_BACK)");
    assertThatThrownBy(call::onNoFallback).hasMessage("state: SENT (expected: FALLING_BACK)");
  }

  @Test
  void whoSharesAFailureAsksHisOwnFallback() {
    put(COALESCE, A);
    MeshCall leader = sent();
    MeshCall other = offering();
    MeshCall without = mesh.call("a", 80, PlainRequest.get("a"));
    assertThat(other.start().kind()).isEqualTo(Step.Kind.WAIT);
    assertThat(without.start().kind()).isEqualTo(Step.Kind.WAIT);
    Step failed = leader.onFailure(TransportFailure.CONNECT_FAILURE, false, "");
    assertThat(failed.kind()).isEqualTo(Step.Kind.FALLBACK);

    assertThat(other.proceed().kind()).isEqualTo(Step.Kind.FALLBACK);
    other.onFallback(200);
    assertThat(other.flags())
        .containsExactlyInAnyOrder(ResponseFlag.UF, ResponseFlag.CO, ResponseFlag.FB);
    assertThat(without.proceed().kind()).isEqualTo(Step.Kind.REPLY);
    leader.onFallback(200);
    assertThat(leader.flags()).containsExactlyInAnyOrder(ResponseFlag.UF, ResponseFlag.FB);
  }

  @Test
  void answerOfOnesOwnFallbackIsForNobodyElse() {
    put(COALESCE, A);
    MeshCall leader = sent();
    MeshCall other = offering();
    assertThat(other.start().kind()).isEqualTo(Step.Kind.WAIT);
    assertThat(leader.onResponse(new PlainAnswer(503)).kind()).isEqualTo(Step.Kind.FALLBACK);
    leader.onFallback(200);

    assertThat(other.proceed().kind()).isEqualTo(Step.Kind.SEND);
  }

  @Test
  void responseThatTheFallbackLeavesIsShared() {
    put(COALESCE, A);
    MeshCall leader = sent();
    MeshCall other = offering();
    assertThat(other.start().kind()).isEqualTo(Step.Kind.WAIT);
    assertThat(leader.onResponse(new PlainAnswer(503)).kind()).isEqualTo(Step.Kind.FALLBACK);
    assertThat(leader.onNoFallback().kind()).isEqualTo(Step.Kind.DELIVER);
    assertThat(leader.wantedBytes()).isEqualTo(1000);
    leader.cancel();
  }

  private MeshCall offering() {
    MeshCall call = mesh.call("a", 80, PlainRequest.get("a"));
    call.offerFallback();
    return call;
  }

  private MeshCall sent() {
    MeshCall call = offering();
    assertThat(call.start().kind()).isEqualTo(Step.Kind.SEND);
    return call;
  }

  /** One service, which takes one request at a time. */
  private void put(Coalesce coalesce, Endpoint... endpoints) {
    CircuitBreakers.Thresholds one =
        new CircuitBreakers.Thresholds(
            CircuitBreakers.UNLIMITED,
            CircuitBreakers.UNLIMITED,
            1,
            new CircuitBreakers.RetryLimit.Count(3));
    Cluster cluster =
        new Cluster(
            "c",
            Cluster.Discovery.ENDPOINTS,
            LoadBalancing.of(LbPolicy.RoundRobin.DEFAULT, 0),
            1_000_000_000L,
            new CircuitBreakers(one, CircuitBreakers.Thresholds.NONE),
            OutlierDetection.NONE);
    RouteAction forward =
        new RouteAction.Forward(
            List.of(new WeightedCluster("c", 1)),
            Timeouts.NONE,
            RetryPolicy.NONE,
            RoutingPriority.DEFAULT,
            503);
    RouteMatch all = RouteMatch.of(new PathMatch.Prefix("/", true));
    Route route = new Route("r", all, forward, FaultInjection.NONE, "");
    ResiliencePolicy.Rule rule =
        new ResiliencePolicy.Rule(
            "rule",
            List.of(),
            coalesce,
            RateLimit.NONE,
            Bulkhead.NONE,
            AdaptiveConcurrency.NONE,
            Fallback.NONE);
    VirtualHost host =
        new VirtualHost("v", List.of("*"), List.of(route), false)
            .withResilience(new ResiliencePolicy("default/p", List.of(rule)));
    source.put(
        new TargetConfig(
            "a:80",
            new RouteConfig("routes", List.of(host), true),
            Map.of("c", ClusterConfig.of(cluster, List.of(endpoints)))));
    mesh.warm("a", 80);
    time.runDue();
  }
}
