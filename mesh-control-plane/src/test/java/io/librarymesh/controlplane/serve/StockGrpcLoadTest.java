package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.GreeterMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import io.librarymesh.controlplane.load.LoadReportingService;
import io.librarymesh.controlplane.load.LoadReports;
import io.librarymesh.controlplane.load.LoadSnapshot.ClusterLoad;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.controlplane.translate.MeshConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** grpc-java's own xDS client, unchanged, reports its load when it is asked to. */
class StockGrpcLoadTest {

  private final LoadReports loads = new LoadReports(new Metrics(), System::nanoTime);
  private GreeterMesh mesh;
  private StockGrpc grpc;

  @BeforeEach
  void start() throws Exception {
    mesh =
        new GreeterMesh(
            MeshConfig.DEFAULT.withLoadReports(true),
            server -> {
              LoadReportingService service =
                  new LoadReportingService(server, loads, Duration.ofSeconds(1));
              server.add(local -> service.definition());
            },
            "v1");
    grpc = new StockGrpc(mesh.control.port());
  }

  @AfterEach
  void stop() throws Exception {
    grpc.close();
    mesh.close();
  }

  private void say() {
    ClientCalls.blockingUnaryCall(
        grpc.channel(),
        GreeterMesh.SAY,
        CallOptions.DEFAULT.withDeadlineAfter(GreeterMesh.PATIENCE_SECONDS, TimeUnit.SECONDS),
        "hello");
  }

  private List<ClusterLoad> clusters() {
    return loads.snapshot().clients().stream()
        .filter(client -> client.node().equals("stock-client"))
        .flatMap(client -> client.clusters().stream())
        .toList();
  }

  @Test
  void reportsItsCalls() {
    for (int i = 0; i < 5; i++) {
      say();
    }

    await(
        "a report of five calls",
        () ->
            clusters().stream()
                .flatMap(cluster -> cluster.localities().stream())
                .anyMatch(locality -> locality.counts().successful() == 5));
    assertThat(clusters()).hasSize(1);
    assertThat(clusters().get(0).cluster()).isEqualTo(GreeterMesh.ROUTES);
    assertThat(clusters().get(0).localities().get(0).counts().issued()).isEqualTo(5);
    assertThat(clusters().get(0).localities().get(0).counts().errors()).isZero();
    assertThat(mesh.refusals()).isZero();
  }
}
