package io.librarymesh.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.librarymesh.attempt.Admission;
import io.librarymesh.attempt.Limits;
import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.OutlierDetection.Consecutive;
import io.librarymesh.config.OutlierDetection.Detector;
import io.librarymesh.config.OutlierDetection.Ejection;
import io.librarymesh.config.OutlierDetection.Enforcing;
import io.librarymesh.config.OutlierDetection.FailurePercentage;
import io.librarymesh.config.OutlierDetection.Sample;
import io.librarymesh.config.OutlierDetection.SuccessRate;
import io.librarymesh.config.RetryOn;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.config.StatusCodes;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.Clusters;
import io.librarymesh.pick.HostState;
import io.librarymesh.pick.PickRequest;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.TestRequest;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AllocationTest {
  private static final int ATTEMPTS = 200_000;
  private static final CircuitBreakers BOUNDED = CircuitBreakers.of(64, 64, 64, 3);
  private static final OutlierDetection DETECTION =
      new OutlierDetection(
          new Consecutive(new Detector(1_000_000, 100), new Detector(1_000_000, 100), Detector.OFF),
          new SuccessRate(new Enforcing(100, 100), new Sample(5, 100), 1_900),
          FailurePercentage.OFF,
          false,
          StatusCodes.SERVER_ERRORS,
          Ejection.DEFAULT);

  private static Stream<Arguments> clusters() {
    return Stream.of(
        Arguments.of("round robin", Clusters.roundRobin().hosts(100)),
        Arguments.of("weighted round robin", Clusters.roundRobin().weights(5, 3, 1)),
        Arguments.of("least request", Clusters.leastRequest().hosts(100)),
        Arguments.of("weighted least request", Clusters.leastRequest().weights(5, 3, 1)),
        Arguments.of("two priorities", Clusters.leastRequest().level(0, 2, 0, 2).level(1, 2, 0, 0)),
        Arguments.of("every limit", Clusters.leastRequest().hosts(100).breakers(BOUNDED)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("clusters")
  void anAttemptAllocatesNothing(String name, Clusters clusters) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assertThat(threads.isThreadAllocatedMemorySupported()).isTrue();
    Walk walk = new Walk(clusters.outlierDetection(DETECTION).state());
    walk.run(ATTEMPTS); // until compiled

    long before = threads.getCurrentThreadAllocatedBytes();
    long succeeded = walk.run(ATTEMPTS);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(succeeded).isEqualTo(ATTEMPTS);
    // The compiler may replace frames meanwhile; a byte for each attempt would be 200,000.
    assertThat(allocated).isLessThan(ATTEMPTS / 4);
  }

  /** Pick, begin, connected, onResponse, retry rules, end, as a call does. */
  private static final class Walk {
    private final ClusterState cluster;
    private final Limits limits;
    private final OutlierDetector detector;
    private final RetryRules rules =
        RetryRules.compile(
            new RetryPolicy(
                Set.of(RetryOn.FIVE_XX, RetryOn.RETRIABLE_STATUS_CODES),
                Set.of(418),
                2,
                0,
                RetryPolicy.BackOff.DEFAULT,
                RetryPolicy.HostSelection.ANY));
    private final RandomSource random = RandomSource.system();
    private final PickRequest request;
    private final Head ok = Head.of(200);
    private final Head failed = Head.of(503);

    Walk(ClusterState cluster) {
      this.cluster = cluster;
      this.request = PickRequest.of(new RetryPolicy.HostSelection(true, 5));
      request.retryAfter(cluster.hosts().get(0));
      this.limits = Limits.of(cluster, RoutingPriority.DEFAULT);
      this.detector = OutlierDetector.of(cluster);
    }

    long run(int attempts) {
      long admitted = 0;
      for (int i = 0; i < attempts; i++) {
        if (!(cluster.pick(random, request) instanceof HostState host)) {
          continue;
        }
        Admission admission = limits.tryBegin(host);
        if (!admission.admitted()) {
          continue;
        }
        admitted++;
        admission = limits.connected(admission);
        detector.onConnected(host);
        Head head = i % 8 == 0 ? failed : ok;
        detector.onResponse(host, TestRequest.PLAIN, head, i, random);
        if (rules.retriesResponse(head) && limits.tryBeginRetry()) {
          limits.endRetry();
        }
        limits.end(host, admission, true);
      }
      return admitted;
    }
  }
}
