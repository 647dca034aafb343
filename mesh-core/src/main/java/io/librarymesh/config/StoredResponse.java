package io.librarymesh.config;

import java.util.List;
import java.util.Map;

/**
 * A whole response that is given without an upstream: as it was configured, or as it once came.
 *
 * @param status 200 to 599
 * @param headers lines by lower-case name, without those that concern a connection or the length
 */
public record StoredResponse(int status, Map<String, List<String>> headers, Body body) {
  public StoredResponse {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status: " + status + " (expected: 200..599)");
    }
    headers = Map.copyOf(headers);
  }
}
