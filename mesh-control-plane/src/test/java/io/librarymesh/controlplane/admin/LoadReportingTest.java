package io.librarymesh.controlplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import com.google.protobuf.Duration;
import com.google.protobuf.TextFormat;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.librarymesh.controlplane.serve.AdsClients;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import io.librarymesh.proto.envoy.service.load_stats.v3.LoadReportingServiceGrpc;
import io.librarymesh.proto.envoy.service.load_stats.v3.LoadStatsRequest;
import io.librarymesh.proto.envoy.service.load_stats.v3.LoadStatsResponse;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports of clients that say exactly what a test has them say, over TCP, and the page of them. */
class LoadReportingTest {

  private static final String NAME = AdminFixture.ROUTES;
  private static final LoadStatsResponse EVERY_SEVEN_SECONDS =
      LoadStatsResponse.newBuilder()
          .setLoadReportingInterval(Duration.newBuilder().setSeconds(7))
          .setReportEndpointGranularity(true)
          .build();

  @TempDir private Path directory;
  private AdminFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh =
        new AdminFixture(
            directory, options -> options.loadReportInterval(java.time.Duration.ofSeconds(7)));
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private final class Reporter implements StreamObserver<LoadStatsResponse> {

    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private final StreamObserver<LoadStatsRequest> requests =
        LoadReportingServiceGrpc.newStub(mesh.channel).streamLoadStats(this);

    /** Says who it is. */
    Reporter(Node node) {
      requests.onNext(LoadStatsRequest.newBuilder().setNode(node).build());
    }

    void report(String request) throws TextFormat.ParseException {
      requests.onNext(TextFormat.parse(request, LoadStatsRequest.class));
    }

    Object next() throws InterruptedException {
      Object next = received.poll(20, TimeUnit.SECONDS);
      assertThat(next).as("an answer within 20 s").isNotNull();
      return next;
    }

    @Override
    public void onNext(LoadStatsResponse response) {
      received.add(response);
    }

    @Override
    public void onError(Throwable cause) {
      received.add(Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
      received.add("completed");
    }
  }

  private static Node node(String id) {
    return AdsClients.node(id, "default");
  }

  private static Node able(String id) {
    return node(id).toBuilder().addClientFeatures("envoy.lrs.supports_send_all_clusters").build();
  }

  private void awaitReports(int count) {
    AdminFixture.await(
        count + " reports",
        () -> {
          try {
            return mesh.send("GET", "/metrics")
                .body()
                .contains("librarymesh_load_reports " + count + "\n");
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  private JsonArray clients() throws Exception {
    return mesh.object("/debug/loads").getAsJsonArray("clients");
  }

  @Test
  void aClientThatCanIsAskedForAllItsClustersOnce() throws Exception {
    Reporter reporter = new Reporter(able("c"));

    assertThat(reporter.next())
        .isEqualTo(EVERY_SEVEN_SECONDS.toBuilder().setSendAllClusters(true).build());
    reporter.report("cluster_stats { cluster_name: 'a' }");
    reporter.requests.onCompleted();
    assertThat(reporter.next()).isEqualTo("completed");
  }

  @Test
  void anotherIsAskedForWhatItsNodeWasSentAndAgainWhenThatChanges() throws Exception {
    new Delta(mesh.channel, node("other"), ResourceType.CLUSTER, NAME).accept();
    Reporter reporter = new Reporter(node("c"));
    assertThat(reporter.next()).isEqualTo(EVERY_SEVEN_SECONDS);
    Delta client = new Delta(mesh.channel, node("c"), ResourceType.CLUSTER, NAME, "outbound|1||no");
    client.accept();
    mesh.awaitAnswers("cds", 2);

    reporter.report("cluster_stats { cluster_name: 'a' }");
    assertThat(reporter.next())
        .isEqualTo(EVERY_SEVEN_SECONDS.toBuilder().addClusters(NAME).build());
    reporter.report("cluster_stats { cluster_name: 'a' }");
    reporter.report("");
    reporter.requests.onCompleted();
    assertThat(reporter.next()).isEqualTo("completed");
  }

  @Test
  void aClientSaysWhoItIs() throws Exception {
    Reporter reporter = new Reporter(Node.getDefaultInstance());

    assertThat(reporter.next())
        .isInstanceOfSatisfying(
            Status.class,
            status -> {
              assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
              assertThat(status.getDescription()).startsWith("node.id: empty");
            });
  }

  @Test
  void whatWasReportedIsOnThePage() throws Exception {
    Reporter reporter = new Reporter(able("orders-1"));
    reporter.report(
        """
        cluster_stats {
          cluster_name: "a" cluster_service_name: "a" load_report_interval { seconds: 7 }
          total_dropped_requests: 2 dropped_requests { category: "lb" dropped_count: 2 }
          upstream_locality_stats {
            locality { region: "eu" }
            total_issued_requests: 6 total_successful_requests: 3
            total_error_requests: 2 total_requests_in_progress: 1
            upstream_endpoint_stats {
              address { socket_address { address: "10.0.0.1" port_value: 80 } }
              total_issued_requests: 6 total_successful_requests: 3
              total_error_requests: 2 total_requests_in_progress: 1 } } }
        """);
    awaitReports(1);

    assertThat(clients())
        .isEqualTo(
            JsonParser.parseString(
                """
                [{"node": "orders-1", "reporting": true, "clusters": [
                  {"cluster": "a", "seconds": 7.0, "dropped": 2, "drops": {"lb": 2}, "localities": [
                    {"locality": "eu", "issued": 6, "successful": 3, "errors": 2, "inProgress": 1,
                     "endpoints": [{"address": "10.0.0.1:80", "issued": 6, "successful": 3,
                                    "errors": 2, "inProgress": 1}]}]}]}]
                """));
  }

  @Test
  void aClientThatHasGoneReportsNoMore() throws Exception {
    Reporter reporter = new Reporter(able("c"));
    reporter.report("cluster_stats { cluster_name: 'a' }");
    awaitReports(1);
    reporter.requests.onError(new IllegalStateException("died"));

    AdminFixture.await(
        "gone",
        () -> {
          try {
            return !clients().get(0).getAsJsonObject().get("reporting").getAsBoolean();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    assertThat(clients().get(0).getAsJsonObject().getAsJsonArray("clusters")).hasSize(1);
  }
}
