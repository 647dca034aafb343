package io.librarymesh.xds;

import static io.librarymesh.xds.FakeControlPlane.delta;
import static io.librarymesh.xds.FakeControlPlane.removed;
import static io.librarymesh.xds.FakeControlPlane.resource;
import static io.librarymesh.xds.ResourceType.LISTENER;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.config.InboundSource.PortUpdate;
import io.librarymesh.config.PathNormalization;
import io.librarymesh.proto.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InboundListenersTest {
  private static final int PORT = 41_234;
  private static final String NAME = "xds.istio.io/grpc/lds/inbound/127.0.0.1:41234";

  private final VirtualTime time = new VirtualTime();
  private final FakeControlPlane plane = new FakeControlPlane();
  private final DeltaDialogue server = new DeltaDialogue(time, plane);
  private final List<PortUpdate> updates = new ArrayList<>();
  private final XdsConfigSource source =
      XdsConfigSource.builder(Node.of("greeter"))
          .server("plane", plane::channel)
          .executor(time)
          .scheduler(time)
          .ticker(time)
          .random((bound, draw) -> bound - 1)
          .build();

  @AfterEach
  void end() {
    source.close();
    time.run();
    plane.close();
    time.run();
  }

  private static HttpFilter nobody() {
    return SampleResources.filter(
        "rbac",
        RBAC.newBuilder()
            .setRules(io.librarymesh.proto.envoy.config.rbac.v3.RBAC.getDefaultInstance())
            .build());
  }

  private static HttpFilter unknown() {
    return SampleResources.filter("other", Empty.getDefaultInstance());
  }

  private void register() {
    source.watchInbound(PORT, updates::add);
    source.register(Registration.of("127.0.0.1", PORT));
    server.takeStream();
    server.next(LISTENER);
  }

  private void serve(String nonce, HttpFilter... filters) {
    server.send(
        delta(LISTENER, nonce, resource(NAME, nonce, SampleResources.inbound(NAME, filters))));
    server.stream().next();
  }

  private PortUpdate last() {
    return updates.get(updates.size() - 1);
  }

  @Test
  void aPortIsPendingUntilItIsRegisteredAndKnown() {
    source.watchInbound(PORT, updates::add);
    assertThat(updates).as("on the stack of the caller").isEmpty();
    time.run();
    assertThat(updates).containsExactly(new PortUpdate.Pending("port 41234 is not registered"));
    source.register(Registration.of("127.0.0.1", PORT));
    time.run();
    assertThat(last()).isEqualTo(new PortUpdate.Pending("Listener " + NAME + ": not known yet"));
  }

  @Test
  void silenceOfTheControlPlaneIsNotItsWord() {
    register();
    time.pass(Duration.ofMinutes(1));
    assertThat(updates).allMatch(PortUpdate.Pending.class::isInstance);
  }

  @Test
  void whatTheControlPlaneAsksForArrivesAndChanges() {
    register();
    serve("1", nobody());
    assertThat(last()).isInstanceOf(PortUpdate.Resolved.class);
    PortUpdate.Resolved first = (PortUpdate.Resolved) last();
    assertThat(first.listener().mode()).isEqualTo(Mode.DISABLE);
    assertThat(first.listener().policy().filters()).hasSize(1);
    assertThat(first.listener().policy().paths())
        .isEqualTo(
            new PathNormalization(false, false, PathNormalization.EscapedSlashes.KEEP_UNCHANGED));
    serve("2");
    assertThat(((PortUpdate.Resolved) last()).listener().policy().filters()).isEmpty();
  }

  @Test
  void aPortThatNothingIsAskedOfIsAbsent() {
    register();
    server.send(removed(LISTENER, "1", NAME));
    assertThat(last()).isInstanceOf(PortUpdate.Absent.class);
  }

  @Test
  void whatCannotBeCarriedOutIsRefused() {
    register();
    server.send(
        delta(LISTENER, "1", resource(NAME, "1", SampleResources.inbound(NAME, unknown()))));
    assertThat(server.refused(LISTENER, "1"))
        .singleElement()
        .asString()
        .contains("filter_chains[0].filters[0].typed_config.http_filters[0]: other");
    assertThat(last()).isInstanceOf(PortUpdate.Refused.class);
  }

  @Test
  void whatCannotBeCarriedOutAfterAWordOfAbsenceIsRefused() {
    register();
    server.send(removed(LISTENER, "1", NAME));
    server.acknowledged(LISTENER, "1");
    serve("2", unknown());
    assertThat(last()).isInstanceOf(PortUpdate.Refused.class);
  }

  @Test
  void whatIsInForceStaysWhateverComesAfterIt() {
    register();
    serve("1", nobody());
    int before = updates.size();
    serve("2", unknown());
    server.send(removed(LISTENER, "3", NAME));
    source.deregister();
    time.run();
    assertThat(updates).hasSize(before);
  }

  @Test
  void nobodyIsToldAnythingAfterTheEnd() {
    source.watchInbound(PORT, updates::add).cancel();
    source.register(Registration.of("127.0.0.1", PORT));
    time.run();
    assertThat(updates).isEmpty();
  }
}
