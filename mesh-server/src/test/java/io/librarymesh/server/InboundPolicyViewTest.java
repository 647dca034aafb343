package io.librarymesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.Mesh;
import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.ConfigSource;
import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.config.InboundPolicy;
import io.librarymesh.config.InboundSource;
import io.librarymesh.time.Scheduler.Cancellable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rules of a port, by what the control plane says of it. */
final class InboundPolicyViewTest {
  private final Source source = new Source();
  private final Mesh mesh = Mesh.builder(source).build();
  private final InboundPolicyView view = InboundPolicyView.of(mesh.inbound(8080));

  @AfterEach
  void close() throws Exception {
    mesh.close();
  }

  @Test
  void nothingIsLetInBeforeThePortIsKnown() {
    assertThat(view.current()).isEmpty();
    source.say(new InboundSource.PortUpdate.Pending("not known yet"));
    assertThat(view.current()).isEmpty();
  }

  @Test
  void nothingIsLetInWhileWhatIsAskedForCannotBeCarriedOut() {
    source.say(new InboundSource.PortUpdate.Refused("no router at the end"));
    assertThat(view.current()).isEmpty();
  }

  @Test
  void aPortOfWhichNothingIsAskedIsPassedOn() {
    source.say(new InboundSource.PortUpdate.Absent("no PeerAuthentication"));
    assertThat(view.current()).map(InboundRules::mode).contains(Mode.DISABLE);
  }

  @Test
  void whatIsAskedForHoldsAtOnceAndIsMadeOnce() {
    source.say(new InboundSource.PortUpdate.Absent("no PeerAuthentication"));
    source.say(plaintext());
    InboundRules rules = view.current().orElseThrow();

    assertThat(rules.mode()).isEqualTo(Mode.DISABLE);
    assertThat(rules.engine()).isSameAs(judged().engine());
    assertThat(view.current()).containsSame(rules);
  }

  private io.librarymesh.InboundPort.Judged judged() {
    return (io.librarymesh.InboundPort.Judged) mesh.inbound(8080).current();
  }

  private static InboundSource.PortUpdate plaintext() {
    return new InboundSource.PortUpdate.Resolved(
        new io.librarymesh.config.InboundListener(
            Mode.DISABLE,
            Optional.empty(),
            new InboundPolicy(InboundPolicy.BASE, ClientAddress.FORWARDED, List.of())));
  }

  /** Says what the test says. */
  private static final class Source implements ConfigSource, InboundSource {
    private final List<PortWatcher> watchers = new ArrayList<>();

    void say(PortUpdate update) {
      watchers.forEach(watcher -> watcher.onUpdate(update));
    }

    @Override
    public Cancellable watchInbound(int port, PortWatcher watcher) {
      watchers.add(watcher);
      return () -> watchers.remove(watcher);
    }

    @Override
    public Cancellable watch(String authority, Watcher watcher) {
      return () -> {};
    }

    @Override
    public void close() {}
  }
}
