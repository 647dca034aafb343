package io.librarymesh.route;

import org.jspecify.annotations.Nullable;

/** The parts of a path as it goes over the wire. */
final class RequestPath {
  private RequestPath() {}

  /** Where the path ends and its query or fragment begins. */
  static int end(String path) {
    int fragment = path.indexOf('#');
    int query = path.indexOf('?');
    if (query < 0 || (fragment >= 0 && fragment < query)) {
      return fragment < 0 ? path.length() : fragment;
    }
    return query;
  }

  /**
   * The first value of a query parameter, as it stands in the path.
   *
   * @return null when there is no such parameter; empty when it has no value
   */
  static @Nullable String queryParameter(String path, String name) {
    int from = path.indexOf('?');
    int fragment = path.indexOf('#');
    int to = fragment < 0 ? path.length() : fragment;
    for (int at = from + 1; from >= 0 && at < to; ) {
      int next = path.indexOf('&', at);
      int end = next < 0 || next > to ? to : next;
      int nameEnd = at + name.length();
      if (nameEnd <= end && path.startsWith(name, at)) {
        if (nameEnd == end) {
          return "";
        } else if (path.charAt(nameEnd) == '=') {
          return path.substring(nameEnd + 1, end);
        }
      }
      at = end + 1;
    }
    return null;
  }
}
