package io.librarymesh.telemetry;

/** Why a call ended as it did, in the short names of Envoy's access log. */
public enum ResponseFlag {
  /** No route matched. */
  NR("NR", 1 << 0),
  /** The route's cluster does not exist. */
  NC("NC", 1 << 1),
  /** No host of the cluster can be picked. */
  UH("UH", 1 << 2),
  /** A limit was reached. */
  UO("UO", 1 << 3),
  /** The connection to the upstream failed. */
  UF("UF", 1 << 4),
  /** The upstream ended the connection. */
  UC("UC", 1 << 5),
  /** The upstream reset the stream. */
  UR("UR", 1 << 6),
  /** The upstream took too long. */
  UT("UT", 1 << 7),
  /** The upstream's answer broke the protocol. */
  UPE("UPE", 1 << 8),
  /** Retries were used up. */
  URX("URX", 1 << 9),
  /** A delay was injected. */
  DI("DI", 1 << 10),
  /** An abort was injected. */
  FI("FI", 1 << 11),
  /** The caller went away. */
  DC("DC", 1 << 12),
  /** A local rate limit was reached. */
  RL("RL", 1 << 13),
  /**
   * The answer is that of a policy's fallback; the other flags say what it takes the place of. Not
   * one of Envoy's.
   */
  FB("FB", 1 << 14),
  /**
   * The answer is that to an equal request that was under way; the other flags are those of that
   * call. Not one of Envoy's.
   */
  CO("CO", 1 << 15),
  /** Nothing came or went for too long. */
  SI("SI", 1 << 16),
  /** The call as a whole took too long. */
  DT("DT", 1 << 17),
  /** An attempt took longer than its cluster lets any of them take. */
  UMSDR("UMSDR", 1 << 18),
  /** The call was dropped to spare its cluster. */
  DO("DO", 1 << 19);

  private final String shortName;
  private final int mask;

  ResponseFlag(String shortName, int mask) {
    this.shortName = shortName;
    this.mask = mask;
  }

  /** One bit, its own, so that the flags of a call fit into a number. */
  public int mask() {
    return mask;
  }

  /** As in an access log, such as {@code UH}. */
  public String shortName() {
    return shortName;
  }
}
