package io.librarymesh.route;

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
}
