package io.librarymesh.route;

/** The parts of an authority. */
final class Authority {
  private Authority() {}

  /**
   * Where the host ends: before the last colon, unless it stands inside the brackets of an IPv6
   * address.
   */
  static int hostEnd(String authority) {
    if (authority.indexOf(':') < 0) {
      return authority.length();
    }
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? colon : authority.length();
  }
}
