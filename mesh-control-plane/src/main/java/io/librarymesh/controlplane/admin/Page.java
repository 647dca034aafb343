package io.librarymesh.controlplane.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One page.
 *
 * @param path its own path; a segment in braces stands for any
 * @param alias the path under which istiod has such a page; empty for none
 * @param access whether it is shown to everybody who reaches the address
 * @param summary one line
 * @param content what answers
 */
record Page(String path, String alias, Access access, String summary, Content content) {

  /** Who may read it. */
  enum Access {
    /** Everybody: it tells nothing of the configuration. */
    OPEN,
    /** See {@link AdminAccess}. */
    DEBUG
  }

  /** Answers a request. */
  @FunctionalInterface
  interface Content {

    /**
     * The answer.
     *
     * @param segments of the path that stood for braces
     */
    Reply answer(Request request, Map<String, String> segments);
  }

  /** What stands for the braces when this page is meant; absent when it is not. */
  Optional<Map<String, String>> match(Request request) {
    return match(path, request)
        .or(() -> alias.isEmpty() ? Optional.empty() : match(alias, request));
  }

  private static Optional<Map<String, String>> match(String path, Request request) {
    List<String> pattern = List.of(path.substring(1).split("/", -1));
    if (pattern.size() != request.path().size()) {
      return Optional.empty();
    }
    Map<String, String> segments = new LinkedHashMap<>();
    for (int i = 0; i < pattern.size(); i++) {
      String expected = pattern.get(i);
      String actual = request.path().get(i);
      if (expected.startsWith("{") && !actual.isEmpty()) {
        segments.put(expected.substring(1, expected.length() - 1), actual);
      } else if (!expected.equals(actual)) {
        return Optional.empty();
      }
    }
    return Optional.of(segments);
  }
}
