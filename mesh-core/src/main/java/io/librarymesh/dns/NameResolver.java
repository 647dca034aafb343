package io.librarymesh.dns;

import java.util.List;
import java.util.function.Consumer;

/** Looks host names up. Any thread. */
@FunctionalInterface
public interface NameResolver {
  /**
   * Starts a lookup and returns at once.
   *
   * @param name a host name, never an IP address
   * @param to is given the answer once, from any thread, also before this returns
   */
  void resolve(String name, Consumer<Answer> to);

  /** What became of a lookup. */
  sealed interface Answer {
    /**
     * The name is known.
     *
     * @param addresses IP literals, IPv6 without brackets; empty when the name has none
     * @param ttlNanos how long that holds; 0 when nothing is said of it
     */
    record Addresses(List<String> addresses, long ttlNanos) implements Answer {
      public Addresses {
        addresses = List.copyOf(addresses);
      }
    }

    /** Nobody could tell. */
    record Failure(String reason) implements Answer {}
  }

  /**
   * The resolver of the JDK, on daemon threads of its own, shared by every mesh of the JVM. It does
   * not say how long an answer holds, keeps answers itself for {@code networkaddress.cache.ttl},
   * and cannot tell a name without addresses from a failure.
   */
  static NameResolver system() {
    return SystemResolver.INSTANCE;
  }
}
