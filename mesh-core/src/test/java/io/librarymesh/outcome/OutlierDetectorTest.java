package io.librarymesh.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.OutlierDetection.Consecutive;
import io.librarymesh.config.OutlierDetection.Detector;
import io.librarymesh.config.OutlierDetection.Ejection;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.Clusters;
import io.librarymesh.pick.Draws;
import io.librarymesh.pick.HostState;
import io.librarymesh.random.Draw;
import io.librarymesh.route.TestRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutlierDetectorTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Detector FIVE = new Detector(5, 100);
  private static final Draws NO_DRAWS = Draws.none();

  /** Envoy's defaults: 5xx at 5 enforced, gateway at 5 not enforced, 10 % at most. */
  private static final OutlierDetection DEFAULTS =
      OutlierDetection.of(new Consecutive(FIVE, new Detector(5, 0), FIVE), false, Ejection.DEFAULT);

  private static OutlierDetection detection(
      Detector consecutive5xx, Detector gateway, int maxPercent) {
    return OutlierDetection.of(
        new Consecutive(consecutive5xx, gateway, FIVE), false, ejection(maxPercent));
  }

  private static OutlierDetection split(int maxPercent) {
    return OutlierDetection.of(
        new Consecutive(FIVE, new Detector(5, 0), FIVE), true, ejection(maxPercent));
  }

  private static Ejection ejection(int maxPercent) {
    return new Ejection(10 * SECOND, 30 * SECOND, 300 * SECOND, maxPercent);
  }

  @Test
  void w73InASmallClusterTheDefaultEjectsNobody() {
    Case five = new Case(5, DEFAULTS);
    five.responses(0, 503, 503, 503, 503, 503);
    five.responses(0, 503, 503, 503, 503, 503);

    assertThat(five.ejected()).isEmpty();
  }

  @Test
  void p10OneOfTwentyIsEjectedAndOneOfThreeIsNot() {
    Case twenty = new Case(20, DEFAULTS);
    twenty.responses(0, 500, 500, 500, 500);
    assertThat(twenty.ejected()).isEmpty();
    twenty.responses(0, 500);
    Case three = new Case(3, DEFAULTS);
    three.responses(0, 500, 500, 500, 500, 500);

    assertThat(twenty.ejected()).containsExactly(0);
    assertThat(three.ejected()).isEmpty();
  }

  @Test
  void w75ASuccessInBetweenStartsTheCountAnew() {
    Case c = new Case(5, detection(FIVE, Detector.OFF, 100));
    c.responses(0, 500, 500, 500, 500, 200, 500, 500, 500, 500);
    assertThat(c.ejected()).isEmpty();

    c.responses(0, 500);
    assertThat(c.ejected()).containsExactly(0);
  }

  @Test
  void w76TheThirdOfFiveIsRefusedAndItsCountStartsAnew() {
    Case c = new Case(5, detection(FIVE, Detector.OFF, 50));
    c.responses(0, 500, 500, 500, 500, 500);
    c.responses(1, 500, 500, 500, 500, 500);
    c.responses(2, 500, 500, 500, 500, 500);
    assertThat(c.ejected()).containsExactly(0, 1);

    // Both come back; the third needs five failures more.
    c.detector.sweep(30 * SECOND, NO_DRAWS);
    c.responses(2, 500, 500, 500, 500);
    assertThat(c.ejected()).isEmpty();
    c.responses(2, 500);
    assertThat(c.ejected()).containsExactly(2);
  }

  @Test
  void w78GatewayFailuresCountAs5xxToo() {
    Case c = new Case(5, detection(FIVE, new Detector(5, 0), 100));
    c.responses(0, 502, 502, 502, 502);
    assertThat(c.ejected()).isEmpty();

    c.responses(0, 502);
    assertThat(c.ejected()).containsExactly(0);
  }

  @Test
  void w79Another5xxInterruptsGatewayFailuresOnly() {
    Case c = new Case(5, detection(FIVE, new Detector(3, 100), 100));
    c.responses(0, 502, 502, 500, 502);
    assertThat(c.ejected()).isEmpty();

    c.responses(0, 502);
    assertThat(c.ejected()).containsExactly(0);
  }

  @Test
  void gatewayFailuresEjectAtTheirOwnThreshold() {
    Case c = new Case(5, detection(FIVE, new Detector(3, 100), 100));
    c.responses(0, 502, 503);
    assertThat(c.ejected()).isEmpty();

    c.responses(0, 504);
    assertThat(c.ejected()).containsExactly(0);
  }

  @Test
  void p13WithGatewayErrorsConfiguredPlain5xxStillEjectAtFive() {
    Case c = new Case(5, detection(FIVE, new Detector(3, 100), 100));
    c.responses(0, 500, 500, 500, 500);
    assertThat(c.ejected()).isEmpty();

    c.responses(0, 500);
    assertThat(c.ejected()).containsExactly(0);
  }

  @Test
  void p14WithThe5xxDetectorOffNothingEjects() {
    Case c = new Case(5, detection(new Detector(5, 0), new Detector(5, 0), 100));
    for (int i = 0; i < 20; i++) {
      c.responses(0, 503);
    }

    assertThat(c.ejected()).isEmpty();
    assertThat(c.detector.sweepIntervalNanos()).isZero();
  }

  @Test
  void statusesBelow500AreSuccesses() {
    Case c = new Case(5, detection(FIVE, Detector.OFF, 100));
    c.responses(0, 500, 500, 500, 500, 499, 500, 500, 500, 500, 404);

    assertThat(c.ejected()).isEmpty();
  }

  @Test
  void hostsAreCountedEachForItself() {
    Case c = new Case(5, detection(FIVE, Detector.OFF, 100));
    for (int i = 0; i < 4; i++) {
      c.responses(0, 500);
      c.responses(1, 500);
      c.responses(2, 200);
    }
    assertThat(c.ejected()).isEmpty();

    c.responses(1, 500);
    assertThat(c.ejected()).containsExactly(1);
  }

  @Test
  void localOriginFailuresCountAsGatewayFailuresUnlessSplit() {
    Case by5xx = new Case(5, detection(FIVE, Detector.OFF, 100));
    by5xx.failures(0, 2, false);
    by5xx.failures(0, 2, true);
    by5xx.responses(0, 500);
    Case byGateway = new Case(5, detection(FIVE, new Detector(3, 100), 100));
    byGateway.failures(0, 1, false);
    byGateway.failures(0, 1, true);
    byGateway.responses(0, 503);

    assertThat(by5xx.ejected()).containsExactly(0);
    assertThat(byGateway.ejected()).containsExactly(0);
  }

  @Test
  void aConnectionIsNoSuccessUnlessSplit() {
    Case c = new Case(5, detection(FIVE, Detector.OFF, 100));
    c.failures(0, 4, false);
    c.connected(0);
    c.failures(0, 1, false);

    assertThat(c.ejected()).containsExactly(0);
  }

  @Test
  void w81AConnectionStartsTheLocalCountAnewWhenSplit() {
    Case c = new Case(5, split(100));
    c.failures(0, 4, false);
    c.connected(0);
    c.responses(0, 500);
    c.failures(0, 1, false);
    assertThat(c.ejected()).isEmpty();

    c.failures(0, 4, true);
    assertThat(c.ejected()).containsExactly(0);
  }

  @Test
  void whenSplitEachKindHasItsOwnCount() {
    Case c = new Case(5, split(100));
    for (int i = 0; i < 4; i++) {
      c.responses(0, 503);
      c.failures(0, 1, false);
    }
    assertThat(c.ejected()).isEmpty();

    c.responses(0, 503);
    assertThat(c.ejected()).containsExactly(0);
  }

  @Test
  void whenSplitAnAnswerDoesNotForgiveLocalFailures() {
    Case c = new Case(5, split(100));
    c.failures(0, 4, false);
    c.responses(0, 200);
    c.failures(0, 1, false);

    assertThat(c.ejected()).containsExactly(0);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 200", "1, 499", "2, 500", "3, 400", "4, 504", "5, 404", "6, 409", "7, 403", "8, 429",
    "9, 400", "10, 409", "11, 400", "12, 501", "13, 500", "14, 503", "15, 500", "16, 401"
  })
  void aGrpcStatusInTheHeadersStandsForAnHttpStatus(int grpcStatus, int httpStatus) {
    assertThat(GrpcStatus.httpStatus(TestRequest.GRPC, Head.trailersOnly(grpcStatus)))
        .isEqualTo(httpStatus);
  }

  @ParameterizedTest
  @CsvSource({
    "application/grpc, 503",
    "application/grpc+json, 503",
    "application/grpc-web, 200",
    "text/plain, 200"
  })
  void theStatusCountsForRequestsOfGrpcOnly(String contentType, int httpStatus) {
    Head unavailable = Head.of(200, "grpc-status", "14");

    assertThat(
            GrpcStatus.httpStatus(
                TestRequest.get("/").withHeader("content-type", contentType), unavailable))
        .isEqualTo(httpStatus);
    assertThat(GrpcStatus.httpStatus(TestRequest.PLAIN, Head.trailersOnly(14))).isEqualTo(200);
  }

  @Test
  void unavailableInTheHeadersEjects() {
    Case c = new Case(5, detection(FIVE, new Detector(2, 100), 100));
    c.detector.onResponse(c.host(0), TestRequest.GRPC, Head.trailersOnly(14), 0, NO_DRAWS);
    c.detector.onResponse(c.host(0), TestRequest.GRPC, Head.trailersOnly(14), 0, NO_DRAWS);

    assertThat(c.ejected()).containsExactly(0);
  }

  @Test
  void enforcementIsDrawnForEachTrip() {
    Case c = new Case(5, detection(new Detector(1, 40), Detector.OFF, 100));
    Draws draws = Draws.none().then(Draw.EJECTION_ENFORCED, 40, 99, 39);

    c.detector.onResponse(c.host(0), TestRequest.PLAIN, Head.of(500), 0, draws);
    c.detector.onResponse(c.host(0), TestRequest.PLAIN, Head.of(500), 0, draws);
    assertThat(c.ejected()).isEmpty();
    c.detector.onResponse(c.host(0), TestRequest.PLAIN, Head.of(500), 0, draws);

    assertThat(c.ejected()).containsExactly(0);
    assertThat(draws.lastBound(Draw.EJECTION_ENFORCED)).isEqualTo(100);
  }

  @Test
  void anUnenforcedTripStartsTheCountAnew() {
    Case c = new Case(5, detection(new Detector(3, 50), Detector.OFF, 100));
    Draws draws = Draws.none().then(Draw.EJECTION_ENFORCED, 99, 0);
    for (int i = 0; i < 5; i++) {
      c.detector.onResponse(c.host(0), TestRequest.PLAIN, Head.of(500), 0, draws);
    }
    assertThat(draws.count(Draw.EJECTION_ENFORCED)).isEqualTo(1);

    c.detector.onResponse(c.host(0), TestRequest.PLAIN, Head.of(500), 0, draws);
    assertThat(c.ejected()).containsExactly(0);
  }

  @Test
  void aHostThatReturnedNeedsTheFullCountAgain() {
    Case c = new Case(5, detection(FIVE, new Detector(4, 100), 100));
    c.responses(0, 503, 503, 503, 503);
    assertThat(c.ejected()).containsExactly(0);
    c.responses(0, 500); // from an attempt that was in flight: the fifth in a row
    c.detector.sweep(30 * SECOND, NO_DRAWS);
    assertThat(c.ejected()).isEmpty();

    c.responses(0, 500, 500, 500, 500);
    assertThat(c.ejected()).isEmpty();
    c.responses(0, 500);
    assertThat(c.ejected()).containsExactly(0);
  }

  @Test
  void failuresOfAnEjectedHostDoNotProlongItsEjection() {
    Case c = new Case(5, detection(new Detector(1, 100), Detector.OFF, 100));
    c.responses(0, 500);
    for (long now = SECOND; now < 30 * SECOND; now += SECOND) {
      c.detector.onResponse(c.host(0), TestRequest.PLAIN, Head.of(500), now, NO_DRAWS);
    }

    c.detector.sweep(30 * SECOND, NO_DRAWS);
    assertThat(c.ejected()).isEmpty();
  }

  @Test
  void countsSurviveAnUpdateAndTheNewThresholdAppliesAtOnce() {
    Case c = new Case(5, detection(FIVE, Detector.OFF, 100));
    c.responses(0, 500, 500, 500);

    c.cluster.update(
        Clusters.roundRobin()
            .hosts(6)
            .outlierDetection(detection(new Detector(2, 100), Detector.OFF, 100))
            .config());
    c.responses(0, 500);

    assertThat(c.ejected()).containsExactly(0);
  }

  @Test
  void sweepsAreNeededWhileDetectionIsOn() {
    Case c = new Case(5, detection(FIVE, Detector.OFF, 100));
    assertThat(c.detector.sweepIntervalNanos()).isEqualTo(10 * SECOND);

    c.cluster.update(Clusters.roundRobin().hosts(5).config());
    assertThat(c.detector.sweepIntervalNanos()).isZero();
  }

  @Test
  void concurrentFailuresTripTheDetectorExactlyOncePerThreshold() throws Exception {
    int threads = 4;
    int failuresPerThread = 5_000;
    // Nothing is ever ejected, so that each trip draws: the draws count the trips.
    Case c = new Case(5, detection(new Detector(7, 50), new Detector(11, 50), 100));
    AtomicInteger trips = new AtomicInteger();
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    CyclicBarrier start = new CyclicBarrier(threads);
    List<Future<?>> running = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      running.add(
          executor.submit(
              () -> {
                start.await(60, TimeUnit.SECONDS);
                for (int i = 0; i < failuresPerThread; i++) {
                  c.detector.onResponse(
                      c.host(0),
                      TestRequest.PLAIN,
                      Head.of(503),
                      0,
                      (bound, draw) -> {
                        trips.incrementAndGet();
                        return 99;
                      });
                }
                return null;
              }));
    }
    for (Future<?> future : running) {
      future.get(60, TimeUnit.SECONDS);
    }
    executor.shutdownNow();

    int failures = threads * failuresPerThread;
    assertThat(trips.get()).isEqualTo(failures / 7 + failures / 11);
    assertThat(c.ejected()).isEmpty();
  }

  /** A cluster with a detector; nothing may be drawn unless a test says so. */
  private static final class Case {
    final ClusterState cluster;
    final OutlierDetector detector;

    Case(int hosts, OutlierDetection detection) {
      cluster = Clusters.roundRobin().hosts(hosts).outlierDetection(detection).state();
      detector = OutlierDetector.of(cluster);
    }

    HostState host(int index) {
      return cluster.hosts().get(index);
    }

    void responses(int host, int... statuses) {
      for (int status : statuses) {
        detector.onResponse(host(host), TestRequest.PLAIN, Head.of(status), 0, NO_DRAWS);
      }
    }

    void failures(int host, int count, boolean timeout) {
      for (int i = 0; i < count; i++) {
        detector.onLocalOriginFailure(host(host), timeout, 0, NO_DRAWS);
      }
    }

    void connected(int host) {
      detector.onConnected(host(host));
    }

    List<Integer> ejected() {
      List<Integer> ejected = new ArrayList<>();
      for (int i = 0; i < cluster.hosts().size(); i++) {
        if (host(i).ejected()) {
          ejected.add(i);
        }
      }
      return ejected;
    }
  }
}
