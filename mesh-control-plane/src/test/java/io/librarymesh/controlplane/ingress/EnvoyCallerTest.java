package io.librarymesh.controlplane.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stock Envoy that calls services takes all their clusters, and the routes that it asks for. */
final class EnvoyCallerTest {

  private static final String NAME = "outbound|3000||greeter-service.default.svc.cluster.local";
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  @TempDir private Path directory;

  private Edge edge;

  @BeforeEach
  void start() throws IOException {
    edge = new Edge(directory);
  }

  @AfterEach
  void stop() {
    // There is none where the test was skipped.
    if (edge != null) {
      edge.close();
    }
  }

  private void rules(String http) throws IOException {
    edge.write(
        "rules.yaml",
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: greeter-service}
        spec: {hosts: [greeter-service], http: [%s]}
        """
            .formatted(http));
  }

  private Answer get(String path, String... headers) throws IOException {
    return Answer.to(edge.port, "GET " + path, "greeter-service", headers);
  }

  @Test
  void loadIsReportedEndpointByEndpoint() throws Exception {
    edge.service("greeter-service", 3000, "v1");
    rules("{route: [{destination: {host: greeter-service}}]}");
    edge.caller(NAME);
    edge.await("v1", () -> get("/"), 200);

    // Envoy does not tell of calls before the first report after it learned of the cluster.
    long start = System.nanoTime();
    while (localities().isEmpty()) {
      assertThat(get("/").status()).isEqualTo(200);
      assertThat(System.nanoTime() - start).as(edge.loads()).isLessThan(PATIENCE_NANOS);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    JsonObject locality = localities().get(0).getAsJsonObject();
    assertThat(locality.get("successful").getAsLong()).isPositive();
    assertThat(locality.get("errors").getAsLong()).isZero();
    JsonObject endpoint = locality.getAsJsonArray("endpoints").get(0).getAsJsonObject();
    assertThat(endpoint.get("address").getAsString()).startsWith("127.0.0.1:");
    assertThat(endpoint.get("successful")).isEqualTo(locality.get("successful"));
  }

  /** What Envoy reported of the service. */
  private JsonArray localities() throws IOException {
    return JsonParser.parseString(edge.loads())
        .getAsJsonObject()
        .getAsJsonArray("clients")
        .asList()
        .stream()
        .map(JsonElement::getAsJsonObject)
        .filter(client -> client.get("node").getAsString().equals("caller"))
        .flatMap(client -> client.getAsJsonArray("clusters").asList().stream())
        .map(JsonElement::getAsJsonObject)
        .filter(cluster -> cluster.get("cluster").getAsString().equals(NAME))
        .map(cluster -> cluster.getAsJsonArray("localities"))
        .findFirst()
        .orElseGet(JsonArray::new);
  }

  @Test
  void rulesDecideAndTheirChangesAreInForceWhileItRuns() throws Exception {
    edge.service("greeter-service", 3000, "v1");
    edge.service("greeter-service", 3000, "v2");
    rules(
        """
        {match: [{uri: {prefix: /closed}}], directResponse: {status: 418}},
        {match: [{headers: {x-user: {exact: alpha}}}], fault: {abort: {httpStatus: 501, percentage: {value: 100}}},
         route: [{destination: {host: greeter-service}}]},
        {timeout: 5s, retries: {attempts: 2, perTryTimeout: 1s, retryOn: '5xx,connect-failure'},
         route: [{destination: {host: greeter-service, subset: v1}}]}
        """);
    edge.caller(NAME);

    edge.await("v1", () -> get("/"), a -> a.body().startsWith("greeter-service-v1"));
    assertThat(get("/closed").status()).isEqualTo(418);
    assertThat(get("/", "x-user: alpha").status()).isEqualTo(501);

    rules(
        "{route: [{destination: {host: greeter-service, subset: v1}, weight: 50},"
            + "{destination: {host: greeter-service, subset: v2}, weight: 50}]}");
    edge.await("v2", () -> get("/"), a -> a.body().startsWith("greeter-service-v2"));
    edge.await("v1 again", () -> get("/"), a -> a.body().startsWith("greeter-service-v1"));
    assertThat(edge.refusals()).isZero();
  }
}
