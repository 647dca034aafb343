package io.librarymesh.controlplane.istio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused in the security kinds that Istio had until 1.5, and what is taken. */
class RetiredSecurityRulesTest {

  private static String named(String name, String group, String kind, String spec) {
    return Snippets.document(group + ".istio.io/v1alpha1", kind, "{" + spec + "}")
        .replace("name: test", "name: " + name);
  }

  private static String policy(String spec) {
    return named("test", "authentication", "Policy", "targets: [{name: a}], " + spec);
  }

  private static String jwt(String jwt) {
    return policy("origins: [{jwt: {" + jwt + "}}]");
  }

  private static String config(String spec) {
    return named("default", "rbac", "ClusterRbacConfig", spec);
  }

  private static String rule(String rule) {
    return named("test", "rbac", "ServiceRole", "rules: [{" + rule + "}]");
  }

  private static String subject(String subject) {
    return binding("subjects: [{" + subject + "}], roleRef: {kind: ServiceRole, name: a}");
  }

  private static String binding(String spec) {
    return named("test", "rbac", "ServiceRoleBinding", spec);
  }

  private static Arguments refused(String text, String path, String words) {
    return Arguments.of(text, path, words);
  }

  static Stream<Arguments> refusals() {
    String service = "services: [a.b], ";
    String paths = "issuer: i, triggerRules: [{includedPaths: [{%s}]}]";
    String path = "spec.origins[0].jwt.triggerRules[0].includedPaths[0]";
    return Stream.of(
        refused(named("a", "authentication", "Policy", ""), "metadata.name", "expected: default"),
        refused(
            named("default", "authentication", "Policy", "targets: [{name: a}]"),
            "metadata.name",
            "another name"),
        refused(named("a", "authentication", "MeshPolicy", ""), "metadata.name", "default"),
        refused(
            named("default", "authentication", "MeshPolicy", "targets: [{name: a}]"),
            "spec.targets",
            "whole mesh"),
        refused(
            named("a", "authentication", "Policy", "targets: [{}]"),
            "spec.targets[0].name",
            "missing"),
        refused(
            named("a", "authentication", "Policy", "targets: [{name: a.b.svc}]"),
            "spec.targets[0].name",
            "short name"),
        refused(
            named("a", "authentication", "Policy", "targets: [{name: a, ports: [{}]}]"),
            "spec.targets[0].ports[0]",
            "a number or a name"),
        refused(
            named("a", "authentication", "Policy", "targets: [{name: a, ports: [{number: 0}]}]"),
            "spec.targets[0].ports[0].number",
            "1 to 65535"),
        refused(policy("peers: [{}]"), "spec.peers[0]", "expected: mtls"),
        refused(policy("peers: [{mtls: {mode: STRCIT}}]"), "spec.peers[0].mtls.mode", "STRICT"),
        refused(policy("peers: [{jwt: {}}]"), "spec.peers[0].jwt", "origins"),
        refused(policy("peer: []"), "spec.peer", "unknown field"),
        refused(policy("origins: [{}]"), "spec.origins[0]", "expected: jwt"),
        refused(policy("principalBinding: USE_ANY"), "spec.principalBinding", "USE_PEER"),
        refused(jwt("jwks: '{\"keys\":[]}'"), "spec.origins[0].jwt.issuer", "missing"),
        refused(jwt("issuer: i, jwksUri: 'ftp://a'"), "spec.origins[0].jwt.jwksUri", "http"),
        refused(
            jwt("issuer: i, jwksUri: 'http://a', jwks: '{\"keys\":[]}'"),
            "spec.origins[0].jwt.jwks",
            "one of both"),
        refused(jwt("issuer: i, jwks: b"), "spec.origins[0].jwt.jwks", "JSON"),
        refused(jwt("issuer: i, audiences: ['']"), "spec.origins[0].jwt.audiences[0]", "missing"),
        refused(jwt("issuer: i, jwtParams: ['']"), "spec.origins[0].jwt.jwtParams[0]", "missing"),
        refused(
            jwt("issuer: i, jwtHeaders: ['a b']"), "spec.origins[0].jwt.jwtHeaders[0]", "header"),
        refused(jwt(paths.formatted("")), path, "expected one of exact"),
        refused(jwt(paths.formatted("exact: /a, prefix: /b")), path, "expected one of exact"),
        refused(jwt(paths.formatted("prefix: ''")), path + ".prefix", "missing"),
        refused(jwt(paths.formatted("regex: '('")), path + ".regex", "("),
        refused(named("a", "rbac", "ClusterRbacConfig", "mode: 'ON'"), "metadata.name", "default"),
        refused(config("mode: ON_WITH_INCLUSION"), "spec.mode", "without inclusion"),
        refused(config("mode: ON_WITH_EXCLUSION"), "spec.mode", "without exclusion"),
        refused(config("mode: SOMETIMES"), "spec.mode", "ON_WITH_INCLUSION"),
        refused(config("mode: 'ON', enforcementMode: TRY"), "spec.enforcementMode", "PERMISSIVE"),
        refused(
            config("mode: ON_WITH_INCLUSION, inclusion: {services: ['*']}"),
            "spec.inclusion.services[0]",
            "without a wildcard"),
        refused(
            config("mode: ON_WITH_EXCLUSION, exclusion: {services: [a]}"),
            "spec.exclusion.services[0]",
            "complete host"),
        refused(
            config("mode: ON_WITH_EXCLUSION, exclusion: {namespaces: ['*']}"),
            "spec.exclusion.namespaces[0]",
            "without a wildcard"),
        refused(named("a", "rbac", "ServiceRole", "rules: []"), "spec.rules", "at least one"),
        refused(rule("methods: [GET]"), "spec.rules[0].services", "at least one"),
        refused(rule("services: ['*a*']"), "spec.rules[0].services[0]", "PREFIX*"),
        refused(rule(service + "paths: ['']"), "spec.rules[0].paths[0]", "missing"),
        refused(
            rule(service + "paths: [/], notPaths: [/a]"), "spec.rules[0].notPaths", "one of both"),
        refused(rule(service + "ports: [0]"), "spec.rules[0].ports[0]", "1 to 65535"),
        refused(
            rule(service + "constraints: [{values: [a]}]"),
            "spec.rules[0].constraints[0].key",
            "missing"),
        refused(
            rule(service + "constraints: [{key: destination.colour, values: [a]}]"),
            "spec.rules[0].constraints[0].key",
            "destination.port"),
        refused(
            rule(service + "constraints: [{key: destination.port}]"),
            "spec.rules[0].constraints[0].values",
            "at least one"),
        refused(subject(""), "spec.subjects[0]", "anybody"),
        refused(subject("user: a, names: [b]"), "spec.subjects[0].names", "one of both"),
        refused(subject("ips: [a]"), "spec.subjects[0].ips[0]", "an address"),
        refused(
            subject("properties: {source.colour: a}"),
            "spec.subjects[0].properties[\"source.colour\"]",
            "request.auth.claims".replace("request.auth.claims", ".claims[NAME]")),
        refused(
            subject("properties: {source.ip: a}"),
            "spec.subjects[0].properties[\"source.ip\"]",
            "an address"),
        refused(binding("roleRef: {kind: ServiceRole, name: a}"), "spec.subjects", "at least one"),
        refused(binding("subjects: [{user: a}]"), "spec", "one of roleRef, role, actions"),
        refused(
            binding("subjects: [{user: a}], role: a, roleRef: {kind: ServiceRole, name: a}"),
            "spec",
            "one of roleRef, role, actions"),
        refused(
            binding("subjects: [{user: a}], roleRef: {kind: Role, name: a}"),
            "spec.roleRef.kind",
            "ServiceRole"),
        refused(
            binding("subjects: [{user: a}], roleRef: {kind: ServiceRole}"),
            "spec.roleRef",
            "no name"),
        refused(
            Snippets.document("authentication.istio.io/v1", "Policy", "{}"),
            "apiVersion",
            "authentication.istio.io/v1alpha1 for a Policy"),
        refused(
            Snippets.document("rbac.istio.io/v1alpha1", "ServiceRoll", "{}"),
            "kind",
            "did you mean 'ServiceRole'"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusesWithItsPlace(String text, String path, String words) {
    assertThat(Snippets.errors(text))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.fieldPath()).isEqualTo(path);
              assertThat(finding.message()).contains(words);
              assertThat(finding.line()).isPositive();
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "null", "", "{mode: STRICT}"})
  void mutualTlsThatIsWrittenIsStrict(String mtls) {
    assertThat(Snippets.read(policy("peers: [{mtls: " + mtls + "}]")).resources())
        .singleElement()
        .isInstanceOfSatisfying(
            AuthenticationPolicy.class,
            policy ->
                assertThat(policy.peers())
                    .isEqualTo(List.of(new AuthenticationPolicy.MutualTls(false, false))));
  }

  @Test
  void namesInSnakeCaseAreRead() {
    String text =
        jwt("issuer: i, jwks_uri: 'http://a', trigger_rules: [{excluded_paths: [{exact: /a}]}]");
    assertThat(Snippets.errors(text)).isEmpty();
    assertThat(Snippets.read(text).resources())
        .singleElement()
        .isInstanceOfSatisfying(
            AuthenticationPolicy.class,
            policy -> {
              assertThat(policy.origins().get(0).jwksUri()).isEqualTo("http://a");
              assertThat(policy.origins().get(0).triggers().get(0).excluded()).hasSize(1);
            });
  }

  @Test
  void aNamespaceOfWhatIsForTheWholeMeshSaysNothing() {
    String text =
        config("mode: 'ON'").replace("name: default", "name: default, namespace: istio-system");
    assertThat(Snippets.read(text).resources())
        .singleElement()
        .satisfies(config -> assertThat(config.metadata().namespace()).isEqualTo("default"));
  }
}
