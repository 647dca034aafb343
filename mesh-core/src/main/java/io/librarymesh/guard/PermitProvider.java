package io.librarymesh.guard;

import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.RateLimit;
import io.librarymesh.time.Ticker;
import java.util.Iterator;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Makes the counters of rate limits and bulkheads. Found by {@link ServiceLoader}; {@code
 * io.librarymesh:mesh-resilience4j} has one.
 */
public interface PermitProvider {
  /**
   * Makes the counter of a rate limit, with nothing taken.
   *
   * @param name of the policy and its rule, for people
   * @param ticker the only clock that it may read
   */
  RatePermits rate(String name, RateLimit limit, Ticker ticker);

  /**
   * Makes the counter of a bulkhead, with nothing counted.
   *
   * @param name of the policy and its rule, for people
   */
  BulkheadPermits bulkhead(String name, Bulkhead bulkhead);

  /** The first that the class path has. */
  static Optional<PermitProvider> find() {
    Iterator<PermitProvider> found = ServiceLoader.load(PermitProvider.class).iterator();
    return found.hasNext() ? Optional.of(found.next()) : Optional.empty();
  }
}
