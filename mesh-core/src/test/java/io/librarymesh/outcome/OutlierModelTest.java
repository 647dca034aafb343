package io.librarymesh.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.OutlierDetection;
import io.librarymesh.config.OutlierDetection.Consecutive;
import io.librarymesh.config.OutlierDetection.Detector;
import io.librarymesh.config.OutlierDetection.Ejection;
import io.librarymesh.config.OutlierDetection.Enforcing;
import io.librarymesh.config.OutlierDetection.FailurePercentage;
import io.librarymesh.config.OutlierDetection.Sample;
import io.librarymesh.config.OutlierDetection.Share;
import io.librarymesh.config.OutlierDetection.SuccessRate;
import io.librarymesh.config.StatusCodes;
import io.librarymesh.pick.ClusterState;
import io.librarymesh.pick.Clusters;
import io.librarymesh.pick.HostState;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.TestRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The detector and a naive model of it live through the same random histories, a million events
 * from fixed seeds, and eject the same hosts after each event.
 */
class OutlierModelTest {
  private static final int HISTORIES = 50;
  private static final int EVENTS = 2_000;
  private static final long SECOND = 1_000_000_000L;
  private static final long MILLI = 1_000_000L;
  private static final int[] STATUSES = {200, 204, 404, 429, 499, 500, 501, 502, 503, 504, 599};
  private static final int[] PERCENTS = {0, 100, 100, 100, 40};

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void agreesWithTheNaiveModel(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int ejections = 0;
    for (int i = 0; i < HISTORIES; i++) {
      ejections += new History(random.split()).live(seed + "/" + i);
    }
    // Else it agrees about nothing.
    assertThat(ejections).isGreaterThan(HISTORIES);
  }

  private static OutlierDetection settings(SplittableRandom random) {
    return new OutlierDetection(
        new Consecutive(detector(random), detector(random), detector(random)),
        new SuccessRate(enforcing(random), sample(random), random.nextInt(3_000)),
        new FailurePercentage(enforcing(random), sample(random), random.nextInt(101)),
        random.nextBoolean(),
        random.nextInt(4) == 0 ? StatusCodes.of(List.of(429, 502)) : StatusCodes.SERVER_ERRORS,
        ejection(random));
  }

  private static Detector detector(SplittableRandom random) {
    return new Detector(1 + random.nextInt(6), PERCENTS[random.nextInt(PERCENTS.length)]);
  }

  private static Enforcing enforcing(SplittableRandom random) {
    return new Enforcing(
        PERCENTS[random.nextInt(PERCENTS.length)], PERCENTS[random.nextInt(PERCENTS.length)]);
  }

  private static Sample sample(SplittableRandom random) {
    return new Sample(random.nextInt(6), random.nextInt(12));
  }

  private static Ejection ejection(SplittableRandom random) {
    long base = 1 + random.nextLong(20 * SECOND);
    return new Ejection(
        1 + random.nextLong(10 * SECOND),
        base,
        base * (1 + random.nextInt(5)),
        random.nextBoolean() ? 0 : random.nextInt(5_000) * MILLI,
        new Share(random.nextInt(101), random.nextBoolean()));
  }

  /** One cluster and its model from their beginning on. */
  private static final class History implements RandomSource {
    private final SplittableRandom random;
    private final int enforcedDraw;
    private final long jitterDraw;
    private final ClusterState cluster;
    private final OutlierDetector detector;
    private final NaiveOutlierModel model;
    private OutlierDetection settings;
    private List<List<Endpoint>> levels;
    private long now;
    private long nextSweep;

    History(SplittableRandom random) {
      this.random = random;
      this.settings = settings(random);
      this.enforcedDraw = random.nextInt(100);
      long maxJitter = settings.ejection().maxJitterNanos() / MILLI;
      this.jitterDraw = random.nextLong(maxJitter + 1);
      this.levels = someHosts();
      this.cluster = ClusterState.create(config(), this, () -> now);
      this.detector = OutlierDetector.of(cluster);
      this.model = new NaiveOutlierModel(settings, enforcedDraw, jitterDraw * MILLI);
      model.members(addresses());
      nextSweep = settings.ejection().intervalNanos();
    }

