package io.librarymesh;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.config.LoadBalancing;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.PathMatch;
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
import io.librarymesh.telemetry.MeshObserver;
import io.librarymesh.telemetry.ResponseFlag;
import io.librarymesh.testkit.DirectConfigSource;
import io.librarymesh.testkit.FakeTime;
import io.librarymesh.testkit.RecordingObserver;
import io.librarymesh.testkit.ScriptedDraws;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MeshTest {
  private static final Endpoint A = Endpoint.of("10.0.0.1", 80);
  private static final Endpoint B = Endpoint.of("10.0.0.2", 80);

  private final FakeTime time = new FakeTime();
  private final DirectConfigSource source = new DirectConfigSource(time);
  private final RecordingObserver observer = new RecordingObserver();

  @Test
  void theFirstCallWaitsForConfigurationAndGoesOnWhenItComes() {
    Mesh mesh = mesh(observer);
    MeshCall call = mesh.call("a", 80, PlainRequest.get("a"));

    Step.Wait wait = (Step.Wait) call.start();
    assertThat(wait.nanos()).isEqualTo(Duration.ofSeconds(15).toNanos());
    AtomicInteger fired = new AtomicInteger();
    requireNonNull(wait.signal(), "signal").subscribe(fired::incrementAndGet);
    put("a:80", CircuitBreakers.NONE, A);

    assertThat(fired).hasValue(1);
    assertThat(((Step.Send) call.proceed()).endpoint()).isEqualTo(A);
  }

  @Test
  void aCallThatWaitedInVainSaysWhy() {
    Mesh mesh = mesh(observer);
    MeshCall call = mesh.call("a", 80, PlainRequest.get("a"));
    call.start();
    source.hold("a:80", "127.0.0.1:15010 refused the connection");
    time.runDue();
    time.advance(Duration.ofSeconds(15));

    Step.Reply reply = (Step.Reply) call.proceed();

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.flags()).containsExactly(ResponseFlag.NC);
    assertThat(reply.body().text())
        .contains("a:80")
        .contains("127.0.0.1:15010 refused the connection");
  }

  @Test
  void whatIsRefusedIsNotWaitedFor() {
    Mesh mesh = mesh(observer);
    source.refuse("a:80", "RouteConfiguration r was refused");
    mesh.warm("a", 80);
    time.runDue();

    Step.Reply reply = (Step.Reply) mesh.call("a", 80, PlainRequest.get("a")).start();

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.flags()).containsExactly(ResponseFlag.NC);
    assertThat(reply.body().text())
        .isEqualTo("no configuration for a:80: RouteConfiguration r was refused");
  }

  @Test
  void aRefusalEndsTheWaitOfACallAndBetterConfigurationEndsTheRefusal() {
    Mesh mesh = mesh(observer);
    MeshCall waiting = mesh.call("a", 80, PlainRequest.get("a"));
    waiting.start();
    source.refuse("a:80", "broken");
    time.runDue();
    assertThat(((Step.Reply) waiting.proceed()).status()).isEqualTo(503);

    put("a:80", CircuitBreakers.NONE, A);

    Step next = mesh.call("a", 80, PlainRequest.get("a")).start();
    assertThat(next.kind()).isEqualTo(Step.Kind.SEND);
  }

  @Test
  void aRefusalTakesNothingOutOfForce() {
    Mesh mesh = mesh(observer);
    put("a:80", CircuitBreakers.NONE, A);
    warm(mesh, "a");
    source.refuse("a:80", "broken");
    time.runDue();

    assertThat(mesh.call("a", 80, PlainRequest.get("a")).start().kind()).isEqualTo(Step.Kind.SEND);
  }

  @Test
  void awaitingTellsWhetherSomethingIsKnown() throws InterruptedException {
    Mesh mesh = mesh(observer);
    assertThat(mesh.await("a", 80, Duration.ofNanos(1))).isFalse();
    source.refuse("a:80", "broken");
    time.runDue();
    assertThat(mesh.await("a", 80, Duration.ofNanos(1))).isTrue();
  }

  @Test
  void aHostThatTheControlPlaneDoesNotKnowIsA404() {
    Mesh mesh = mesh(observer);
    source.remove("a:80", "no service a in namespace default");
    mesh.warm("a", 80);
    time.runDue();

    Step.Reply reply = (Step.Reply) mesh.call("a", 80, PlainRequest.get("a")).start();

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.flags()).containsExactly(ResponseFlag.NR);
    assertThat(reply.body().text()).isEqualTo("no service a in namespace default");
  }

  @Test
  void hostsAreFoundWhateverTheirCaseAndTrailingDot() {
    Mesh mesh = mesh(observer);
    put("a:80", CircuitBreakers.NONE, A);

    mesh.warm("A.", 80);
    time.runDue();

    assertThat(source.watched()).containsExactly("a:80");
    assertThat(mesh.call("A.", 80, PlainRequest.get("a")).start().kind()).isEqualTo(Step.Kind.SEND);
  }

  @Test
  void aTargetThatNobodyCallsIsLetGoAfterOneToTwoIdleTimes() {
    Mesh mesh = mesh(observer);
    put("a:80", CircuitBreakers.NONE, A);
    put("b:80", CircuitBreakers.NONE, B);
    mesh.warm("a", 80);
    mesh.warm("b", 80);
    time.advance(Duration.ofMinutes(30));
    assertThat(source.watched()).containsExactlyInAnyOrder("a:80", "b:80");
    finish(mesh.call("b", 80, PlainRequest.get("b")));
    time.advance(Duration.ofMinutes(30));

    assertThat(source.watched()).containsExactly("b:80");
    assertThat(mesh.call("a", 80, PlainRequest.get("a")).start().kind()).isEqualTo(Step.Kind.WAIT);
  }

  @Test
  void twoTargetsOfOneClusterShareItsLimits() {
    Mesh mesh = mesh(observer);
    CircuitBreakers one =
        CircuitBreakers.of(CircuitBreakers.UNLIMITED, CircuitBreakers.UNLIMITED, 1, 3);
    put("a:80", one, A);
    put("a.default:80", one, A);
    warm(mesh, "a", "a.default");
    MeshCall first = mesh.call("a", 80, PlainRequest.get("a"));
    assertThat(first.start().kind()).isEqualTo(Step.Kind.SEND);

    Step.Reply refused = (Step.Reply) mesh.call("a.default", 80, PlainRequest.get("a")).start();

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.flags()).containsExactly(ResponseFlag.UO);
    assertThat(refused.headers()).containsEntry("x-envoy-overloaded", List.of("true"));
    assertThat(refused.body().text()).contains("subset v1").contains("max_requests 1");
    first.cancel();
    assertThat(mesh.call("a.default", 80, PlainRequest.get("a")).start().kind())
        .isEqualTo(Step.Kind.SEND);
  }

  @Test
  void anUpdateInMidCallLeavesTheCallItsRouteAndKeepsWhatIsInFlight() {
    Mesh mesh = mesh(observer);
    CircuitBreakers two =
        CircuitBreakers.of(CircuitBreakers.UNLIMITED, CircuitBreakers.UNLIMITED, 2, 3);
    put("a:80", two, A);
    warm(mesh, "a");
    MeshCall before = mesh.call("a", 80, PlainRequest.get("a"));
    before.start();

    put("a:80", two, A, B);
    time.runDue();

    assertThat(before.onResponse(new PlainAnswer(200)).kind()).isEqualTo(Step.Kind.DELIVER);
    assertThat(mesh.call("a", 80, PlainRequest.get("a")).start().kind()).isEqualTo(Step.Kind.SEND);
    assertThat(mesh.call("a", 80, PlainRequest.get("a")).start().kind())
        .as("one delivered but not ended, one sent")
        .isEqualTo(Step.Kind.REPLY);
    before.onBodyEnd();
    assertThat(mesh.call("a", 80, PlainRequest.get("a")).start().kind()).isEqualTo(Step.Kind.SEND);
  }

  @Test
  void aFailureNamesServiceSubsetEndpointAttemptAndReason() {
    Mesh mesh = mesh(observer);
    put("a:80", CircuitBreakers.NONE, A);
    warm(mesh, "a");
    MeshCall call = mesh.call("a", 80, PlainRequest.get("a"));
    call.start();

    Step.Reply reply =
        (Step.Reply) call.onFailure(TransportFailure.CONNECT_FAILURE, false, "Connection refused");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.flags()).containsExactly(ResponseFlag.UF);
    assertThat(reply.body().text())
        .isEqualTo(
            "upstream connect error or disconnect/reset before headers. reset reason: remote"
                + " connection failure [a.default.svc.cluster.local:80 subset v1, endpoint"
                + " 10.0.0.1:80, attempt 1 of 1: Connection refused]");
    assertThat(observer.last().attempts().get(0).result()).isEqualTo("connect_failure");
  }

  @Test
  void cancellingGivesBackWhatIsHeldAndIsNotHeldAgainstTheHost() {
    Mesh mesh = mesh(observer);
    CircuitBreakers one =
        CircuitBreakers.of(CircuitBreakers.UNLIMITED, CircuitBreakers.UNLIMITED, 1, 3);
    put("a:80", one, A);
    warm(mesh, "a");
    for (int i = 0; i < 10; i++) {
      MeshCall call = mesh.call("a", 80, PlainRequest.get("a"));
      assertThat(call.start().kind()).isEqualTo(Step.Kind.SEND);
      call.cancel();
      call.cancel();
      assertThat(call.flags()).containsExactly(ResponseFlag.DC);
    }
    assertThat(observer.calls()).hasSize(10).allMatch(call -> call.status() == 0);
  }

  @Test
  void anObserverThatThrowsDoesNotBreakTheCall() {
    Mesh mesh =
        mesh(
            call -> {
              throw new IllegalStateException("observer");
            });
    put("a:80", CircuitBreakers.NONE, A);
    warm(mesh, "a");

    finish(mesh.call("a", 80, PlainRequest.get("a")));
    finish(mesh.call("a", 80, PlainRequest.get("a")));
  }

  @Test
  void aStepOutOfOrderIsAProgrammersError() {
    Mesh mesh = mesh(observer);
    put("a:80", CircuitBreakers.NONE, A);
    warm(mesh, "a");
    MeshCall call = mesh.call("a", 80, PlainRequest.get("a"));
    call.start();

    assertThatThrownBy(call::start).hasMessage("state: SENT (expected: NEW)");
    assertThatThrownBy(call::proceed).hasMessageContaining("expected: after Wait");
  }

  @Test
  void aClosedMeshFollowsNothing() {
    Mesh mesh = mesh(observer);
    put("a:80", CircuitBreakers.NONE, A);
    warm(mesh, "a");

    mesh.close();

    assertThat(source.watched()).isEmpty();
    time.assertNoMoreTasks();
    Step.Reply reply = (Step.Reply) mesh.call("a", 80, PlainRequest.get("a")).start();
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.flags()).containsExactly(ResponseFlag.NC);
    assertThat(reply.body().text()).isEqualTo("no configuration for a:80: the mesh is closed");
  }

  private Mesh mesh(MeshObserver watching) {
    return Mesh.builder(source)
        .ticker(time)
        .scheduler(time)
        .random(ScriptedDraws.seeded(1))
        .observer(watching)
        .build();
  }

  private void warm(Mesh mesh, String... hosts) {
    for (String host : hosts) {
      mesh.warm(host, 80);
    }
    time.runDue();
  }

  private void finish(MeshCall call) {
    assertThat(call.start().kind()).isEqualTo(Step.Kind.SEND);
    assertThat(call.onResponse(new PlainAnswer(200)).kind()).isEqualTo(Step.Kind.DELIVER);
    call.onBodyEnd();
  }

  private void put(String authority, CircuitBreakers breakers, Endpoint... endpoints) {
    String name = "outbound|80|v1|a.default.svc.cluster.local";
    Cluster cluster =
        new Cluster(
            name,
            Cluster.Discovery.ENDPOINTS,
            LoadBalancing.of(LbPolicy.RoundRobin.DEFAULT, 0),
            1_000_000_000L,
            breakers,
            OutlierDetection.NONE);
    RouteAction forward =
        new RouteAction.Forward(
            List.of(new WeightedCluster(name, 1)),
            Timeouts.NONE,
            RetryPolicy.NONE,
            RoutingPriority.DEFAULT,
            503);
    Route route =
        new Route(
            "r", RouteMatch.of(new PathMatch.Prefix("/", true)), forward, FaultInjection.NONE, "");
    RouteConfig routes =
        new RouteConfig(
            "routes", List.of(new VirtualHost("v", List.of("*"), List.of(route), false)), true);
    source.put(
        new TargetConfig(
            authority, routes, Map.of(name, ClusterConfig.of(cluster, List.of(endpoints)))));
    time.runDue();
  }
}
