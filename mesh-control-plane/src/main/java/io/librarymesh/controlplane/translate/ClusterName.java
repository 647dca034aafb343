package io.librarymesh.controlplane.translate;

import java.util.Optional;

/**
 * The name of a cluster, {@code outbound|PORT|SUBSET|HOST}; without a subset it also names the
 * routes of a service port.
 *
 * @param port the service port
 * @param subset the subset; empty for the whole service
 * @param host the service's host
 */
record ClusterName(int port, String subset, String host) {

  private static final String DIRECTION = "outbound";

  /** Reads a name; empty when it is not of this form. */
  static Optional<ClusterName> parse(String name) {
    String[] parts = name.split("\\|", -1);
    if (parts.length != 4 || !parts[0].equals(DIRECTION) || parts[3].isEmpty()) {
      return Optional.empty();
    }
    return port(parts[1]).map(port -> new ClusterName(port, parts[2], parts[3]));
  }

  /** Reads a port; empty when the text is not one. */
  static Optional<Integer> port(String text) {
    if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    int port = Integer.parseInt(text);
    return port >= 1 && port <= 65535 ? Optional.of(port) : Optional.empty();
  }

  @Override
  public String toString() {
    return DIRECTION + "|" + port + "|" + subset + "|" + host;
  }
}
