package io.librarymesh.controlplane.istio;

/** Rules of a {@code Destination} and of the weights of several. */
final class DestinationRules {
  private DestinationRules() {}

  static void check(Destination destination, FieldPath path, ValueRules rules) {
    FieldPath host = path.field("host");
    if (destination.host().equals("*")) {
      rules.invalid(host, "*", "one service");
    } else if (!Names.isIp(destination.host())) {
      rules.wildcardHost(host, destination.host());
    }
    if (!destination.subset().isEmpty() && !Names.isDnsLabel(destination.subset())) {
      rules.invalid(path.field("subset"), destination.subset(), "a subset's name, a DNS label");
    }
    rules.port(path.fields("port", "number"), destination.port());
  }

  /** A single destination takes everything, so that only two or more need a weight. */
  static void weights(int count, long sum, FieldPath path, ValueRules rules) {
    if (count > 1 && sum == 0) {
      rules
          .report()
          .incomplete(
              path, "weights add up to 0 (expected: a weight above 0 on at least one entry)");
    }
  }
}
