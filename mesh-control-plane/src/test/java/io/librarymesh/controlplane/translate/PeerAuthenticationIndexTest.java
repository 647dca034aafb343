package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.PeerAuthentication.Mode;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a port takes; the examples C01 to C07 of the reference, and its rules of precedence. */
class PeerAuthenticationIndexTest {
  private static final String MESH = "name: m, namespace: istio-system";
  private static final String NAMESPACE = "name: n, namespace: foo";
  private static final String SELECTED = "selector: {matchLabels: {app: api}}, ";
  private static final Map<String, String> API = Map.of("app", "api", "version", "v1");

  private final World world = World.standard();

  private PeerAuthenticationIndexTest policy(String metadata, String spec) {
    world.with(
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {%s}
        spec: {%s}
        """
            .formatted(metadata, spec));
    return this;
  }

  private static String mode(Mode mode) {
    return "mtls: {mode: " + mode + "}";
  }

  private Mode api() {
    return world.context().peerMode("foo", API, 8080);
  }

  @Test
  void nothingIsPermissive() { // C01
    assertThat(api()).isEqualTo(Mode.PERMISSIVE);
    policy(MESH, "mtls: {mode: UNSET}");
    assertThat(api()).isEqualTo(Mode.PERMISSIVE);
  }

  @Test
  void aNamespaceSaysOtherThanTheMesh() { // C03
    policy(MESH, mode(Mode.STRICT)).policy(NAMESPACE, mode(Mode.PERMISSIVE));
    assertThat(api()).isEqualTo(Mode.PERMISSIVE);
    assertThat(world.context().peerMode("bar", API, 8080)).isEqualTo(Mode.STRICT);
    assertThat(world.context().peerMode("istio-system", API, 8080)).isEqualTo(Mode.STRICT);
  }

  @Test
  void whatANamespaceLeavesOpenTheMeshSays() { // C04
    policy(MESH, mode(Mode.STRICT)).policy(NAMESPACE, "mtls: {mode: UNSET}");
    assertThat(api()).isEqualTo(Mode.STRICT);
  }

  @Test
  void aSelectorInTheRootNamespaceIsInForceNowhere() { // C06
    policy(MESH, SELECTED + mode(Mode.STRICT));
    assertThat(api()).isEqualTo(Mode.PERMISSIVE);
    assertThat(world.context().peerMode("istio-system", API, 8080)).isEqualTo(Mode.PERMISSIVE);
    assertThat(ReferenceFindings.of(world.context()))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.fieldPath()).isEqualTo("spec.selector");
              assertThat(finding.message()).startsWith("in force nowhere");
            });
  }

  @Test
  void theOldestForAWorkloadBringsModeAndPortsAlone() { // C07
    policy(
            "name: a-new, namespace: foo, creationTimestamp: 2024-02-01T00:00:00Z",
            SELECTED + "mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: STRICT}}")
        .policy(
            "name: b-old, namespace: foo, creationTimestamp: 2024-01-01T00:00:00Z",
            SELECTED + mode(Mode.PERMISSIVE));
    assertThat(api()).isEqualTo(Mode.PERMISSIVE);
    assertThat(ReferenceFindings.of(world.context()))
        .extracting(Finding::message)
        .singleElement()
        .asString()
        .contains("b-old", "is older and for the same workloads");
  }

  @Test
  void withoutAgesTheNameDecides() {
    policy("name: b, namespace: foo", mode(Mode.DISABLE))
        .policy("name: a, namespace: foo", mode(Mode.STRICT));
    assertThat(api()).isEqualTo(Mode.STRICT);
  }

  @Test
  void theOldestUnsetPolicyOfANamespaceHidesTheOthers() {
    policy("name: a, namespace: foo", "mtls: {}")
        .policy("name: b, namespace: foo", mode(Mode.STRICT));
    assertThat(api()).isEqualTo(Mode.PERMISSIVE);
  }

  @Test
  void aPortOverridesAndWhatItLeavesOpenIsInherited() {
    policy(NAMESPACE, mode(Mode.STRICT))
        .policy(
            "name: w, namespace: foo",
            SELECTED + "portLevelMtls: {8080: {mode: DISABLE}, 9090: {mode: UNSET}}");
    assertThat(api()).isEqualTo(Mode.DISABLE);
    assertThat(world.context().peerMode("foo", API, 9090)).isEqualTo(Mode.STRICT);
    assertThat(world.context().peerMode("foo", API, 7070)).isEqualTo(Mode.STRICT);
    assertThat(world.context().peerMode("foo", Map.of("app", "web"), 8080)).isEqualTo(Mode.STRICT);
  }

  @Test
  void allLabelsOfASelectorMustBeThere() {
    policy(
        "name: w, namespace: foo",
        "selector: {matchLabels: {app: api, version: v2}}, " + mode(Mode.STRICT));
    assertThat(api()).isEqualTo(Mode.PERMISSIVE);
    assertThat(world.context().peerMode("foo", Map.of("app", "api", "version", "v2"), 1))
        .isEqualTo(Mode.STRICT);
  }

  @Test
  void anEmptySelectorIsNone() {
    policy("name: w, namespace: foo", "selector: {matchLabels: {}}, " + mode(Mode.STRICT));
    assertThat(world.context().peerMode("foo", Map.of(), 1)).isEqualTo(Mode.STRICT);
  }
}
