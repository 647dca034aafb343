package io.librarymesh.pick;

/**
 * How many hosts a cluster has, for messages.
 *
 * @param total all hosts of all priorities
 * @param healthy hosts that are picked first
 * @param degraded hosts that are picked when too few are healthy
 * @param ejected hosts that outlier detection has taken out; in neither of the two above
 */
public record HostCounts(int total, int healthy, int degraded, int ejected) {
  /** Hosts that the control plane calls unhealthy and that are not ejected. */
  public int unhealthy() {
    return total - healthy - degraded - ejected;
  }

  /** Such as {@code 3 endpoints: 1 healthy, 2 ejected}. */
  @Override
  public String toString() {
    if (total == 0) {
      return "no endpoints";
    }
    StringBuilder text = new StringBuilder().append(total).append(" endpoints: ");
    text.append(healthy).append(" healthy");
    append(text, degraded, "degraded");
    append(text, ejected, "ejected");
    append(text, unhealthy(), "unhealthy");
    return text.toString();
  }

  private static void append(StringBuilder text, int count, String what) {
    if (count > 0) {
      text.append(", ").append(count).append(' ').append(what);
    }
  }
}
