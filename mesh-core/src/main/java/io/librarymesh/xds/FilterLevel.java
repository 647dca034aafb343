package io.librarymesh.xds;

/**
 * A filter as a listener's chain has it.
 *
 * @param present whether the chain has it; without it what routes say of it does not count
 * @param inherited what counts for routes that say nothing of it
 */
record FilterLevel<C>(boolean present, C inherited) {
  /**
   * What counts for a route.
   *
   * @param isOwn whether the route itself, or a level above it, says something of the filter
   * @param own that, or what is nothing
   * @param nothing what a filter that is not there does
   */
  C of(boolean isOwn, C own, C nothing) {
    if (!present) {
      return nothing;
    }
    return isOwn ? own : inherited;
  }

  /** Whether all routes are left as they were read. */
  boolean leaves(boolean noneSaysAnything, C nothing) {
    return present ? inherited.equals(nothing) : noneSaysAnything;
  }
}
