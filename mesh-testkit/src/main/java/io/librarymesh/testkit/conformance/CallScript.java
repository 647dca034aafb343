package io.librarymesh.testkit.conformance;

import io.librarymesh.random.Draw;
import java.util.List;
import java.util.Map;

/**
 * One call, or several alike.
 *
 * @param id names a call that is started and finished in separate steps; empty for others
 * @param upstream what the upstreams answer to each of the calls
 * @param mirrors what upstreams answer to copies, by logical host; these hosts get copies only
 * @param rounds the draws scripted for each of the calls, in turn; as many as there are calls
 * @param location {@code file:line} of the call
 */
public record CallScript(
    String id,
    Head head,
    UpstreamScript upstream,
    Map<String, Answer> mirrors,
    List<Map<Draw, List<Integer>>> rounds,
    String location) {
  public CallScript {
    mirrors = Map.copyOf(mirrors);
    rounds = List.copyOf(rounds);
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("rounds: 0 (expected: >= 1)");
    }
  }

  /**
   * The request.
   *
   * @param target {@code host:port} that the caller's URL names, which is what the mesh is asked
   *     for
   * @param authority the Host header as sent; empty when the caller sends what the URL says
   * @param path path and query
   * @param headers lines by lower-case name
   */
  public record Head(
      String method,
      String target,
      String authority,
      String path,
      Map<String, List<String>> headers,
      RequestBody body) {
    public Head {
      headers = Map.copyOf(headers);
    }

    /** The Host header as it arrives: the port is left out when it is 80. */
    public String effectiveAuthority() {
      if (!authority.isEmpty()) {
        return authority;
      }
      return target.endsWith(":80") ? target.substring(0, target.length() - 3) : target;
    }
  }

  /** What the request carries. */
  public enum RequestBody {
    NONE,
    /** Can be sent again. */
    REPEATABLE,
    /** Can be sent once; an upstream that was connected to has received some of it. */
    STREAMED
  }
}
