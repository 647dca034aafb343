package io.librarymesh.authz;

import io.librarymesh.config.Body;
import java.util.List;
import java.util.Map;

/** What became of an {@link ExternalCheck}. */
public sealed interface ExternalAnswer {
  /**
   * The authorizer answered.
   *
   * @param headers lines by lower-case name
   */
  record Response(int status, Map<String, List<String>> headers, Body body)
      implements ExternalAnswer {
    public Response {
      headers = Map.copyOf(headers);
    }
  }

  /**
   * It was asked and did not answer, or not in time.
   *
   * @param reason for logs
   */
  record Failed(String reason) implements ExternalAnswer {}

  /**
   * There is nobody who could ask. The request is denied, whatever is said of failures.
   *
   * @param reason for logs
   */
  record NotAsked(String reason) implements ExternalAnswer {}
}