    @Override
    public int nextInt(int bound, Draw draw) {
      return switch (draw) {
        case EJECTION_ENFORCED -> enforcedDraw;
        case EJECTION_JITTER -> (int) jitterDraw;
        default -> 0;
      };
    }

    int live(String name) {
      int ejections = 0;
      Set<String> before = Set.of();
      for (int i = 0; i < EVENTS; i++) {
        String event = event();
        Set<String> ejected = ejected();
        assertThat(ejected)
            .as("%s event %d: %s of %s", name, i, event, settings)
            .isEqualTo(model.ejected());
        Set<String> fresh = new TreeSet<>(ejected);
        fresh.removeAll(before);
        ejections += fresh.size();
        before = ejected;
      }
      return ejections;
    }

    private String event() {
      int kind = random.nextInt(1_000);
      if (kind < 5) {
        levels = someHosts();
        cluster.update(config());
        model.members(addresses());
        return "hosts " + addresses();
      }
      if (kind < 100) {
        return pass();
      }
      HostState host = cluster.hosts().get(random.nextInt(cluster.hosts().size()));
      String address = host.endpoint().hostPort();
      if (kind < 600) {
        int status = STATUSES[random.nextInt(STATUSES.length)];
        detector.onResponse(host, TestRequest.PLAIN, Head.of(status), now, this);
        model.answer(address, status, now);
        return address + " answers " + status;
      }
      if (kind < 850) {
        boolean timeout = random.nextBoolean();
        detector.onLocalOriginFailure(host, timeout, now, this);
        model.noAnswer(address, timeout, now);
        return address + " fails";
      }
      detector.onConnected(host);
      model.connected(address);
      return address + " connects";
    }

    /** Time passes until the next sweep at most. */
    private String pass() {
      long step = random.nextLong(settings.ejection().intervalNanos() + 1);
      if (now + step < nextSweep) {
        now += step;
        return "time";
      }
      now = nextSweep;
      nextSweep += settings.ejection().intervalNanos();
      detector.sweep(now, this);
      model.sweep(now);
      // Rates are counted only while somebody looks, so who looks changes between two intervals.
      if (random.nextInt(20) == 0) {
        settings = withOtherDetectors();
        cluster.update(config());
        model.settings(settings);
        return "sweep, then new settings";
      }
      return "sweep";
    }

    /** The same draws must fit, so the jitter stays. */
    private OutlierDetection withOtherDetectors() {
      OutlierDetection other = settings(random);
      return new OutlierDetection(
          other.consecutive(),
          other.successRate(),
          other.failurePercentage(),
          other.splitLocalOriginErrors(),
          other.failures(),
          settings.ejection());
    }

    private List<List<Endpoint>> someHosts() {
      List<List<Endpoint>> some = List.of(new ArrayList<>(), new ArrayList<>());
      for (int priority = 0; priority < some.size(); priority++) {
        for (int i = 0; i < 6; i++) {
          if (random.nextInt(3) > 0 || (priority == 0 && i == 0)) {
            some.get(priority).add(Clusters.endpoint(priority, i, 1, HealthStatus.HEALTHY));
          }
        }
      }
      return some;
    }

    private List<String> addresses() {
      return levels.stream().flatMap(List::stream).map(Endpoint::hostPort).toList();
    }

    private ClusterConfig config() {
      return Clusters.roundRobin()
          .endpoints(0, levels.get(0))
          .endpoints(1, levels.get(1))
          .outlierDetection(settings)
          .config();
    }

    private Set<String> ejected() {
      Set<String> ejected = new TreeSet<>();
      cluster.hosts().stream()
          .filter(HostState::ejected)
          .forEach(host -> ejected.add(host.endpoint().hostPort()));
      return ejected;
    }
  }
}
