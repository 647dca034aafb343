package io.librarymesh.controlplane.analyze;

/**
 * The kinds of diagnoses. A code never changes its meaning, and that of one that is gone is not
 * used again. The first two digits tell what is concerned: files, the order of rules, hosts and
 * visibility, DestinationRules and selectors, resilience.
 */
public enum Code {
  INVALID_FILE("LM0001", "InvalidFile", "what a file says by itself, as meshctl validate finds it"),
  DANGLING_REFERENCE(
      "LM0002",
      "DanglingReference",
      "what rules refer to and is not there, as meshctl validate finds it"),
  SHADOWED_ROUTE(
      "LM0101", "ShadowedRoute", "a rule, or a match of it, that rules above it leave nothing to"),
  SHADOWED_GATEWAY_ROUTE(
      "LM0102",
      "ShadowedGatewayRoute",
      "a match of an HTTPRoute or GRPCRoute that matches tried before it leave nothing to"),
  WEIGHT_SUM("LM0103", "WeightSum", "weights that are no percentages"),
  UNKNOWN_MATCH_PORT("LM0104", "UnknownMatchPort", "a match on a port that none of the hosts has"),
  OTHER_PROTOCOL(
      "LM0105", "OtherProtocol", "rules of one protocol for services that speak another"),
  UNKNOWN_RULE_HOST("LM0201", "UnknownRuleHost", "a VirtualService for a host that is no service"),
  OVERLAPPING_HOSTS(
      "LM0202", "OverlappingHosts", "a host that the wildcard of another VirtualService covers"),
  HIDDEN_RULE("LM0203", "HiddenRule", "a rule that no client sees or uses"),
  HIDDEN_DESTINATION(
      "LM0204",
      "HiddenDestination",
      "a destination that some clients of a rule do not see, though its author does"),
  HOST_COLLISION("LM0205", "HostCollision", "a host that is declared more than once"),
  CUT_OFF_HOST(
      "LM0206", "CutOffHost", "a host that rules of a namespace name and its Sidecar leaves out"),
  EMPTY_IMPORT("LM0207", "EmptyImport", "a namespace that a Sidecar imports and that has nothing"),
  SEVERAL_DESTINATION_RULES(
      "LM0301", "SeveralDestinationRules", "several DestinationRules of a namespace for one host"),
  EMPTY_SUBSET("LM0302", "EmptySubset", "a subset that no endpoint belongs to"),
  UNMATCHED_SELECTOR("LM0303", "UnmatchedSelector", "a selector that matches nothing known"),
  UNKNOWN_POLICY_PORT(
      "LM0304", "UnknownPolicyPort", "settings for a port that none of the services has"),
  UNKNOWN_LOCALITY(
      "LM0305", "UnknownLocality", "shares or failover of clients where nothing is known to be"),
  EJECTS_NOBODY("LM0401", "EjectsNobody", "an outlier detection without effect"),
  TRIES_DO_NOT_FIT("LM0402", "TriesDoNotFit", "a timeout that ends before the last try"),
  RETRIES_MULTIPLY(
      "LM0403", "RetriesMultiply", "retries of answers at several hops of one path of calls");

  private final String code;
  private final String title;
  private final String summary;

  Code(String code, String title, String summary) {
    this.code = code;
    this.title = title;
    this.summary = summary;
  }

  /** {@code LM} and four digits. */
  public String code() {
    return code;
  }

  /** One word in camel case. */
  public String title() {
    return title;
  }

  /** What it finds. */
  public String summary() {
    return summary;
  }

  /** {@code LM0101 ShadowedRoute}. */
  @Override
  public String toString() {
    return code + " " + title;
  }
}
