package io.librarymesh.server;

import io.librarymesh.InboundPort;
import io.librarymesh.authz.InboundEngine;
import io.librarymesh.authz.JwksSource;
import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.config.InboundPolicy;
import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.PathNormalization.EscapedSlashes;
import io.librarymesh.time.WallClock;
import java.util.List;
import java.util.Optional;

/** The rules of a port that follow the control plane; made once for each state of it. */
final class PortRules implements InboundPolicyView {
  private static final InboundEngine ALLOW_ALL =
      InboundEngine.compile(
          new InboundPolicy(
              new PathNormalization(false, false, EscapedSlashes.KEEP_UNCHANGED),
              ClientAddress.FORWARDED,
              List.of()),
          JwksSource.NONE,
          WallClock.system());

  private final InboundPort port;
  private volatile Made made;

  /** What was made of a state; one object, so that other threads see both or neither. */
  private record Made(InboundPort.State state, Optional<InboundRules> rules) {
    static Made of(InboundPort.State state) {
      return new Made(state, rulesOf(state));
    }
  }

  PortRules(InboundPort port) {
    this.port = port;
    this.made = Made.of(port.current());
  }

  @Override
  public Optional<InboundRules> current() {
    InboundPort.State state = port.current();
    Made last = made;
    if (last.state() != state) {
      last = Made.of(state);
      made = last;
    }
    return last.rules();
  }

  private static Optional<InboundRules> rulesOf(InboundPort.State state) {
    if (state instanceof InboundPort.Judged judged) {
      return Optional.of(new InboundRules(mode(judged.mode()), judged.engine()));
    }
    return state instanceof InboundPort.Open
        ? Optional.of(new InboundRules(TlsMode.DISABLE, ALLOW_ALL))
        : Optional.empty();
  }

  private static TlsMode mode(Mode mode) {
    return switch (mode) {
      case DISABLE -> TlsMode.DISABLE;
      case PERMISSIVE -> TlsMode.PERMISSIVE;
      case STRICT -> TlsMode.STRICT;
    };
  }
}
