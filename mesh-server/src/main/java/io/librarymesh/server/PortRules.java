package io.librarymesh.server;

import io.librarymesh.InboundPort;
import io.librarymesh.authz.InboundEngine;
import java.util.Optional;

/** The rules of a port that follow the control plane; made once for each state of it. */
final class PortRules implements InboundPolicyView {
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
      return Optional.of(new InboundRules(judged.mode(), judged.engine()));
    }
    return state instanceof InboundPort.Open
        ? Optional.of(new InboundRules(state.mode(), InboundEngine.OPEN))
        : Optional.empty();
  }
}
