package io.librarymesh;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.authz.InboundRequest;
import io.librarymesh.authz.InboundVerdict;
import io.librarymesh.authz.JwksSource;
import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.InboundFilter;
import io.librarymesh.config.InboundListener;
import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.config.InboundPolicy;
import io.librarymesh.config.InboundSource;
import io.librarymesh.config.InboundSource.PortUpdate;
import io.librarymesh.config.InboundSource.PortWatcher;
import io.librarymesh.config.InboundTls;
import io.librarymesh.config.IpAddress;
import io.librarymesh.config.RbacRules;
import io.librarymesh.config.UpstreamTls.Certificate;
import io.librarymesh.config.UpstreamTls.Trust;
import io.librarymesh.config.UpstreamTls.Version;
import io.librarymesh.time.WallClock;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InboundPortTest {
  private static final InboundTls TLS =
      new InboundTls(
          new Certificate.OfMesh(),
          new Trust.OfMesh(),
          List.of(),
          List.of(),
          Version.TLS_1_2,
          Version.TLS_1_3);

  private @Nullable PortWatcher watcher;
  private final InboundSource source =
      (port, added) -> {
        watcher = added;
        return () -> {};
      };
  private final InboundPort port =
      InboundPort.follow(source, 8080, JwksSource.NONE, WallClock.system());

  private void tell(PortUpdate update) {
    requireNonNull(watcher, "the port is followed").onUpdate(update);
  }

  private static PortUpdate nobody(Mode mode) {
    RbacRules none = new RbacRules(RbacRules.Action.ALLOW, List.of());
    return new PortUpdate.Resolved(
        new InboundListener(
            mode,
            mode == Mode.DISABLE ? Optional.empty() : Optional.of(TLS),
            new InboundPolicy(
                InboundPolicy.BASE,
                ClientAddress.FORWARDED,
                List.of(InboundFilter.Rbac.of(none)))));
  }

  private InboundVerdict decide() {
    return port.current().decide(new Get());
  }

  private int status() {
    return ((InboundVerdict.Denied) decide()).status();
  }

  @Test
  void whoAsksToBeToldHearsEveryChangeUntilItHasHadEnough() throws Exception {
    List<Mode> heard = new ArrayList<>();
    AutoCloseable broken =
        port.subscribe(
            state -> {
              throw new IllegalStateException("a listener's own trouble");
            });
    AutoCloseable telling = port.subscribe(state -> heard.add(state.mode()));
    tell(nobody(Mode.PERMISSIVE));
    tell(nobody(Mode.STRICT));
    telling.close();
    tell(nobody(Mode.DISABLE));
    broken.close();

    assertThat(heard).containsExactly(Mode.DISABLE, Mode.PERMISSIVE, Mode.STRICT);
    assertThat(port.current().mode()).isEqualTo(Mode.DISABLE);
  }

  @Test
  void nobodyGetsInBeforeSomethingIsKnown() {
    assertThat(status()).isEqualTo(503);
    assertThat(((InboundVerdict.Denied) decide()).grpcStatus()).isEqualTo(14);
    assertThat(port.current().admits(new Get())).isFalse();
    tell(new PortUpdate.Pending("port 8080 is not registered"));
    assertThat(port.current()).isEqualTo(new InboundPort.Closed("port 8080 is not registered"));
  }

  @Test
  void aPortThatNothingIsAskedOfIsOpen() {
    tell(new PortUpdate.Absent("none"));
    assertThat(decide().isAllowed()).isTrue();
    assertThat(port.current().admits(new Get())).isTrue();
    tell(new PortUpdate.Pending("port 8080 is not registered"));
    assertThat(decide().isAllowed()).as("while it is drained").isTrue();
  }

  @Test
  void whatCannotBeCarriedOutKeepsEverybodyOut() {
    tell(new PortUpdate.Absent("none"));
    tell(new PortUpdate.Refused("broken"));
    assertThat(status()).isEqualTo(503);
  }

  @Test
  void theEngineIsSwapped() {
    tell(nobody(Mode.STRICT));
    InboundPort.State before = port.current();
    assertThat(before.mode()).isEqualTo(Mode.STRICT);
    assertThat(before.tls()).contains(TLS);
    assertThat(status()).isEqualTo(403);
    tell(nobody(Mode.DISABLE));
    assertThat(port.current().mode()).isEqualTo(Mode.DISABLE);
    assertThat(port.current().tls()).isEmpty();
    assertThat(before.mode()).as("for who holds it").isEqualTo(Mode.STRICT);
  }

  @Test
  void aPortThatNobodySpeaksForAsksNothing() {
    assertThat(InboundPort.open().current().decide(new Get()).isAllowed()).isTrue();
  }

  private static final class Get implements InboundRequest {
    private static final InetAddress LOOPBACK = IpAddress.parse("127.0.0.1").orElseThrow();

    @Override
    public java.util.Set<String> headerNames() {
      return java.util.Set.of();
    }

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String scheme() {
      return "http";
    }

    @Override
    public String authority() {
      return "api";
    }

    @Override
    public String path() {
      return "/";
    }

    @Override
    public List<String> headerLines(String name) {
      return List.of();
    }

    @Override
    public @Nullable String peer() {
      return null;
    }

    @Override
    public InetAddress source() {
      return LOOPBACK;
    }

    @Override
    public InetAddress destination() {
      return LOOPBACK;
    }

    @Override
    public int destinationPort() {
      return 8080;
    }

    @Override
    public String serverName() {
      return "";
    }
  }
}
