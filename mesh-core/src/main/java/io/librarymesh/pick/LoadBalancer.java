package io.librarymesh.pick;

import io.librarymesh.random.RandomSource;

/** Picks among the hosts that it was built over. Immutable but for cursors; any thread; no lock. */
@FunctionalInterface
interface LoadBalancer {
  /**
   * Picks a host.
   *
   * @param hash the hash of the request; only for policies that hash
   * @param repeat how many hosts of this pick were turned down before; only for policies that hash,
   *     which would find the same host again
   */
  PickResult pick(RandomSource random, long hash, int repeat);
}
