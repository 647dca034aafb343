package io.librarymesh.config;

/**
 * The parts of a cluster name in Istio's form, {@code outbound|PORT|SUBSET|HOST}, for messages and
 * labels.
 *
 * @param port 0 when the name has another form
 * @param subset empty for the whole service
 * @param host the whole name when it has another form
 */
public record ClusterName(int port, String subset, String host) {
  /** Reads any name; never fails. */
  public static ClusterName parse(String name) {
    String[] parts = name.split("\\|", -1);
    if (parts.length == 4 && parts[1].matches("\\d{1,5}")) {
      return new ClusterName(Integer.parseInt(parts[1]), parts[2], parts[3]);
    }
    return new ClusterName(0, "", name);
  }

  /** Such as {@code greeter.default.svc.cluster.local:3000 subset v1}. */
  public String description() {
    String service = port == 0 ? host : host + ":" + port;
    return subset.isEmpty() ? service : service + " subset " + subset;
  }
}
