package io.librarymesh.spiffe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.identity.Identity;
import io.librarymesh.identity.TrustDomain;
import io.librarymesh.okhttp.MeshRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The Workload API of an agent, on a real Unix domain socket. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the agent of the test needs epoll")
@Timeout(60)
final class WorkloadApiIdentitySourceTest {
  @TempDir Path directory;

  private final MeshRoot root = new MeshRoot();

  private String socket() {
    return "unix:" + directory.resolve("agent.sock");
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 2000 && !condition.getAsBoolean(); i++) {
      new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  private FakeAgent agent() throws IOException {
    return new FakeAgent(directory.resolve("agent.sock"));
  }

  @Test
  void whatTheAgentHandsOutIsInForceAndItsSuccessorsAreTold() throws Exception {
    Identity first = root.identity("web");
    Identity second = root.identity("web");
    List<Identity> told = new CopyOnWriteArrayList<>();
    try (FakeAgent agent = agent()) {
      agent.say(first, Map.of());
      try (WorkloadApiIdentitySource source = WorkloadApiIdentitySource.open(socket())) {
        AutoCloseable unused = source.subscribe(told::add);
        await(() -> told.size() == 1);
        assertThat(told.get(0).svid().id()).isEqualTo(first.svid().id());
        assertThat(told.get(0).svid().chain()).isEqualTo(first.svid().chain());
        assertThat(source.current()).contains(told.get(0));

        agent.say(second, Map.of());
        await(() -> told.size() == 2);
        assertThat(told.get(1).svid().chain()).isEqualTo(second.svid().chain());
        assertThat(source.problem()).isEmpty();
      }
    }
  }

  @Test
  void rootsOfFederatedTrustDomainsCountForThose() throws Exception {
    MeshRoot other = new MeshRoot();
    try (FakeAgent agent = agent()) {
      agent.say(root.identity("web"), Map.of("spiffe://other.example", other.certificate()));
      try (WorkloadApiIdentitySource source = WorkloadApiIdentitySource.open(socket())) {
        await(() -> source.current().isPresent());

        Identity identity = source.current().orElseThrow();
        assertThat(
                identity.bundles().of(new TrustDomain("other.example")).orElseThrow().authorities())
            .containsExactly(other.certificate());
        assertThat(
                identity
                    .bundles()
                    .of(identity.svid().id().trustDomain())
                    .orElseThrow()
                    .authorities())
            .containsExactly(root.certificate());
      }
    }
  }

  @Test
  void anIdentityThatDoesNotLeadToItsBundleIsNotPutInForce() throws Exception {
    Identity good = root.identity("web");
    Identity strange = new Identity(new MeshRoot().identity("web").svid(), good.bundles());
    try (FakeAgent agent = agent()) {
      agent.say(good, Map.of());
      try (WorkloadApiIdentitySource source = WorkloadApiIdentitySource.open(socket())) {
        await(() -> source.current().isPresent());

        agent.say(strange, Map.of());
        await(() -> source.problem().isPresent());
        assertThat(source.current().orElseThrow().svid().chain()).isEqualTo(good.svid().chain());
      }
    }
  }

  @Test
  void anAgentThatGoesAwayIsAskedAgain() throws Exception {
    Identity first = root.identity("web");
    Identity second = root.identity("web");
    try (FakeAgent agent = agent()) {
      agent.say(first, Map.of());
      try (WorkloadApiIdentitySource source = WorkloadApiIdentitySource.open(socket())) {
        await(() -> source.current().isPresent());

        agent.hangUp();
        assertThat(source.current()).isPresent();
        await(agent::isWatched);
        agent.say(second, Map.of());
        await(() -> source.current().orElseThrow().svid().chain().equals(second.svid().chain()));
      }
    }
  }

  @Test
  void whatIsNoSocketIsSaidAtOnce() {
    assertThatThrownBy(() -> WorkloadApiIdentitySource.open("http://here"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("SPIFFE Workload API");
  }
}
