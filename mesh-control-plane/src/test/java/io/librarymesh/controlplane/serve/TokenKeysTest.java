package io.librarymesh.controlplane.serve;

import static io.librarymesh.controlplane.serve.AdsClients.names;
import static io.librarymesh.controlplane.translate.ResourceType.LISTENER;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.keys.ScriptedKeys;
import io.librarymesh.controlplane.serve.AdsClients.Delta;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys that are fetched reach those whose callers have tokens of the issuer, and nobody else. */
class TokenKeysTest {
  private static final String INBOUND = "xds.istio.io/grpc/lds/inbound/10.0.0.1:8080";
  private static final String EMPTY = "{\"keys\":[]}";

  private final ScriptedKeys keys = new ScriptedKeys();
  private final ScriptedStore store = new ScriptedStore();
  private final String name = InProcessServerBuilder.generateName();
  private final AdsServer server =
      new AdsServer(store, MeshConfig.DEFAULT, ServeLimits.DEFAULT.withLossGrace(Duration.ZERO));
  private final ManagedChannel channel = InProcessChannelBuilder.forName(name).build();

  @BeforeEach
  void declare() {
    rule("a", "jwksUri: 'https://a/keys'");
    rule("b", "jwksUri: 'https://b/keys'");
    server.fetchKeys(keys.cache);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
  }

  private void rule(String namespace, String where) {
    store.put(
        namespace + ".yaml",
        """
        apiVersion: security.istio.io/v1
        kind: RequestAuthentication
        metadata: {name: r, namespace: %1$s}
        spec:
          jwtRules:
          - {issuer: 'https://%1$s', %2$s}
        """
            .formatted(namespace, where));
  }

  private void start() throws IOException {
    server.start(Optional.empty(), Optional.of(name), Duration.ZERO);
  }

  private Delta workload(String namespace) {
    return new Delta(channel, AdsClients.node("w-" + namespace, namespace), LISTENER, INBOUND);
  }

  private static String text(DeltaDiscoveryResponse response) {
    assertThat(names(response)).containsExactly(INBOUND);
    return response.getResources(0).getResource().getValue().toStringUtf8();
  }

  @Test
  void keysThatAreThereAreServedFromTheFirstResponseOn() throws Exception {
    String set = ScriptedKeys.newSet();
    keys.documents.put("https://a/keys", set);

    start();

    assertThat(text(workload("a").accept())).contains(set).doesNotContain("https://a/keys");
  }

  @Test
  void withoutKeysThereAreNoneUntilTheyComeForThoseWhomTheyConcern() throws Exception {
    start();
    Delta a = workload("a");
    Delta b = workload("b");
    assertThat(text(a.accept())).contains(EMPTY);
    assertThat(text(b.accept())).contains(EMPTY);

    String set = ScriptedKeys.newSet();
    keys.documents.put("https://a/keys", set);
    keys.time.advance(Duration.ofSeconds(1));

    assertThat(text(a.accept())).contains(set);
    b.assertQuiet();

    keys.time.advance(Duration.ofMinutes(20));
    a.assertQuiet();

    String other = ScriptedKeys.newSet();
    keys.documents.put("https://a/keys", other);
    keys.time.advance(Duration.ofMinutes(20));
    assertThat(text(a.accept())).contains(other).doesNotContain(set);
    b.assertQuiet();
  }

  @Test
  void anIssuerAloneIsAskedWhereItsKeysAre() throws Exception {
    String set = ScriptedKeys.newSet();
    rule("a", "audiences: [x]");
    keys.documents.put(
        "https://a/.well-known/openid-configuration", "{\"jwks_uri\":\"https://c/keys\"}");
    keys.documents.put("https://c/keys", set);

    start();

    assertThat(text(workload("a").accept())).contains(set);
  }

  @Test
  void aRuleThatChangesIsFollowed() throws Exception {
    String set = ScriptedKeys.newSet();
    keys.documents.put("https://c/keys", set);
    start();
    Delta a = workload("a");
    assertThat(text(a.accept())).contains(EMPTY);

    rule("a", "jwksUri: 'https://c/keys'");

    assertThat(text(a.accept())).contains(set);
    assertThat(keys.asked).endsWith("https://c/keys");
  }

  @Test
  void whatCannotBeHadIsSaidAtTheRule() throws Exception {
    keys.documents.put("https://b/keys", ScriptedKeys.newSet());
    start();

    List<Finding> findings = server.status().join().findings();

    assertThat(findings)
        .extracting(Finding::toString)
        .containsExactly(
            "a.yaml:1:1: warning: spec.jwtRules[0].jwksUri: keys of tokens could not be fetched:"
                + " https://a/keys: HTTP 503 (expected: 200); tokens of this issuer are refused;"
                + " mend it, or write the keys in jwks");
    assertThat(server.overview().join().findings()).isEqualTo(findings);

    keys.documents.put("https://a/keys", ScriptedKeys.newSet());
    keys.time.advance(Duration.ofSeconds(1));
    assertThat(server.status().join().findings()).isEmpty();

    keys.documents.remove("https://a/keys");
    keys.time.advance(Duration.ofMinutes(20));
    assertThat(server.status().join().findings())
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.message())
                    .endsWith("; those that were fetched before are in use"));
  }
}
