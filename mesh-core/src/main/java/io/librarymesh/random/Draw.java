package io.librarymesh.random;

/**
 * Names a decision that chance takes, so that a test can script one without knowing how many others
 * happen.
 */
public enum Draw {
  /** The {@code runtime_fraction} of all routes of a request; bound is one million. */
  ROUTE_FRACTION,
  /** The choice among weighted clusters; bound is the sum of the weights. */
  WEIGHTED_CLUSTER,
  /** Whether the rate of a response is limited; bound is one million. */
  FAULT_RESPONSE_RATE_LIMIT,
  /** Whether a delay is injected; bound is one million. */
  FAULT_DELAY,
  /** Whether an abort is injected; bound is one million. */
  FAULT_ABORT,
  /** Whether a call is dropped to spare its cluster; bound is one million. */
  DROP_OVERLOAD,
  /** The priority level of an attempt; bound is 100. */
  PRIORITY,
  /** Where a round robin starts when it is compiled; bound is the length of its schedule. */
  ROUND_ROBIN_START,
  /** Where a round robin over localities starts; bound is the length of its schedule. */
  LOCALITY_START,
  /** The first candidate of two; bound is the number of hosts, or the sum of their weights. */
  P2C_FIRST,
  /** The second candidate of two, and further ones; same bound as the first. */
  P2C_SECOND,
  /** Which of hosts with equally few attempts is taken; bound is their number so far. */
  LEAST_REQUEST_TIE,
  /** The host of a random policy; bound is the number of hosts. */
  RANDOM_HOST,
  /** Half of a hash for a request that has none; bound is 2^31-1. */
  HASH,
  /** Half of the value of a cookie that is made up; bound is 2^31-1. */
  HASH_COOKIE,
  /** Whether a request is copied for one of a route's mirrors; bound is one million. */
  MIRROR,
  /** The back-off before a retry; bound is the back-off interval in milliseconds. */
  RETRY_JITTER,
  /** Whether a tripped outlier detector ejects; bound is 100. */
  EJECTION_ENFORCED,
  /** How much longer an ejection lasts; bound is one millisecond more than the longest jitter. */
  EJECTION_JITTER,
  /** How much later a name is looked up again; bound is the jitter's width in milliseconds. */
  DNS_JITTER,
  /** The back-off after a failed lookup of a name; bound is the interval in milliseconds. */
  DNS_BACK_OFF,
  /**
   * How much later the latency without load is measured again; bound is the longest delay in
   * milliseconds.
   */
  MIN_RTT_JITTER,
  /**
   * The jitter of a reconnect to the control plane; bound is the jitter's width in milliseconds.
   */
  RECONNECT_JITTER,
  /** How far from half of a lifetime a certificate is renewed; bound is one million and one. */
  ROTATION_JITTER,
  /** The back-off after a certificate was not renewed; bound is half the pause in milliseconds. */
  ROTATION_BACK_OFF
}
