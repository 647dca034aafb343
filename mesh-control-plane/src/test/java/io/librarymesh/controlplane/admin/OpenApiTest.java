package io.librarymesh.controlplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.TextFormat;
import io.grpc.stub.StreamObserver;
import io.librarymesh.controlplane.load.LoadReports;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.controlplane.serve.AdsClients;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.serve.AdsServer;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import io.librarymesh.proto.envoy.service.load_stats.v3.LoadReportingServiceGrpc;
import io.librarymesh.proto.envoy.service.load_stats.v3.LoadStatsRequest;
import io.librarymesh.proto.envoy.service.load_stats.v3.LoadStatsResponse;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description describes what is served, all of it and nothing else. */
class OpenApiTest {

  @TempDir private Path directory;
  private AdminFixture mesh;
  private JsonObject document;

  @BeforeEach
  void start() throws Exception {
    mesh = new AdminFixture(directory);
    document = mesh.object("/openapi.json");
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  /** A description by its pointer, and what that leads to. */
  private JsonObject resolve(JsonElement element) {
    JsonObject object = element.getAsJsonObject();
    while (object.has("$ref")) {
      JsonElement target = document;
      for (String key : object.get("$ref").getAsString().substring(2).split("/", -1)) {
        JsonObject parent = target.getAsJsonObject();
        String name = key.replace("~1", "/").replace("~0", "~");
        assertThat(parent.has(name)).as(object.toString()).isTrue();
        target = parent.get(name);
      }
      object = target.getAsJsonObject();
    }
    return object;
  }

  private JsonObject operation(String path) {
    JsonElement item = document.getAsJsonObject("paths").get(path);
    assertThat(item).as(path).isNotNull();
    return resolve(item).getAsJsonObject("get");
  }

  @Test
  void pathsAreThoseThatAreServed() {
    List<String> served =
        new Pages(
                new AdminSource() {
                  @Override
                  public Optional<AdsServer> server() {
                    return Optional.empty();
                  }

                  @Override
                  public LoadReports loads() {
                    return new LoadReports(new Metrics(), System::nanoTime);
                  }

                  @Override
                  public Metrics metrics() {
                    return new Metrics();
                  }

                  @Override
                  public String version() {
                    return "";
                  }
                })
            .paths();

    assertThat(document.getAsJsonObject("paths").keySet())
        .containsExactlyInAnyOrderElementsOf(served);
    assertThat(document.get("openapi").getAsString()).isEqualTo("3.1.0");
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    List<JsonObject> references = new ArrayList<>();
    collect(document, references);

    assertThat(references).hasSizeGreaterThan(30).allSatisfy(this::resolve);
  }

  private static void collect(JsonElement element, List<JsonObject> references) {
    if (element.isJsonArray()) {
      element.getAsJsonArray().forEach(item -> collect(item, references));
    } else if (element.isJsonObject()) {
      if (element.getAsJsonObject().has("$ref")) {
        references.add(element.getAsJsonObject());
      }
      element.getAsJsonObject().asMap().values().forEach(value -> collect(value, references));
    }
  }

  @Test
  void answersHaveTheShapeThatIsDescribed() throws Exception {
    populate();

    for (String path : document.getAsJsonObject("paths").keySet()) {
      for (String target : targets(path)) {
        HttpResponse<String> response = mesh.send("GET", target);
        assertThat(response.statusCode()).as(target).isEqualTo(200);
        check(target, path, response);
      }
    }
  }

  private static List<String> targets(String path) {
    if (path.equals("/debug/config_dump")) {
      return List.of(path + "?proxyID=stock", path + "?proxyID=workload");
    }
    return path.contains("{client}")
        ? List.of(path.replace("{client}", "stock"), path.replace("{client}", "workload"))
        : List.of(path);
  }

  @Test
  void errorsHaveTheShapeThatIsDescribed() throws Exception {
    populate();

    for (String target :
        List.of("/debug/clients/nobody", "/debug/clients/o", "/debug/clients/nobody/config_dump")) {
      HttpResponse<String> response = mesh.send("GET", target);
      String path =
          target.endsWith("config_dump")
              ? "/debug/clients/{client}/config_dump"
              : "/debug/clients/{client}";
      check(target, path, response);
    }
    check("/debug/config_dump", "/debug/config_dump", mesh.send("GET", "/debug/config_dump"));
    JsonObject error = document.getAsJsonObject("components").getAsJsonObject("schemas");
    for (HttpResponse<String> response :
        List.of(mesh.send("GET", "/nothing"), mesh.send("POST", "/healthz"))) {
      assertThat(problems("", JsonParser.parseString(response.body()), error.get("Error")))
          .isEmpty();
    }
  }

  /** Clients with refusals, gaps, registrations and names of nothing; files with findings. */
  private void populate() throws Exception {
    Files.writeString(
        directory.resolve("dangling.yaml"),
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: nobody}
        spec: {host: nobody}
        """);
    AdminFixture.await("finding", () -> !mesh.controlPlane.status().findings().isEmpty());
    Delta workload =
        new Delta(
            mesh.channel,
            AdsClients.workload("workload", "default", Map.of("app", "greeter"), "127.0.0.1", 4123),
            ResourceType.ROUTE,
            AdminFixture.ROUTES,
            "outbound|1||nobody");
    workload.refuse(workload.next(), "no");
    Node node = AdsClients.node("stock", "default").toBuilder().setUserAgentName("gRPC Go").build();
    Delta stock = new Delta(mesh.channel, node, ResourceType.ROUTE, AdminFixture.ROUTES);
    stock.accept();
    stock.subscribe(ResourceType.CLUSTER, AdminFixture.ROUTES);
    stock.accept();
    stock.subscribe(ResourceType.ENDPOINT, AdminFixture.ROUTES);
    stock.accept();
    stock.subscribe(ResourceType.LISTENER, "greeter:3000", "nobody:1");
    stock.accept();
    mesh.awaitAnswers("lds", 1);
    report();
    AdminFixture.await("refusal", () -> mesh.controlPlane.status().refusals() == 1);
  }

  private void report() throws Exception {
    LoadReportingServiceGrpc.newStub(mesh.channel)
        .streamLoadStats(
            new StreamObserver<>() {
              @Override
              public void onNext(LoadStatsResponse response) {}

              @Override
              public void onError(Throwable cause) {}

              @Override
              public void onCompleted() {}
            })
        .onNext(
            TextFormat.parse(
                """
                node { id: "stock" }
                cluster_stats {
                  cluster_name: "a" cluster_service_name: "b"
                  dropped_requests { category: "lb" dropped_count: 1 }
                  upstream_locality_stats { upstream_endpoint_stats {} } }
                """,
                LoadStatsRequest.class));
    AdminFixture.await(
        "report",
        () -> {
          try {
            return mesh.send("GET", "/metrics").body().contains("librarymesh_load_reports 1\n");
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  private void check(String target, String path, HttpResponse<String> response) {
    JsonElement described =
        operation(path).getAsJsonObject("responses").get(Integer.toString(response.statusCode()));
    assertThat(described).as("%s: %s", target, response.statusCode()).isNotNull();
    JsonObject content = resolve(described).getAsJsonObject("content");
    String type = response.headers().firstValue("Content-Type").orElseThrow().split(";", -1)[0];
    assertThat(content.keySet()).as(target).containsExactly(type);
    if (type.equals("application/json")) {
      JsonElement schema = content.getAsJsonObject(type).get("schema");
      assertThat(problems(target, JsonParser.parseString(response.body()), schema)).isEmpty();
    }
  }

  /** Where an answer is not as its schema says. */
  private List<String> problems(String at, JsonElement value, JsonElement reference) {
    JsonObject schema = resolve(reference);
    List<String> problems = new ArrayList<>();
    if (schema.has("oneOf")) {
      long fitting =
          schema.getAsJsonArray("oneOf").asList().stream()
              .filter(one -> problems(at, value, one).isEmpty())
              .count();
      return fitting == 1 ? List.of() : List.of(at + ": fits " + fitting + " of several");
    }
    if (schema.has("enum") && !schema.getAsJsonArray("enum").contains(value)) {
      problems.add(at + ": " + value + " is none of " + schema.get("enum"));
    }
    String type = schema.get("type").getAsString();
    if (!isOf(type, value)) {
      problems.add(at + ": " + value + " is not of type " + type);
    } else if (type.equals("array")) {
      JsonArray items = value.getAsJsonArray();
      for (int i = 0; i < items.size(); i++) {
        problems.addAll(problems(at + "[" + i + "]", items.get(i), schema.get("items")));
      }
    } else if (type.equals("object")) {
      problems.addAll(members(at, value.getAsJsonObject(), schema));
    }
    return problems;
  }

  private List<String> members(String at, JsonObject value, JsonObject schema) {
    List<String> problems = new ArrayList<>();
    if (schema.has("required")) {
      for (JsonElement name : schema.getAsJsonArray("required")) {
        if (!value.has(name.getAsString())) {
          problems.add(at + ": without " + name);
        }
      }
    }
    JsonObject properties =
        schema.has("properties") ? schema.getAsJsonObject("properties") : new JsonObject();
    JsonElement others = schema.get("additionalProperties");
    for (Map.Entry<String, JsonElement> member : value.entrySet()) {
      String within = at + "." + member.getKey();
      if (properties.has(member.getKey())) {
        problems.addAll(problems(within, member.getValue(), properties.get(member.getKey())));
      } else if (others != null && others.isJsonObject()) {
        problems.addAll(problems(within, member.getValue(), others));
      } else if (others != null && !others.getAsBoolean()) {
        problems.add(within + ": not described");
      }
    }
    return problems;
  }

  private static boolean isOf(String type, JsonElement value) {
    return switch (type) {
      case "object" -> value.isJsonObject();
      case "array" -> value.isJsonArray();
      case "string" -> value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
      case "boolean" -> value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean();
      case "number" -> value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
      case "integer" ->
          value.isJsonPrimitive()
              && value.getAsJsonPrimitive().isNumber()
              && value.getAsDouble() == Math.rint(value.getAsDouble());
      default -> throw new AssertionError("type: " + type);
    };
  }
}
