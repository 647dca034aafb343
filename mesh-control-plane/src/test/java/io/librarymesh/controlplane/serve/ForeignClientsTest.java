package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.GreeterMesh.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The xDS clients of grpc-go and grpc-node, unchanged and in processes of their own, call what is
 * served as {@link StockGrpcClientTest} has grpc-java do.
 */
class ForeignClientsTest {

  @TempDir private Path directory;

  private Optional<GreeterMesh> mesh = Optional.empty();
  private Optional<ForeignClient> client = Optional.empty();

  @AfterEach
  void stop() {
    client.ifPresent(ForeignClient::close);
    mesh.ifPresent(GreeterMesh::close);
  }

  private GreeterMesh mesh(ForeignClient.Kind kind, String... versions) throws IOException {
    kind.installed();
    mesh = Optional.of(new GreeterMesh(versions));
    return mesh.get();
  }

  private ForeignClient client(ForeignClient.Kind kind) throws IOException {
    int port = mesh.orElseThrow().control.port();
    client = Optional.of(ForeignClient.start(kind, port, "foreign-client", directory));
    return client.get();
  }

  @ParameterizedTest
  @EnumSource
  void splitsByWeightAndFollowsAnEdit(ForeignClient.Kind kind) throws IOException {
    GreeterMesh mesh = mesh(kind, "v1", "v2");
    mesh.rules("{route: [" + to("v1") + "]}");
    ForeignClient client = client(kind);
    assertThat(client.call(20)).isEqualTo(Map.of("v1", 20));

    mesh.rules(
        "{route: [{destination: {host: greeter-service, subset: v1}, weight: 80},"
            + "{destination: {host: greeter-service, subset: v2}, weight: 20}]}");
    client.await("v2");
    Map<String, Integer> outcomes = client.call(500);

    assertThat(outcomes).containsOnlyKeys("v1", "v2");
    // 400 expected; 6.2 standard deviations are passed once in a billion runs.
    assertThat(outcomes.get("v1")).isBetween(345, 455);
    assertThat(mesh.refusals()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void routesByHeader(ForeignClient.Kind kind) throws IOException {
    GreeterMesh mesh = mesh(kind, "v1", "v2");
    mesh.rules(
        "{match: [{headers: {x-user: {exact: alpha}}}], route: ["
            + to("v2")
            + "]}, {route: ["
            + to("v1")
            + "]}");
    ForeignClient client = client(kind);

    assertThat(client.call(10, "x-user=alpha")).isEqualTo(Map.of("v2", 10));
    assertThat(client.call(10)).isEqualTo(Map.of("v1", 10));
  }

  @ParameterizedTest
  @EnumSource
  void endsCallsAfterTheTimeoutOfTheRule(ForeignClient.Kind kind) throws IOException {
    GreeterMesh mesh = mesh(kind, "v1", GreeterMesh.SILENT);
    mesh.rules("{route: [" + to("v1") + "]}");
    ForeignClient client = client(kind);
    assertThat(client.callOnce()).isEqualTo("v1");
    mesh.rules("{timeout: 200ms, retries: {attempts: 0}, route: [" + to("silent") + "]}");
    client.await("!4");

    long start = System.nanoTime();
    // The server, which was told of the deadline, may be the first to end a call.
    assertThat(client.call(3).keySet()).isSubsetOf("!4", "!1");
    assertThat(System.nanoTime() - start)
        .isBetween(TimeUnit.MILLISECONDS.toNanos(600), TimeUnit.SECONDS.toNanos(20));
  }

  @ParameterizedTest
  @EnumSource
  void retriesAsTheRuleSays(ForeignClient.Kind kind) throws IOException {
    GreeterMesh mesh = mesh(kind, GreeterMesh.FLAKY);
    mesh.rules("{retries: {attempts: 0}, route: [" + to("flaky") + "]}");
    ForeignClient client = client(kind);
    assertThat(client.call(5)).isEqualTo(Map.of("!14", 5));

    mesh.rules(
        "{retries: {attempts: 2, retryOn: 'connect-failure,unavailable'}, route: ["
            + to("flaky")
            + "]}");
    client.await("flaky");

    assertThat(client.call(5)).isEqualTo(Map.of("flaky", 5));
    assertThat(mesh.refusals()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void abortsAsInjected(ForeignClient.Kind kind) throws IOException {
    GreeterMesh mesh = mesh(kind, "v1");
    mesh.rules(
        "{fault: {abort: {grpcStatus: PERMISSION_DENIED, percentage: {value: 100}}}, route: ["
            + to("v1")
            + "]}");
    ForeignClient client = client(kind);
    assertThat(client.call(5)).isEqualTo(Map.of("!7", 5));

    mesh.rules("{route: [" + to("v1") + "]}");

    client.await("v1");
  }

  @ParameterizedTest
  @EnumSource
  void followsEndpointsThatComeAndGo(ForeignClient.Kind kind) throws IOException {
    GreeterMesh mesh = mesh(kind, "v1", "v2");
    ForeignClient client = client(kind);
    client.await("v1");
    client.await("v2");
    mesh.leave("v1");
    mesh.awaitEndpoints(1);
    GreeterMesh.await("only v2", () -> client.call(10).keySet().equals(Set.of("v2")));

    mesh.start("v3");

    client.await("v3");
    assertThat(mesh.refusals()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void takesWhatItWouldRefuseInAFormThatItKnows(ForeignClient.Kind kind) throws IOException {
    GreeterMesh mesh = mesh(kind, "v1", "v2");
    mesh.policy("{loadBalancer: {simple: LEAST_REQUEST}}");
    mesh.rules(GreeterMesh.ADAPTED);
    ForeignClient client = client(kind);

    assertThat(client.callOnce()).isEqualTo("v2");
    assertThat(client.callOnce("x-tenant=b")).isEqualTo("v2");
    assertThat(client.callOnce("x-tenant=a")).isEqualTo("v1");
    assertThat(client.callOnce("x-user=beta")).isEqualTo("!7");
    assertThat(client.callOnce("x-user=gamma")).isEqualTo("!2");
    assertThat(client.callOnce("x-user=delta")).isEqualTo("!12");
    assertThat(client.callOnce("x-user=alpha")).isEqualTo("v2");
    mesh.rules("{directResponse: {status: 200}}");
    client.await("!14");
    mesh.rules("{route: [" + to("v1") + "]}");
    client.await("v1");
    assertThat(mesh.refusals()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void looksUpASingleName(ForeignClient.Kind kind) throws IOException {
    GreeterMesh mesh = mesh(kind, "v1");
    mesh.external("v1");

    assertThat(client(kind).call(3)).isEqualTo(Map.of("v1", 3));
    assertThat(mesh.refusals()).isZero();
  }
}
