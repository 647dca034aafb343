package io.librarymesh.xds;

import io.librarymesh.config.IpAddress;
import java.util.List;
import java.util.Optional;

/**
 * Where this process can be called. The control plane makes it an endpoint of every Service whose
 * selector matches its labels, for as long as the stream to the control plane lives.
 *
 * @param address an IP address, as callers reach it
 * @param ports at least one
 * @param ready whether calls are wanted now
 * @param group the WorkloadGroup of the node's namespace from which labels, further ports, weight
 *     and, unless the node has one, the locality are taken; the node's own labels win. While there
 *     is none of that name the process is not registered. Istio's {@code AUTO_REGISTER_GROUP}
 */
public record Registration(
    String address, List<Port> ports, boolean ready, Optional<String> group) {
  public Registration {
    group.ifPresent(
        name -> {
          if (name.isEmpty()) {
            throw new IllegalArgumentException("group: \"\" (expected: a WorkloadGroup's name)");
          }
        });
    if (!IpAddress.isLiteral(address)) {
      throw new IllegalArgumentException("address: " + address + " (expected: an IP address)");
    }
    ports = List.copyOf(ports);
    if (ports.isEmpty()) {
      throw new IllegalArgumentException("ports: none (expected: at least one)");
    }
  }

  /** Of no group. */
  public Registration(String address, List<Port> ports, boolean ready) {
    this(address, ports, ready, Optional.empty());
  }

  /** Ready, on one port without a name. */
  public static Registration of(String address, int port) {
    return new Registration(address, List.of(Port.of(port)), true);
  }

  public Registration withReady(boolean value) {
    return new Registration(address, ports, value, group);
  }

  /** The same as a member of a WorkloadGroup. */
  public Registration withGroup(String name) {
    return new Registration(address, ports, ready, Optional.of(name));
  }

  /**
   * A port that is listened on.
   *
   * @param port where it listens, 1..65535
   * @param name what a Service's {@code targetPort} may call it; may be empty
   * @param number what a Service's {@code targetPort} may call it, when that is not where it
   *     listens
   */
  public record Port(int port, String name, Optional<Integer> number) {
    public Port {
      requirePort("port", port);
      number.ifPresent(value -> requirePort("number", value));
    }

    /** Neither name nor another number. */
    public static Port of(int port) {
      return new Port(port, "", Optional.empty());
    }

    private static void requirePort(String name, int value) {
      if (value < 1 || value > 65_535) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: 1..65535)");
      }
    }
  }
}
