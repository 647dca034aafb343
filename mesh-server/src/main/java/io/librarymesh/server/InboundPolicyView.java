package io.librarymesh.server;

import io.librarymesh.InboundPort;
import java.util.Optional;

/** Knows the rules of one port as they are now. Any thread; never waits. */
@FunctionalInterface
public interface InboundPolicyView {
  /**
   * The rules in force. They are asked for with each connection and each request, so that new ones
   * hold at once.
   *
   * @return empty before there are any: nothing is let in then
   */
  Optional<InboundRules> current();

  /** Rules that stay. */
  static InboundPolicyView of(InboundRules rules) {
    Optional<InboundRules> always = Optional.of(rules);
    return () -> always;
  }

  /**
   * The rules that the control plane has for a port, {@code mesh.inbound(port)}. While it is closed
   * there are none; while nothing is asked of it connections are passed on as they come.
   */
  static InboundPolicyView of(InboundPort port) {
    return new PortRules(port);
  }
}
