package io.librarymesh.guard;

/** Hands out permission to begin a request, so many in an interval. Any thread; never blocks. */
@FunctionalInterface
public interface RatePermits {
  /**
   * Takes a permit, if one can be had within the limit's longest wait.
   *
   * @return 0 when it is good at once; the nanoseconds from now after which it is good, in which
   *     case it is taken and cannot be given back; less than 0 when there is none
   */
  long reserve();
}
