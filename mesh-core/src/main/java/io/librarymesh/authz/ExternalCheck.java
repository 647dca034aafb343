package io.librarymesh.authz;

import java.util.List;
import java.util.Map;

/**
 * What an authorizer is to be asked about a request, as a request of HTTP without a body.
 *
 * @param cluster that of the authorizer
 * @param timeoutNanos how long an answer may take, connecting included
 * @param authority the {@code Host} of the request that is judged
 * @param path begins with a slash, with the query
 * @param headers lines by lower-case name, without {@code host} and {@code content-length}
 */
public record ExternalCheck(
    String cluster,
    long timeoutNanos,
    String method,
    String authority,
    String path,
    Map<String, List<String>> headers) {
  public ExternalCheck {
    headers = Map.copyOf(headers);
  }
}
