package io.librarymesh.controlplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.librarymesh.controlplane.serve.AdsClients;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Health, numbers and debugging as they are asked for over HTTP. */
class PagesTest {

  private static final String ROUTES = AdminFixture.ROUTES;

  @TempDir private Path directory;
  private AdminFixture mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new AdminFixture(directory);
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  private Delta routes(String node) {
    return new Delta(mesh.channel, AdsClients.node(node, "default"), ResourceType.ROUTE, ROUTES);
  }

  private static JsonObject only(JsonObject parent, String key) {
    JsonArray all = parent.getAsJsonArray(key);
    assertThat(all).hasSize(1);
    return all.get(0).getAsJsonObject();
  }

  private static JsonObject error(HttpResponse<String> response) {
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("application/json; charset=utf-8");
    JsonObject error = JsonParser.parseString(response.body()).getAsJsonObject();
    assertThat(error.get("status").getAsInt()).isEqualTo(response.statusCode());
    return error;
  }

  @Test
  void aPageThatIsNotThereNamesThoseThatAre() throws Exception {
    HttpResponse<String> response = mesh.send("GET", "/debug/nothing");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(error(response).get("error").getAsString()).contains("/debug/nothing");
    assertThat(error(response).getAsJsonArray("paths"))
        .extracting(JsonElement::getAsString)
        .contains("/debug/clients", "/metrics", "/ready");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
  void pagesAreOnlyRead(String method) throws Exception {
    HttpResponse<String> response = mesh.send(method, "/debug/clients");

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
    assertThat(error(response).get("error").getAsString())
        .isEqualTo(method + " (expected: GET or HEAD)");
  }

  @Test
  void headIsGetWithoutTheBody() throws Exception {
    HttpResponse<String> get = mesh.send("GET", "/debug/config");
    HttpResponse<String> head = mesh.send("HEAD", "/debug/config");

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Length"))
        .isEqualTo(get.headers().firstValue("Content-Length"));
  }

  @Test
  void answersAreNeitherKeptNorShownWithinOtherPages() throws Exception {
    for (String path : new String[] {"/healthz", "/metrics", "/debug/config", "/nothing"}) {
      assertThat(mesh.send("GET", path).headers().map())
          .containsEntry("x-content-type-options", List.of("nosniff"))
          .containsEntry("cache-control", List.of("no-store"))
          .containsEntry(
              "content-security-policy", List.of("default-src 'none'; frame-ancestors 'none'"))
          .doesNotContainKey("access-control-allow-origin");
    }
  }

  @Test
  void brokenTargetsAreRefused() throws Exception {
    assertThat(mesh.send("GET", "/debug/clients/%25zz").statusCode()).isEqualTo(404);
    assertThat(mesh.send("GET", "/debug/" + "a".repeat(5000)).statusCode()).isEqualTo(414);
    assertThat(mesh.send("GET", "/debug/config_dump").statusCode()).isEqualTo(400);
    assertThat(mesh.send("GET", "/debug//clients").statusCode()).isEqualTo(404);
    assertThat(mesh.send("GET", "/debug/clients/").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "/ready, /readyz",
    "/debug/registryz, /debug/registry",
    "/debug/endpointz, /debug/endpoints",
    "/debug/configz, /debug/config",
    "/debug/list, /debug"
  })
  void istiodsPathsAreAnswered(String alias, String own) throws Exception {
    assertThat(mesh.json(alias)).isEqualTo(mesh.json(own));
  }

  @Test
  void clientsAreShownWithTheirTypes() throws Exception {
    Delta client = routes("greeter-v1");
    String nonce = client.accept().getNonce();
    mesh.awaitAnswers("rds", 1);

    JsonObject shown = only(mesh.object("/debug/clients"), "clients");
    assertThat(shown.get("node").getAsString()).isEqualTo("greeter-v1");
    assertThat(shown.get("sync").getAsString()).isEqualTo("SYNCED");
    assertThat(shown.get("address").getAsString()).startsWith("127.0.0.1:");
    JsonObject route = shown.getAsJsonObject("types").getAsJsonObject("route");
    assertThat(route.get("sync").getAsString()).isEqualTo("SYNCED");
    assertThat(route.get("acknowledgedNonce").getAsString()).isEqualTo(nonce);
    assertThat(shown.getAsJsonObject("types").getAsJsonObject("cluster").get("sync").getAsString())
        .isEqualTo("IGNORED");
  }

  @Test
  void synczHasIstiodsShape() throws Exception {
    Delta client = routes("greeter-v1");
    String nonce = client.accept().getNonce();
    mesh.awaitAnswers("rds", 1);

    JsonObject shown = mesh.json("/debug/syncz").getAsJsonArray().get(0).getAsJsonObject();
    assertThat(shown.get("proxy").getAsString()).isEqualTo("greeter-v1");
    assertThat(shown.get("route_sent").getAsString()).isEqualTo(nonce);
    assertThat(shown.get("route_acked").getAsString()).isEqualTo(nonce);
    assertThat(shown.has("cluster_sent")).isFalse();
  }

  @Test
  void aDumpHoldsWhatTheClientWasSent() throws Exception {
    Delta client = routes("greeter-v1");
    client.subscribe(ResourceType.LISTENER, "greeter:3000");
    String version = client.accept().getResources(0).getVersion();
    client.accept();
    mesh.awaitAnswers("lds", 1);

    JsonObject dump = mesh.object("/debug/clients/greeter/config_dump?type=route");
    JsonObject config = only(dump, "configs");
    assertThat(config.get("name").getAsString()).isEqualTo(ROUTES);
    assertThat(config.get("sent").getAsString()).isEqualTo(version);
    JsonObject routes = config.getAsJsonObject("config");
    assertThat(routes.get("@type").getAsString())
        .isEqualTo("type.googleapis.com/envoy.config.route.v3.RouteConfiguration");
    assertThat(routes.getAsJsonArray("virtual_hosts").toString())
        .contains("\"path_redirect\":\"/new\"", "\"per_try_timeout\":\"1s\"");
    JsonObject both = mesh.object("/debug/config_dump?proxyID=eter-v1");
    assertThat(both.getAsJsonArray("configs")).hasSize(2);
    assertThat(both.toString())
        .contains("envoy.extensions.filters.http.router.v3.Router")
        .doesNotContain("\"value\":");
    assertThat(error(mesh.send("GET", "/debug/clients/greeter/config_dump?type=secret")).toString())
        .contains("expected: cluster, listener, route or endpoint");
  }

  @Test
  void aPieceOfANodeIdIsEnoughWhenItIsUnique() throws Exception {
    routes("greeter-v1").accept();
    routes("greeter-v10").accept();
    routes("other/with ~ things").accept();
    mesh.awaitAnswers("rds", 3);

    assertThat(mesh.object("/debug/clients/greeter-v1").get("node").getAsString())
        .isEqualTo("greeter-v1");
    assertThat(mesh.object("/debug/clients/v10").get("node").getAsString())
        .isEqualTo("greeter-v10");
    assertThat(mesh.object("/debug/clients/other%2Fwith%20~").get("node").getAsString())
        .isEqualTo("other/with ~ things");
    JsonObject ambiguous = error(mesh.send("GET", "/debug/clients/greeter"));
    assertThat(ambiguous.get("status").getAsInt()).isEqualTo(409);
    assertThat(ambiguous.getAsJsonArray("candidates").toString())
        .contains("greeter-v1", "greeter-v10")
        .doesNotContain("other");
    JsonObject unknown = error(mesh.send("GET", "/debug/clients/nobody"));
    assertThat(unknown.get("status").getAsInt()).isEqualTo(404);
    assertThat(unknown.getAsJsonArray("candidates")).hasSize(3);
  }

  @Test
  void whatAClientLeavesUndoneIsShown() throws Exception {
    Node node = AdsClients.node("g", "default").toBuilder().setUserAgentName("gRPC Java").build();
    Delta client = new Delta(mesh.channel, node, ResourceType.ROUTE, ROUTES);
    client.accept();
    mesh.awaitAnswers("rds", 1);

    JsonArray gaps = only(mesh.object("/debug/clients"), "clients").getAsJsonArray("gaps");
    assertThat(gaps)
        .extracting(gap -> gap.getAsJsonObject().get("feature").getAsString())
        .containsExactly("redirect", "retry_policy.per_try_timeout");
    assertThat(gaps.get(0).getAsJsonObject().getAsJsonArray("where").get(0).getAsString())
        .isEqualTo("greeter.yaml:12");
    assertThat(mesh.object("/debug/clients/g").getAsJsonArray("gaps")).isEqualTo(gaps);
  }

  @Test
  void theRegistryShowsWhoRegistered() throws Exception {
    Delta client =
        new Delta(
            mesh.channel,
            AdsClients.workload("w", "default", Map.of("app", "greeter"), "127.0.0.1", 41234),
            ResourceType.ENDPOINT,
            ROUTES);
    client.accept();
    mesh.awaitAnswers("eds", 1);

    JsonObject endpoints = only(mesh.object("/debug/endpoints"), "endpoints");
    assertThat(endpoints.get("service").getAsString())
        .isEqualTo("greeter.default.svc.cluster.local:3000");
    assertThat(only(endpoints, "endpoints").get("address").getAsString())
        .isEqualTo("127.0.0.1:41234");
    assertThat(mesh.send("GET", "/metrics").body()).contains("librarymesh_workloads 1\n");
  }

  @Test
  void theConfigurationIsShownAsItWasUnderstood() throws Exception {
    JsonObject config = mesh.object("/debug/config");

    assertThat(config.getAsJsonObject("mesh").get("domain").getAsString())
        .isEqualTo("cluster.local");
    JsonObject rules = config.getAsJsonArray("resources").get(1).getAsJsonObject();
    assertThat(rules.get("kind").getAsString()).isEqualTo("VirtualService");
    assertThat(rules.get("origin").getAsString()).endsWith("greeter.yaml:6:1");
    assertThat(rules.getAsJsonObject("spec").getAsJsonArray("http")).hasSize(2);
  }

  @Test
  void prettyAnswersHaveTheSameContent() throws Exception {
    assertThat(mesh.send("GET", "/debug/config?pretty").body()).contains("\n  \"generation\": 1");
    assertThat(mesh.json("/debug/config?pretty")).isEqualTo(mesh.json("/debug/config"));
  }
}
