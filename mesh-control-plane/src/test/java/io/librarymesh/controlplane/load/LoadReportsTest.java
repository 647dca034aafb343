package io.librarymesh.controlplane.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.librarymesh.controlplane.load.LoadSnapshot.ClientLoad;
import io.librarymesh.controlplane.load.LoadSnapshot.ClusterLoad;
import io.librarymesh.controlplane.load.LoadSnapshot.Counts;
import io.librarymesh.controlplane.load.LoadSnapshot.LocalityLoad;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.proto.envoy.service.load_stats.v3.LoadStatsRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadReportsTest {

  private static final String FULL =
      """
      cluster_stats {
        cluster_name: "outbound|80||a" cluster_service_name: "a-endpoints"
        load_report_interval { seconds: 10 nanos: 500000000 }
        total_dropped_requests: 7
        dropped_requests { category: "drop_overload" dropped_count: 5 }
        upstream_locality_stats {
          locality { region: "eu" zone: "eu-1" }
          total_issued_requests: 20 total_successful_requests: 15
          total_error_requests: 3 total_requests_in_progress: 2
          upstream_endpoint_stats {
            address { socket_address { address: "10.0.0.1" port_value: 8080 } }
            total_issued_requests: 12 total_successful_requests: 11 total_error_requests: 1
          }
          upstream_endpoint_stats {
            address { socket_address { address: "fd00::1" port_value: 8080 } }
            total_issued_requests: 8 total_successful_requests: 4
            total_error_requests: 2 total_requests_in_progress: 2
          }
        }
      }
      """;

  private final Metrics metrics = new Metrics();
  private long seconds = 1000;
  private LoadReports reports = with(LoadReports.MOST_ROWS);

  private LoadReports with(int mostRows) {
    return new LoadReports(metrics, () -> TimeUnit.SECONDS.toNanos(seconds), mostRows);
  }

  private void report(String node, String request) throws TextFormat.ParseException {
    reports.add(node, TextFormat.parse(request, LoadStatsRequest.class).getClusterStatsList());
  }

  /** A cluster with one locality. */
  private static String cluster(String name, int issued, int inProgress) {
    return """
        cluster_stats { cluster_name: "%s" load_report_interval { seconds: 10 }
          upstream_locality_stats { total_issued_requests: %d total_successful_requests: %d
                                    total_requests_in_progress: %d } }
        """
        .formatted(name, issued, issued, inProgress);
  }

  private List<ClusterLoad> clusters() {
    return reports.snapshot().clients().stream().flatMap(c -> c.clusters().stream()).toList();
  }

  private Counts only() {
    assertThat(clusters()).hasSize(1);
    assertThat(clusters().get(0).localities()).hasSize(1);
    return clusters().get(0).localities().get(0).counts();
  }

  @Test
  void aReportIsShownByClusterLocalityAndEndpoint() throws Exception {
    reports.opened("orders-1");
    report("orders-1", FULL);

    LocalityLoad locality =
        new LocalityLoad(
            "eu/eu-1",
            new Counts(20, 15, 3, 2),
            Map.of(
                "10.0.0.1:8080", new Counts(12, 11, 1, 0),
                "[fd00::1]:8080", new Counts(8, 4, 2, 2)));
    ClusterLoad cluster =
        new ClusterLoad(
            "outbound|80||a",
            "a-endpoints",
            10.5,
            7,
            Map.of("drop_overload", 5L),
            List.of(locality));
    assertThat(reports.snapshot())
        .isEqualTo(
            new LoadSnapshot(60, 5, 0, List.of(new ClientLoad("orders-1", 1, List.of(cluster)))));
  }

  @Test
  void reportsAddUpAndOfWhatIsInProgressTheLastCounts() throws Exception {
    report("c", cluster("a", 5, 9));
    seconds += 10;
    report("c", cluster("a", 7, 1));

    assertThat(only()).isEqualTo(new Counts(12, 12, 0, 1));
    assertThat(clusters().get(0).seconds()).isEqualTo(20);
  }

  @Test
  void aLocalityThatHasSeveralPrioritiesIsOne() throws Exception {
    report(
        "c",
        """
        cluster_stats { cluster_name: "a"
          upstream_locality_stats { total_issued_requests: 3 total_requests_in_progress: 1 }
          upstream_locality_stats { total_issued_requests: 4 total_requests_in_progress: 2 } }
        """);

    assertThat(only()).isEqualTo(new Counts(7, 0, 0, 3));
  }

  @Test
  void whatIsOlderThanTheWindowLeavesIt() throws Exception {
    report("c", cluster("a", 5, 0));
    seconds += 30;
    report("c", cluster("a", 7, 0));
    seconds += 29;
    assertThat(only().issued()).isEqualTo(12);

    seconds += 1;
    assertThat(only().issued()).isEqualTo(7);
    seconds += 30;
    assertThat(reports.snapshot()).isEqualTo(new LoadSnapshot(60, 0, 0, List.of()));
  }

  @Test
  void aClientThatHasGoneIsShownForAsLongAsTheWindow() throws Exception {
    reports.opened("c");
    report("c", cluster("a", 5, 0));
    reports.closed("c");
    assertThat(reports.snapshot().clients()).extracting(ClientLoad::streams).containsExactly(0);

    seconds += 60;
    assertThat(reports.snapshot().clients()).isEmpty();
  }

  @Test
  void aClientThatReportsNothingIsShownWhileItIsConnected() {
    reports.opened("c");
    seconds += 3600;
    assertThat(reports.snapshot().clients()).containsExactly(new ClientLoad("c", 1, List.of()));

    reports.closed("c");
    assertThat(reports.snapshot().clients()).isEmpty();
  }

  @Test
  void whatFindsNoRoomIsCountedButNotKept() throws Exception {
    reports = new LoadReports(new Metrics(), () -> TimeUnit.SECONDS.toNanos(seconds), 3);
    report("c", cluster("a", 5, 0) + cluster("b", 7, 0));
    report("d", cluster("a", 9, 0));

    assertThat(clusters()).extracting(ClusterLoad::cluster).containsExactly("a", "b");
    assertThat(clusters()).last().satisfies(b -> assertThat(b.localities()).isEmpty());
    assertThat(reports.snapshot().rows()).isEqualTo(3);
    assertThat(reports.snapshot().turnedAway()).isEqualTo(2);
  }

  @Test
  void roomComesBackWhenRowsAreOld() throws Exception {
    reports = new LoadReports(new Metrics(), () -> TimeUnit.SECONDS.toNanos(seconds), 2);
    report("c", cluster("a", 5, 0));
    seconds += 60;
    report("d", cluster("b", 7, 0));

    assertThat(clusters()).extracting(ClusterLoad::cluster).containsExactly("b");
    assertThat(reports.snapshot().turnedAway()).isZero();
  }

  @Test
  void oneClientDoesNotTakeAllTheRoom() throws Exception {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < LoadReports.MOST_ROWS_OF_A_CLIENT; i++) {
      many.append("cluster_stats { cluster_name: \"").append(i).append("\" }\n");
    }
    report("greedy", many + cluster("one-more", 5, 0));
    report("modest", cluster("a", 5, 0));

    assertThat(reports.snapshot().rows()).isEqualTo(LoadReports.MOST_ROWS_OF_A_CLIENT + 2);
    assertThat(reports.snapshot().turnedAway()).isEqualTo(1);
  }

  @Test
  void namesThatAreTooLongAreNotKept() throws Exception {
    report("c", cluster("a".repeat(1025), 5, 0) + cluster("b", 7, 0));

    assertThat(clusters()).extracting(ClusterLoad::cluster).containsExactly("b");
    assertThat(reports.snapshot().turnedAway()).isEqualTo(1);
  }

  @Test
  void numbersBeyondThoseOfJsonAreCut() throws Exception {
    report(
        "c",
        """
        cluster_stats { cluster_name: "a" total_dropped_requests: 18446744073709551615
          upstream_locality_stats { total_issued_requests: 18446744073709551615 } }
        """);

    assertThat(only().issued()).isEqualTo(1L << 53);
    assertThat(clusters().get(0).dropped()).isEqualTo(1L << 53);
  }

  @Test
  void totalsAreMetrics() throws Exception {
    reports.opened("orders-1");
    report("orders-1", FULL);
    report("orders-1", FULL);

    assertThat(metrics.text())
        .contains(
            "librarymesh_load_reports 2\n",
            "librarymesh_load_requests{outcome=\"success\"} 30\n",
            "librarymesh_load_requests{outcome=\"error\"} 6\n",
            "librarymesh_load_requests{outcome=\"drop\"} 14\n",
            "librarymesh_load_rows 5\n",
            "librarymesh_load_rows_turned_away 0\n",
            "librarymesh_load_clients 1\n");
  }
}
