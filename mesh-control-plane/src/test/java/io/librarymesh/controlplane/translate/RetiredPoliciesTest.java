package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.authz.InboundEngine;
import io.librarymesh.authz.InboundVerdict;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.PeerAuthentication;
import io.librarymesh.controlplane.istio.Severity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Security as Istio 1.4 had it, from its YAML to what a server decides. */
class RetiredPoliciesTest {
  private static final String NOBODY = "";
  private static final String FOO = "{\"iss\":\"i\",\"sub\":\"s\",\"foo\":\"bar\"}";
  private static final String OTHER = "{\"iss\":\"i\",\"sub\":\"s\",\"foo\":\"else\"}";
  private static final String STRANGE = "{\"iss\":\"strange\",\"sub\":\"s\",\"foo\":\"bar\"}";

  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: helloweb, namespace: foo}
      spec: {selector: {app: api}, ports: [{name: http, port: 80, targetPort: 8080}]}
      """;

  private static final String TOKENS =
      """
      apiVersion: authentication.istio.io/v1alpha1
      kind: Policy
      metadata: {name: user-jwt, namespace: foo}
      spec:
        targets: [{name: helloweb}]
        origins: [{jwt: {issuer: i, jwks: 'KEYS'}}]
        principalBinding: USE_ORIGIN
      """;

  private static final String CONFIG =
      """
      apiVersion: rbac.istio.io/v1alpha1
      kind: ClusterRbacConfig
      metadata: {name: default}
      spec: {mode: ON_WITH_INCLUSION, inclusion: {services: [helloweb.foo.svc.cluster.local]}}
      """;

  private static final String ROLE =
      """
      apiVersion: rbac.istio.io/v1alpha1
      kind: ServiceRole
      metadata: {name: foo-role, namespace: foo}
      spec: {rules: [{services: [helloweb.foo.svc.cluster.local], methods: ['*']}]}
      ---
      apiVersion: rbac.istio.io/v1alpha1
      kind: ServiceRoleBinding
      metadata: {name: foo-binding, namespace: foo}
      spec:
        subjects: [{user: '*', properties: {'request.auth.claims[foo]': bar}}]
        roleRef: {kind: ServiceRole, name: foo-role}
      """;

  private static final String TODAY =
      """
      apiVersion: security.istio.io/v1
      kind: RequestAuthentication
      metadata: {name: helloweb, namespace: foo}
      spec:
        selector: {matchLabels: {app: api}}
        jwtRules: [{issuer: i, jwks: 'KEYS', forwardOriginalToken: true}]
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: {name: helloweb, namespace: foo}
      spec:
        selector: {matchLabels: {app: api}}
        rules:
        - from: [{source: {requestPrincipals: ['*']}}]
          when: [{key: 'request.auth.claims[foo]', values: [bar]}]
      """;

  private final TokenIssuer issuer = new TokenIssuer();
  private final TokenIssuer stranger = new TokenIssuer();

  private InboundEngine engine(String... texts) {
    World world = World.empty().with(SERVICE);
    for (String text : texts) {
      world.with(text.replace("KEYS", issuer.jwks()));
    }
    InboundEngine engine = new Judge(world).engine(Judge.HTTP);
    assertThat(engine.problems()).isEmpty();
    return engine;
  }

  private String token(String claims) {
    return claims.isEmpty() ? NOBODY : issuer.token(claims);
  }

  private static int status(InboundEngine engine, String token) {
    Map<String, List<String>> headers = new TreeMap<>();
    if (!token.isEmpty()) {
      headers.put("authorization", List.of("Bearer " + token));
    }
    CallOfTests call =
        new CallOfTests(
            Optional.empty(),
            "GET",
            "helloweb",
            "/",
            Optional.empty(),
            headers,
            "10.1.1.1",
            Judge.HTTP,
            "");
    return engine.decide(call) instanceof InboundVerdict.Denied denied ? denied.status() : 200;
  }

  @Test
  void aPolicyAsksForAToken() {
    InboundEngine engine = engine(TOKENS);

    assertThat(status(engine, NOBODY)).isEqualTo(403);
    assertThat(status(engine, token(OTHER))).isEqualTo(200);
    assertThat(status(engine, token(STRANGE))).isEqualTo(401);
    assertThat(status(engine, stranger.token(FOO))).isEqualTo(401);
  }

  @Test
  void withoutRolesNobodyIsLetIn() {
    InboundEngine engine = engine(TOKENS, CONFIG);

    assertThat(status(engine, NOBODY)).isEqualTo(403);
    assertThat(status(engine, token(FOO))).isEqualTo(403);
  }

  @Test
  void whatTheWorkshopEndsWithIsWhatTwoResourcesOfTodaySay() {
    InboundEngine before = engine(TOKENS, CONFIG, ROLE);
    InboundEngine today = engine(TODAY);

    assertThat(status(before, token(FOO))).isEqualTo(200);
    assertThat(status(before, token(OTHER))).isEqualTo(403);
    assertThat(status(before, NOBODY)).isEqualTo(403);
    for (String token :
        List.of(NOBODY, token(FOO), token(OTHER), token(STRANGE), stranger.token(FOO), "x")) {
      assertThat(status(before, token)).as(token).isEqualTo(status(today, token));
    }
  }

  @Test
  void aMeshPolicyIsForAllWorkloads() {
    PushContext context =
        World.empty()
            .with(SERVICE)
            .with(
                """
                apiVersion: authentication.istio.io/v1alpha1
                kind: MeshPolicy
                metadata: {name: default}
                spec: {peers: [{mtls: {}}]}
                ---
                apiVersion: authentication.istio.io/v1alpha1
                kind: Policy
                metadata: {name: port, namespace: foo}
                spec: {targets: [{name: helloweb, ports: [{number: 80}]}], peers: [{mtls: {mode: PERMISSIVE}}]}
                """)
            .context();

    assertThat(context.peerMode("bar", Map.of(), 1)).isEqualTo(PeerAuthentication.Mode.STRICT);
    Map<String, String> labels = Map.of("app", "api");
    assertThat(context.peerMode("foo", labels, 80)).isEqualTo(PeerAuthentication.Mode.STRICT);
    assertThat(context.peerMode("foo", labels, 8080)).isEqualTo(PeerAuthentication.Mode.PERMISSIVE);
  }

  @Test
  void aServiceThatComesLaterIsConcerned() {
    World before = World.empty().with(TOKENS.replace("KEYS", issuer.jwks()));
    World after = World.empty().with(TOKENS.replace("KEYS", issuer.jwks())).with(SERVICE);

    assertThat(
            PushContext.changedHosts(
                before.context().resources(), after.context().resources(), MeshConfig.DEFAULT))
        .contains(SecurityPolicyIndex.key("foo"));
  }

  @Test
  void whatIsInForceAndWhatChangedIsSaid() {
    World world =
        World.empty()
            .with(SERVICE)
            .with(TOKENS.replace("KEYS", issuer.jwks()))
            .with(CONFIG)
            .with(ROLE);
    List<Finding> findings = ReferenceFindings.of(world.context());

    assertThat(findings)
        .anySatisfy(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Severity.INFO);
              assertThat(finding.toString())
                  .startsWith("2.yaml:1:1")
                  .contains(
                      "in force as RequestAuthentication user-jwt, AuthorizationPolicy"
                          + " user-jwt-require-token");
            })
        .anySatisfy(
            finding -> {
              assertThat(finding.severity()).isEqualTo(Severity.WARNING);
              assertThat(finding.message()).contains("now with 403");
            })
        .noneMatch(finding -> finding.message().startsWith("as it is in force"));
  }
}
