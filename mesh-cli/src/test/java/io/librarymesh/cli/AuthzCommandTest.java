package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may call what, and why, asked on the command line. */
final class AuthzCommandTest {
  private static final String WEB = "spiffe://cluster.local/ns/default/sa/web";

  @TempDir Path directory;

  @BeforeEach
  void policies() throws IOException {
    Files.writeString(
        directory.resolve("policies.yaml"),
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: strict}
        spec:
          selector: {matchLabels: {app: greeter}}
          mtls: {mode: STRICT}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: no-admin}
        spec:
          selector: {matchLabels: {app: greeter}}
          action: DENY
          rules: [{to: [{operation: {paths: ["/admin*"], notMethods: [GET]}}]}]
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: greeter}}
          rules:
            - from:
                - source: {principals: [cluster.local/ns/default/sa/web]}
                - source: {namespaces: [shop], ipBlocks: [10.0.0.0/8]}
              to: [{operation: {paths: [/, "/admin*"]}}]
        """);
  }

  private Terminal explain(String target, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "authz",
                "explain",
                target,
                "--config",
                directory.toString(),
                "--label",
                "app=greeter"));
    all.addAll(Arrays.asList(more));
    return Terminal.run(all.toArray(String[]::new));
  }

  @Test
  void whoIsAllowedIsToldByWhichRuleAndWhatOfItHolds() {
    Terminal said = explain("/admin/x", "--from", WEB);

    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out())
        .contains(
            "ns[default]-policy[no-admin]-rule[0] does not match",
            "no   not: method is GET",
            "yes  path begins with /admin",
            "yes    caller is " + WEB,
            "no     all of",
            "no       address of the connection in 10.0.0.0/8",
            "allowed by ns[default]-policy[web]-rule[0]");
    assertThat(said.err()).isEmpty();
  }

  @Test
  void aPathIsJudgedInTheFormThatTheRulesSee() {
    Terminal said = explain("/x/../admin", "--from", WEB, "-X", "POST");

    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.out())
        .contains(
            "judged as /admin",
            "denied: 403 RBAC: access denied (by ns[default]-policy[no-admin]-rule[0])");
  }

  @Test
  void whoMatchesNothingIsToldThatToo() {
    Terminal said = explain("/x", "--from", WEB, "-o", "json");

    assertThat(said.exitCode()).isEqualTo(1);
    JsonObject json = JsonParser.parseString(said.out()).getAsJsonObject();
    assertThat(json.get("allowed").getAsBoolean()).isFalse();
    assertThat(json.get("status").getAsInt()).isEqualTo(403);
    assertThat(json.get("conclusion").getAsString()).contains("no ALLOW policy matches");
    assertThat(json.getAsJsonArray("steps")).hasSize(2);
    JsonObject allow = json.getAsJsonArray("steps").get(1).getAsJsonObject();
    assertThat(allow.get("action").getAsString()).isEqualTo("ALLOW");
    assertThat(allow.get("passed").getAsBoolean()).isFalse();
  }

  @Test
  void plaintextAtAStrictPortIsClosedBeforeAnyPolicy() {
    Terminal said = explain("/");

    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.out()).contains("closed: the port takes mutual TLS only");
    assertThat(said.out()).doesNotContain("policies");
  }

  @Test
  void otherWorkloadsAreNotConcerned() {
    Terminal said =
        Terminal.run(
            "authz", "explain", "/admin", "--config", directory.toString(), "--label", "app=web");

    assertThat(said.exitCode()).as(said.out()).isZero();
    assertThat(said.out()).contains("PERMISSIVE", "allowed");
  }

  @Test
  void whatIsWrittenWronglyIsSaid() {
    assertThat(explain("/", "--from", "web").err()).contains("--from: SPIFFE ID");
    assertThat(explain("/", "--from-address", "here").err()).contains("(expected: an IP address)");
    assertThat(explain("/", "-H", "x").err()).contains("NAME: VALUE");
    assertThat(explain("/", "--port", "0").err()).contains("--port: 0");
    assertThat(Terminal.run("authz").exitCode()).isEqualTo(2);
  }
}
