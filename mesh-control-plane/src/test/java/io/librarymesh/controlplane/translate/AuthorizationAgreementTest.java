package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.authz.InboundEngine;
import io.librarymesh.controlplane.istio.AuthorizationPolicy;
import io.librarymesh.controlplane.istio.AuthorizationPolicy.Action;
import io.librarymesh.controlplane.istio.AuthorizationRule;
import io.librarymesh.controlplane.istio.AuthorizationRule.Condition;
import io.librarymesh.controlplane.istio.AuthorizationRule.Operation;
import io.librarymesh.controlplane.istio.AuthorizationRule.Source;
import io.librarymesh.controlplane.istio.AuthorizationRule.Values;
import io.librarymesh.controlplane.istio.Metadata;
import io.librarymesh.controlplane.istio.SourcePosition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Policies through translation, xDS and the engine, against the plainest reading of the same
 * policies, over random policies and calls. The number of calls is {@code mesh.authz.rounds}.
 */
class AuthorizationAgreementTest {
  private static final int ROUNDS = Integer.getInteger("mesh.authz.rounds", 20_000);
  private static final int CALLS_OF_A_MESH = 40;
  private static final List<String> IDENTITIES =
      List.of(
          "td1/ns/foo/sa/web",
          "old-td/ns/foo/sa/web",
          "cluster.local/ns/foo/sa/web",
          "other/ns/foo/sa/web",
          "td1/ns/bar/sa/we.b",
          "td1/ns/bar/sa/weXb");
  private static final List<String> PRINCIPALS =
      List.of(
          "*",
          "td1/ns/foo/sa/web",
          "cluster.local/ns/foo/sa/web",
          "old-td/ns/bar/*",
          "td1/ns/bar/sa/*",
          "td1/ns/foo/sa/w*",
          "*/ns/foo/sa/web",
          "*/sa/we.b",
          "other/ns/foo/sa/web",
          "spiffe://td1/ns/foo/sa/web");
  private static final List<String> ADDRESSES =
      List.of("10.1.1.1", "10.1.2.2", "10.2.0.1", "192.0.2.1");
  private static final List<String> BLOCKS =
      List.of("10.1.0.0/16", "10.2.0.0/16", "10.1.1.1", "192.0.2.1");
  private static final List<String> PATHS =
      List.of("/", "/a", "/a/", "/a/b", "/a/b/c", "/A", "/a//b", "/a*", "/a.b", "/aXb", "/x?/a");
  private static final List<String> PATH_VALUES =
      List.of(
          "/a",
          "/a*",
          "*b",
          "*",
          "/a/{*}",
          "/a/{**}",
          "/{*}/b",
          "/{*}/{*}/c",
          "/a.b",
          "*/",
          "/a/b*");
  private static final List<String> TEXTS = List.of("a", "ab", "b", "B", "*", "a*", "*b", "*a*");
  private static final List<Map<String, Object>> TOKENS =
      List.of(
          Map.of("iss", "https://i", "sub", "ann", "aud", "a", "groups", List.of("a", "ab")),
          Map.of("iss", "https://i", "sub", "bob", "azp", "ab", "groups", "b"),
          Map.of("iss", "https://i", "aud", List.of("b", "ab")),
          Map.of("iss", "j", "sub", "ann"));
  private static final List<String> REQUEST_PRINCIPALS =
      List.of(
          "*",
          "https://i/ann",
          "https://i/*",
          "https://i/a*",
          "*/ann",
          "*i/bob",
          "*nn",
          "https*",
          "j/ann",
          "ann",
          "*/*",
          "j");

