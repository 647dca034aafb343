package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.GreeterMesh.await;
import static io.librarymesh.controlplane.serve.GreeterMesh.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * grpc-java's own xDS client, unchanged, calls {@code xds:///greeter-service:3000} through the
 * server: over TCP, with a bootstrap given in code, against real gRPC servers that registered.
 */
class StockGrpcClientTest {

  private static final Metadata.Key<String> USER =
      Metadata.Key.of("x-user", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> TENANT =
      Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER);

  private GreeterMesh mesh;
  private StockGrpc grpc;

  @BeforeEach
  void start() throws Exception {
    mesh = new GreeterMesh("v1", "v2");
    grpc = new StockGrpc(mesh.control.port());
  }

  @AfterEach
  void stop() throws Exception {
    grpc.close();
    mesh.close();
  }

  private String say() {
    return say(Map.of());
  }

  private String say(Map<Metadata.Key<String>, String> headers) {
    Metadata metadata = new Metadata();
    headers.forEach(metadata::put);
    return ClientCalls.blockingUnaryCall(
        ClientInterceptors.intercept(
            grpc.channel(), MetadataUtils.newAttachHeadersInterceptor(metadata)),
        GreeterMesh.SAY,
        CallOptions.DEFAULT.withDeadlineAfter(GreeterMesh.PATIENCE_SECONDS, TimeUnit.SECONDS),
        "hello");
  }

  @Test
  void splitsByWeightAndFollowsAnEdit() {
    mesh.rules("{route: [" + to("v1") + "]}");
    assertThat(say()).isEqualTo("v1");
    mesh.rules(
        "{route: [{destination: {host: greeter-service, subset: v1}, weight: 80},"
            + "{destination: {host: greeter-service, subset: v2}, weight: 20}]}");
    await("both versions", () -> say().equals("v2"));

    int v1 = 0;
    for (int i = 0; i < 500; i++) {
      v1 += say().equals("v1") ? 1 : 0;
    }
    // 400 expected; 6.2 standard deviations are passed once in a billion runs.
    assertThat(v1).isBetween(345, 455);
    assertThat(mesh.refusals()).isZero();
  }

  @Test
  void routesByHeader() {
    mesh.rules(
        "{match: [{headers: {x-user: {exact: alpha}}}], route: ["
            + to("v2")
            + "]}, {route: ["
            + to("v1")
            + "]}");

    for (int i = 0; i < 20; i++) {
      assertThat(say(Map.of(USER, "alpha"))).isEqualTo("v2");
      assertThat(say()).isEqualTo("v1");
    }
  }

  @Test
  void abortsAsInjected() {
    mesh.rules("{route: [" + to("v1") + "]}");
    assertThat(say()).isEqualTo("v1");
    mesh.rules(
        "{fault: {abort: {httpStatus: 503, percentage: {value: 100}}}, route: [" + to("v1") + "]}");
    mesh.awaitRoutes("stock-client");

    await(
        "fault in force",
        () -> {
          try {
            say();
            return false;
          } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.UNAVAILABLE;
          }
        });
    assertThatThrownBy(this::say).hasMessageContaining("fault");
  }

  @Test
  void followsEndpointsThatComeAndGo() throws Exception {
    await("both versions", () -> say().equals("v1"));
    await("both versions", () -> say().equals("v2"));
    mesh.leave("v1");
    mesh.awaitEndpoints(1);
    await(
        "only v2",
        () -> {
          for (int i = 0; i < 10; i++) {
            if (!say().equals("v2")) {
              return false;
            }
          }
          return true;
        });
    mesh.start("v3");

    await("new endpoint", () -> say().equals("v3"));
  }

  @Test
  void takesWhatItWouldRefuseInAFormThatItKnows() {
    mesh.policy("{loadBalancer: {simple: LEAST_REQUEST}}");
    mesh.rules(GreeterMesh.ADAPTED);

    assertThat(say()).isEqualTo("v2");
    assertThat(say(Map.of(TENANT, "b"))).isEqualTo("v2");
    assertThat(say(Map.of(TENANT, "a"))).isEqualTo("v1");
    assertThat(failure(Map.of(USER, "beta"))).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(failure(Map.of(USER, "gamma"))).isEqualTo(Status.Code.UNKNOWN);
    assertThat(failure(Map.of(USER, "delta"))).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(say(Map.of(USER, "alpha"))).isEqualTo("v2");
    mesh.rules("{directResponse: {status: 200}}");
    await("no route", () -> failure(Map.of()) == Status.Code.UNAVAILABLE);
    assertThat(mesh.refusals()).isZero();
  }

  private Status.Code failure(Map<Metadata.Key<String>, String> headers) {
    try {
      say(headers);
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  @Test
  void looksUpASingleName() {
    mesh.external("v1");

    await("by name", () -> say().equals("v1"));
    for (int i = 0; i < 20; i++) {
      assertThat(say()).isEqualTo("v1");
    }
    assertThat(mesh.refusals()).isZero();
  }
}
