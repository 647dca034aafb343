package io.librarymesh.okhttp.upstream;

/** Hears of each request that has arrived at an upstream. */
@FunctionalInterface
public interface Arrivals {
  /**
   * A request is there; called on a thread of its connection, which must not be held.
   *
   * @param host the logical host that it arrived at
   */
  void arrived(String host, Exchange exchange);

  /** The client has reset a stream of HTTP/2. */
  default void brokenOff(String host) {}
}
