package io.librarymesh.xds;

import io.librarymesh.config.PathNormalization;

/**
 * What a listener says for all routes under it.
 *
 * @param filters those of its chain
 * @param paths what is done to paths before routes are tried
 * @param maxStreamNanos bounds calls of routes that say nothing of it; 0 means none
 * @param streamIdleNanos the same of silence
 */
record ConnectionManager(
    HttpFilters filters, PathNormalization paths, long maxStreamNanos, long streamIdleNanos) {
  /** Paths stay as they are, silence is not bounded, and neither is anything else. */
  static ConnectionManager of(HttpFilters filters) {
    return new ConnectionManager(filters, PathNormalization.NONE, 0, 0);
  }

  /** Whether routes under it have no bounds but their own. */
  boolean boundsNothing() {
    return maxStreamNanos == 0 && streamIdleNanos == 0;
  }

  /** Whether routes under it come to the same as under another. */
  boolean isLike(ConnectionManager other) {
    return filters.equals(other.filters)
        && maxStreamNanos == other.maxStreamNanos
        && streamIdleNanos == other.streamIdleNanos;
  }
}
