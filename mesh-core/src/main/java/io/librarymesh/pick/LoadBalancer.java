package io.librarymesh.pick;

import io.librarymesh.random.RandomSource;

/** Picks among the hosts that it was built over. Immutable but for cursors; any thread; no lock. */
@FunctionalInterface
interface LoadBalancer {
  PickResult pick(RandomSource random);
}
