package io.librarymesh.server;

import java.time.Duration;

/**
 * What a listener bears of strangers.
 *
 * @param connections at a time; more are closed as they come
 * @param handshake from accepting a connection to its first byte and, with TLS, to the end of the
 *     handshake
 * @param connect to the application
 * @param idle without a byte in either direction
 * @param drain what connections have left when the listener is closed, or when they are plaintext
 *     and the port becomes STRICT
 */
public record ListenerLimits(
    int connections, Duration handshake, Duration connect, Duration idle, Duration drain) {
  /** 1024 connections, 10 s for a handshake, 1 s to connect, an hour idle, 10 s to drain. */
  public static final ListenerLimits DEFAULT =
      new ListenerLimits(
          1024,
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofHours(1),
          Duration.ofSeconds(10));

  /**
   * @throws IllegalArgumentException if one of them is not positive
   */
  public ListenerLimits {
    if (connections < 1) {
      throw new IllegalArgumentException("connections: " + connections + " (expected: at least 1)");
    }
    requirePositive("handshake", handshake);
    requirePositive("connect", connect);
    requirePositive("idle", idle);
    requirePositive("drain", drain);
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: more than nothing)");
    }
  }

  /** With another limit on connections. */
  public ListenerLimits withConnections(int limit) {
    return new ListenerLimits(limit, handshake, connect, idle, drain);
  }

  /** With another time for handshakes. */
  public ListenerLimits withHandshake(Duration limit) {
    return new ListenerLimits(connections, limit, connect, idle, drain);
  }

  /** With another time of silence. */
  public ListenerLimits withIdle(Duration limit) {
    return new ListenerLimits(connections, handshake, connect, limit, drain);
  }

  /** With another time to drain. */
  public ListenerLimits withDrain(Duration limit) {
    return new ListenerLimits(connections, handshake, connect, idle, limit);
  }
}