  private final Random random = new Random(11);
  private final TokenIssuer issuer = new TokenIssuer();
  private final List<String> tokens =
      TOKENS.stream().map(claims -> issuer.token(json(claims))).toList();

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private Values values(List<String> of) {
    List<String> some = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      some.add(any(of));
    }
    return switch (random.nextInt(4)) {
      case 0 -> new Values(List.of(), some);
      case 1 -> new Values(some, List.of(any(of)));
      default -> new Values(some, List.of());
    };
  }

  private Values maybe(int n, List<String> of) {
    return oneIn(n) ? values(of) : Values.NOTHING;
  }

  private <T> List<T> some(Supplier<T> one) {
    List<T> all = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      all.add(one.get());
    }
    return all;
  }

  private Source source(boolean anybody) {
    return new Source(
        anybody ? maybe(3, PRINCIPALS) : Values.NOTHING,
        anybody ? maybe(5, REQUEST_PRINCIPALS) : Values.NOTHING,
        anybody ? maybe(5, List.of("foo", "bar", "f*", "*ar", "*")) : Values.NOTHING,
        anybody ? maybe(5, List.of("web", "foo/web", "bar/we.b")) : Values.NOTHING,
        anybody ? maybe(6, List.of("td1", "old-td", "other", "cluster.local")) : Values.NOTHING,
        maybe(6, BLOCKS),
        maybe(6, BLOCKS));
  }

  private Operation operation() {
    return new Operation(
        maybe(4, List.of("api", "api:*", "API", "*.foo")),
        maybe(4, List.of("8080", "9000")),
        maybe(3, List.of("GET", "P*", "get")),
        maybe(3, PATH_VALUES));
  }

  private Condition condition(boolean anybody) {
    return switch (random.nextInt(anybody ? 12 : 5)) {
      case 0 -> new Condition("request.headers[X-A]", values(TEXTS));
      case 1 -> new Condition("source.ip", values(BLOCKS));
      case 2 -> new Condition("remote.ip", values(BLOCKS));
      case 3 -> new Condition("destination.port", values(List.of("8080", "9000")));
      case 4 -> new Condition("connection.sni", values(TEXTS));
      case 5 -> new Condition("source.principal", values(PRINCIPALS));
      case 6 -> new Condition("source.namespace", values(List.of("foo", "ba*")));
      case 7 -> new Condition("request.auth.principal", values(REQUEST_PRINCIPALS));
      case 8 -> new Condition("request.auth.audiences", values(TEXTS));
      case 9 -> new Condition("request.auth.presenter", values(TEXTS));
      case 10 -> new Condition("request.auth.claims[groups]", values(TEXTS));
      default -> new Condition("source.trustDomain", values(List.of("td1", "other")));
    };
  }

  private AuthorizationPolicy policy(String name) {
    Action action = any(List.of(Action.values()));
    boolean anybody = action != Action.CUSTOM;
    boolean dryRun = anybody && oneIn(5);
    return new AuthorizationPolicy(
        new SourcePosition("p.yaml", 1, 1),
        new Metadata(
            name,
            oneIn(4) ? "istio-system" : "foo",
            Map.of(),
            dryRun ? Map.of(AuthorizationPolicy.DRY_RUN, "true") : Map.of(),
            Optional.empty()),
        oneIn(2) ? Map.of("app", "api") : Map.of(),
        List.of(),
        action,
        Optional.empty(),
        some(
            () ->
                new AuthorizationRule(
                    some(() -> source(anybody)),
                    some(this::operation),
                    some(() -> condition(anybody)))));
  }

  private CallOfTests call(int port, Optional<String> token) {
    Map<String, List<String>> headers = new TreeMap<>();
    if (oneIn(2)) {
      headers.put("x-a", oneIn(3) ? List.of(any(TEXTS), any(TEXTS)) : List.of(any(TEXTS)));
    }
    if (oneIn(3)) {
      headers.put("x-forwarded-for", List.of("1.2.3.4, " + any(ADDRESSES)));
    }
    token.ifPresent(value -> headers.put("authorization", List.of("Bearer " + value)));
    return new CallOfTests(
        oneIn(4) ? Optional.empty() : Optional.of(any(IDENTITIES)),
        any(List.of("GET", "PUT", "POST", "get")),
        any(List.of("api", "Api", "api:80", "x.foo", "foo")),
        any(PATHS),
        Optional.empty(),
        headers,
        any(ADDRESSES),
        port,
        oneIn(2) ? "" : any(List.of("a", "ab", "b")));
  }

  private Judge judge(List<AuthorizationPolicy> policies) {
    World world =
        World.empty()
            .with(
                "{apiVersion: install.istio.io/v1alpha1, kind: IstioOperator, metadata: {name: m},"
                    + " spec: {meshConfig: {trustDomain: td1, trustDomainAliases: [old-td]}}}");
    world.with(
        "{apiVersion: security.istio.io/v1, kind: RequestAuthentication, metadata: {name: r,"
            + " namespace: foo}, spec: {jwtRules: [{issuer: 'https://i', jwks: '"
            + issuer.jwks()
            + "'}, {issuer: j, jwks: '"
            + issuer.jwks()
            + "'}]}}");
    world.add(policies);
    return new Judge(world);
  }

  @Test
  void whatIsEnforcedIsWhatIsWritten() {
    int passed = 0;
    for (int round = 0; round < ROUNDS; round += CALLS_OF_A_MESH) {
      List<AuthorizationPolicy> policies = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        policies.add(policy("p" + i));
      }
      Judge judge = judge(policies);
      InboundEngine http = judge.engine(Judge.HTTP);
      InboundEngine tcp = judge.engine(Judge.TCP);
      assertThat(http.problems()).isEmpty();
      for (int i = 0; i < CALLS_OF_A_MESH; i++) {
        boolean opaque = oneIn(4);
        int token = opaque || oneIn(2) ? -1 : random.nextInt(TOKENS.size());
        CallOfTests call =
            call(
                opaque ? Judge.TCP : Judge.HTTP,
                token < 0 ? Optional.empty() : Optional.of(tokens.get(token)));
        boolean passes = opaque ? tcp.admits(call) : http.decide(call).isAllowed();
        Map<String, Object> claims = token < 0 ? Map.of() : TOKENS.get(token);
        assertThat(passes)
            .as("%s under %s with %s", call, policies, claims)
            .isEqualTo(new NaiveAuthorization(call, claims, !opaque).passes(policies));
        passed += passes ? 1 : 0;
      }
    }

    assertThat(passed).as("of " + ROUNDS).isBetween(ROUNDS / 5, ROUNDS - ROUNDS / 5);
  }

  private static String json(Map<String, Object> claims) {
    List<String> fields = new ArrayList<>();
    new LinkedHashMap<>(claims)
        .forEach(
            (name, value) ->
                fields.add(
                    "\""
                        + name
                        + "\":"
                        + (value instanceof List<?> list
                            ? "[\""
                                + String.join("\",\"", list.stream().map(Object::toString).toList())
                                + "\"]"
                            : "\"" + value + "\"")));
    return "{" + String.join(",", fields) + "}";
  }
}
