package io.librarymesh.testkit.conformance;

import io.librarymesh.telemetry.ResponseFlag;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one call came to.
 *
 * @param answer what the caller got
 * @param cluster the cluster that the mesh chose; empty when none
 * @param flags why it ended so
 * @param attempts in the order they were sent
 * @param mirrors the copies that reached an upstream, by host
 * @param waits back-offs and injected delays in nanoseconds, in order; may be empty for drivers
 *     without {@code time.exact}
 * @param elapsedNanos from the start of the call to the end of the body
 */
public record CallOutcome(
    Answered answer,
    String cluster,
    Set<ResponseFlag> flags,
    List<Attempted> attempts,
    List<Attempted> mirrors,
    List<Long> waits,
    long elapsedNanos) {
  public CallOutcome {
    flags = Set.copyOf(flags);
    attempts = List.copyOf(attempts);
    mirrors = mirrors.stream().sorted(Comparator.comparing(Attempted::host)).toList();
    waits = List.copyOf(waits);
  }

  /** The logical hosts of the attempts, in the order they were sent. */
  public List<String> hosts() {
    return attempts.stream().map(Attempted::host).toList();
  }

  /**
   * What the caller got.
   *
   * @param status 0 when the caller went away before there was one
   * @param headers lines by lower-case name, in order
   * @param complete false when the body broke off
   */
  public record Answered(
      int status, Map<String, List<String>> headers, String body, boolean complete) {
    /** Nothing: the caller went away. */
    public static final Answered NOTHING = new Answered(0, Map.of(), "", false);

    public Answered {
      headers = Map.copyOf(headers);
    }
  }

  /**
   * One attempt.
   *
   * @param host the logical host; {@link ConformanceCase#ORIGINAL_DESTINATION} when the request
   *     went where its URL points
   * @param headers lines by lower-case name, in order, as the attempt carried them; {@code
   *     :authority} and {@code :path} are among them
   */
  public record Attempted(String host, Map<String, List<String>> headers) {
    public Attempted {
      headers = Map.copyOf(headers);
    }
  }
}
