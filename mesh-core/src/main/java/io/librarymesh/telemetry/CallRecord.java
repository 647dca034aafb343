package io.librarymesh.telemetry;

import java.util.List;
import java.util.Set;

/**
 * A finished call, for observers.
 *
 * @param authority the target, {@code host:port}
 * @param route the route's name; empty when none matched
 * @param cluster the cluster's name; empty when none was chosen
 * @param status what the caller saw; 0 when the call was cancelled or ended without a status
 * @param flags in the order of the enum; empty for a plain success
 * @param attempts in the order they were sent
 * @param durationNanos from the start of the call to its end, body included
 */
public record CallRecord(
    String authority,
    String route,
    String cluster,
    int status,
    Set<ResponseFlag> flags,
    List<AttemptRecord> attempts,
    long durationNanos) {
  public CallRecord {
    attempts = List.copyOf(attempts);
  }
}
