package io.librarymesh.spiffe;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.identity.Identity;
import io.librarymesh.okhttp.MeshRoot;
import io.librarymesh.proto.envoy.config.core.v3.DataSource;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.SdsIdentitySource;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Identities as secrets of xDS, from an agent on a real Unix domain socket. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the agent of the test needs epoll")
@Timeout(60)
final class AgentSocketTest {
  @TempDir Path directory;

  private final MeshRoot root = new MeshRoot();

  private Path socket() {
    return directory.resolve("agent.sock");
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 2000 && !condition.getAsBoolean(); i++) {
      new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  @Test
  void keyAndRootsMakeAnIdentityWhenBothAreThereAndRotateWithoutTheOther() throws Exception {
    List<Identity> told = new CopyOnWriteArrayList<>();
    Identity first = root.identity("web");
    Identity second = root.identity("web");
    try (FakeAgent agent = new FakeAgent(socket());
        SdsIdentitySource source = AgentSocket.follow(Node.of("web"), socket())) {
      AutoCloseable unused = source.subscribe(told::add);
      await(() -> agent.secrets().asked().size() == 1);
      assertThat(agent.secrets().last().getResourceNamesList())
          .containsExactly("default", "ROOTCA");

      agent.secrets().say(FakeSecrets.key(first));
      await(() -> agent.secrets().asked().size() == 2);
      assertThat(agent.secrets().last().getResponseNonce()).isEqualTo("n1");
      assertThat(agent.secrets().last().hasErrorDetail()).isFalse();
      assertThat(source.current()).isEmpty();

      agent.secrets().say(FakeSecrets.roots(root.certificate()));
      await(() -> told.size() == 1);
      assertThat(told.get(0).svid().chain()).isEqualTo(first.svid().chain());

      agent.secrets().say(FakeSecrets.key(second));
      await(() -> told.size() == 2);
      assertThat(told.get(1).svid().chain()).isEqualTo(second.svid().chain());
      assertThat(source.problem()).isEmpty();
    }
  }

  @Test
  void whatCannotBeReadIsRefusedAndWhatWasThereStays() throws Exception {
    Identity first = root.identity("web");
    Secret ofFiles =
        Secret.newBuilder()
            .setName("default")
            .setTlsCertificate(
                TlsCertificate.newBuilder()
                    .setCertificateChain(DataSource.newBuilder().setFilename("/etc/passwd")))
            .build();
    try (FakeAgent agent = new FakeAgent(socket());
        SdsIdentitySource source = AgentSocket.follow(Node.of("web"), socket())) {
      await(() -> agent.secrets().asked().size() == 1);
      agent.secrets().say(FakeSecrets.key(first), FakeSecrets.roots(root.certificate()));
      await(() -> source.current().isPresent());

      agent.secrets().say(ofFiles);
      await(() -> agent.secrets().last().hasErrorDetail());

      assertThat(agent.secrets().last().getErrorDetail().getMessage())
          .contains("certificate_chain", "inline_bytes");
      assertThat(agent.secrets().last().getVersionInfo()).isEqualTo("v1");
      assertThat(source.current().orElseThrow().svid().chain()).isEqualTo(first.svid().chain());
      assertThat(source.problem()).isPresent();
    }
  }

  @Test
  void aKeyOfAnotherAuthorityIsNotPutInForceBeforeItsRoots() throws Exception {
    MeshRoot other = new MeshRoot();
    Identity first = root.identity("web");
    Identity moved = other.identity("web");
    try (FakeAgent agent = new FakeAgent(socket());
        SdsIdentitySource source = AgentSocket.follow(Node.of("web"), socket())) {
      await(() -> agent.secrets().asked().size() == 1);
      agent.secrets().say(FakeSecrets.key(first), FakeSecrets.roots(root.certificate()));
      await(() -> source.current().isPresent());

      agent.secrets().say(FakeSecrets.key(moved));
      await(() -> source.problem().isPresent());
      assertThat(source.current().orElseThrow().svid().chain()).isEqualTo(first.svid().chain());

      agent.secrets().say(FakeSecrets.roots(other.certificate()));
      await(() -> source.problem().isEmpty());
      assertThat(source.current().orElseThrow().svid().chain()).isEqualTo(moved.svid().chain());
    }
  }

  @Test
  void anAgentThatGoesAwayIsAskedAgainFromTheBeginning() throws Exception {
    try (FakeAgent agent = new FakeAgent(socket());
        SdsIdentitySource source = AgentSocket.follow(Node.of("web"), socket())) {
      await(() -> agent.secrets().asked().size() == 1);
      agent
          .secrets()
          .say(FakeSecrets.key(root.identity("web")), FakeSecrets.roots(root.certificate()));
      await(() -> source.current().isPresent());

      agent.secrets().hangUp();
      await(() -> agent.secrets().asked().size() == 1);

      assertThat(agent.secrets().last().getResponseNonce()).isEmpty();
      assertThat(source.current()).isPresent();
    }
  }
}
