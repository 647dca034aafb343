package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.authz.ExternalAnswer;
import io.librarymesh.authz.ExternalCheck;
import io.librarymesh.authz.InboundDecision;
import io.librarymesh.authz.InboundEngine;
import io.librarymesh.authz.InboundVerdict;
import io.librarymesh.authz.ShadowVerdict;
import io.librarymesh.config.Body;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Policies from their YAML to what a server decides: read, translated, served, read by the client
 * and carried out. The examples are data, {@code authorization/examples.yaml}.
 */
class AuthorizationExamplesTest {
  private static final Map<String, String> NAMES =
      Map.of("S1", "cluster.local/ns/foo/sa/web", "S2", "cluster.local/ns/bar/sa/batch");

  private final TokenIssuer issuer = new TokenIssuer();
  private final TokenIssuer stranger = new TokenIssuer();

  @TestFactory
  Stream<DynamicTest> whatBecomesOfCalls() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Object each : examples()) {
      Map<?, ?> example = (Map<?, ?>) each;
      Judge judge = new Judge(world(example));
      for (Object call : list(example, "calls")) {
        Map<?, ?> expected = (Map<?, ?>) call;
        tests.add(
            DynamicTest.dynamicTest(
                example.get("id") + " " + expected, () -> check(judge, expected)));
      }
    }
    assertThat(tests).hasSizeGreaterThan(100);
    return tests.stream();
  }

  private static List<?> examples() throws IOException {
    try (InputStream in =
        AuthorizationExamplesTest.class.getResourceAsStream("/authorization/examples.yaml")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return (List<?>) new Load(LoadSettings.builder().build()).loadFromString(text);
    }
  }

  private World world(Map<?, ?> example) {
    World world = World.empty();
    Object mesh = example.get("mesh");
    if (mesh != null) {
      world.with(
          json(
              Map.of(
                  "apiVersion",
                  "install.istio.io/v1alpha1",
                  "kind",
                  "IstioOperator",
                  "metadata",
                  Map.of("name", "mesh"),
                  "spec",
                  Map.of("meshConfig", mesh))));
    }
    List<?> policies = list(example, "policies");
    for (int i = 0; i < policies.size(); i++) {
      world.with(policy((Map<?, ?>) policies.get(i), "p" + i));
    }
    return world;
  }

  private String policy(Map<?, ?> written, String name) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", name);
    metadata.put("namespace", text(written, "namespace").orElse("foo"));
    text(written, "dryRun")
        .ifPresent(value -> metadata.put("annotations", Map.of("istio.io/dry-run", value)));
    boolean authorization = written.containsKey("A");
    return json(Map.of(
            "apiVersion",
            "security.istio.io/v1",
            "kind",
            authorization ? "AuthorizationPolicy" : "RequestAuthentication",
            "metadata",
            metadata,
            "spec",
            Objects.requireNonNull(written.get(authorization ? "A" : "R"))))
        .replace("\"KEYS\"", json(issuer.jwks()));
  }

  private CallOfTests call(Map<?, ?> written) {
    Map<String, List<String>> headers = new TreeMap<>();
    if (written.get("headers") instanceof Map<?, ?> all) {
      all.forEach(
          (name, lines) ->
              headers.put(
                  (String) name,
                  lines instanceof List<?> several
                      ? several.stream().map(Object::toString).toList()
                      : List.of(lines.toString())));
    }
    String header = text(written, "in").orElse("authorization");
    String prefix = text(written, "prefix").orElse(header.equals("authorization") ? "Bearer " : "");
    if (written.get("token") != null) {
      headers.put(header, List.of(prefix + issuer.token(json(written.get("token")))));
    } else if (written.get("bad") != null) {
      headers.put(header, List.of(prefix + stranger.token(json(written.get("bad")))));
    }
    String path = text(written, "get").orElse("/");
    if (written.get("param") != null) {
      String token = issuer.token(json(written.get("param")));
      path += "?" + text(written, "as").orElse("access_token") + "=" + token;
    }
    String from = text(written, "from").orElseThrow();
    return new CallOfTests(
        from.equals("P") ? Optional.empty() : Optional.of(NAMES.getOrDefault(from, from)),
        text(written, "method").orElse("GET"),
        text(written, "host").orElse("api"),
        path,
        text(written, "dispatch"),
        headers,
        text(written, "ip").orElse("10.1.1.1"),
        port(written),
        text(written, "sni").orElse(""));
  }

  private static int port(Map<?, ?> call) {
    return text(call, "port").map(Integer::parseInt).orElse(Judge.HTTP);
  }

  private void check(Judge judge, Map<?, ?> expected) {
    CallOfTests call = call(expected);
    int port = port(expected);
    InboundEngine engine = judge.engine(port);
    assertThat(engine.problems())
        .allSatisfy(problem -> assertThat(problem).endsWith(": no key that can verify a token"));
    int status = Integer.parseInt(text(expected, "status").orElseThrow());
    if (port == Judge.TCP) {
      assertThat(engine.admits(call)).isEqualTo(status != 0);
      return;
    }
    List<String> asks = new ArrayList<>();
    InboundVerdict verdict =
        expected.containsKey("authorizer")
            ? ask(engine.begin(call), expected, asks)
            : engine.decide(call);
    assertThat(asks).isEqualTo(list(expected, "asks"));
    assertThat(verdict instanceof InboundVerdict.Denied denied ? denied.status() : 200)
        .as("%s", verdict)
        .isEqualTo(status);
    if (verdict instanceof InboundVerdict.Denied denied) {
      text(expected, "body").ifPresent(body -> assertThat(denied.body()).isEqualTo(body));
      text(expected, "policy").ifPresent(name -> assertThat(denied.policy()).isEqualTo(name));
      text(expected, "grpc")
          .ifPresent(code -> assertThat(denied.grpcStatus()).isEqualTo(Integer.parseInt(code)));
    } else {
      checkPassed((InboundVerdict.Allowed) verdict, expected);
    }
    if (expected.get("shadow") instanceof Map<?, ?> shadows) {
      assertThat(
              verdict.shadows().stream()
                  .collect(Collectors.toMap(ShadowVerdict::prefix, ShadowVerdict::allowed)))
          .isEqualTo(shadows);
    }
  }

  private static InboundVerdict ask(InboundDecision begun, Map<?, ?> expected, List<String> asks) {
    InboundDecision decision = begun;
    while (decision instanceof InboundDecision.Asking asking) {
      ExternalCheck check = asking.check();
      asks.add(check.cluster() + " " + check.path() + " " + new TreeMap<>(check.headers()));
      decision = asking.resume(answer(expected.get("authorizer")));
    }
    return ((InboundDecision.Made) decision).verdict();
  }

  /** Of an authorizer that is down, or answers with a status and headers. */
  private static ExternalAnswer answer(@Nullable Object written) {
    if (!(written instanceof Map<?, ?> map)) {
      return new ExternalAnswer.Failed(String.valueOf(written));
    }
    Map<String, List<String>> headers = new TreeMap<>();
    if (map.get("headers") instanceof Map<?, ?> all) {
      all.forEach((name, value) -> headers.put((String) name, List.of((String) value)));
    }
    return new ExternalAnswer.Response(
        Integer.parseInt(text(map, "status").orElseThrow()),
        headers,
        Body.ofText(text(map, "body").orElse("")));
  }

  private static void checkPassed(InboundVerdict.Allowed allowed, Map<?, ?> expected) {
    text(expected, "sees").ifPresent(path -> assertThat(allowed.path()).isEqualTo(path));
    assertThat(allowed.audited()).isEqualTo(expected.containsKey("audited"));
    for (Object name : list(expected, "removes")) {
      assertThat(allowed.headers().removed()).contains((String) name);
    }
    for (Object name : list(expected, "keeps")) {
      assertThat(allowed.headers().removed()).doesNotContain((String) name);
    }
    if (expected.get("sets") instanceof Map<?, ?> sets) {
      sets.forEach(
          (name, value) ->
              assertThat(allowed.headers().set()).containsEntry((String) name, (String) value));
    }
  }

  private static List<?> list(Map<?, ?> map, String name) {
    return map.get(name) instanceof List<?> found ? found : List.of();
  }

  private static Optional<String> text(Map<?, ?> map, String name) {
    return Optional.<Object>ofNullable(map.get(name)).map(Object::toString);
  }

  private static String json(Object value) {
    if (value instanceof Map<?, ?> map) {
      List<String> fields = new ArrayList<>();
      map.forEach((name, field) -> fields.add(json(name) + ": " + json(field)));
      return "{" + String.join(", ", fields) + "}";
    }
    if (value instanceof List<?> list) {
      return "["
          + list.stream().map(AuthorizationExamplesTest::json).collect(Collectors.joining(", "))
          + "]";
    }
    return value instanceof String text
        ? "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\""
        : String.valueOf(value);
  }
}
