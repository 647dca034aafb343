package io.librarymesh.telemetry;

/** Why a call ended as it did, in the short names of Envoy's access log. */
public enum ResponseFlag {
  /** No route matched. */
  NR("NR"),
  /** The route's cluster does not exist. */
  NC("NC"),
  /** No host of the cluster can be picked. */
  UH("UH"),
  /** A limit was reached. */
  UO("UO"),
  /** The connection to the upstream failed. */
  UF("UF"),
  /** The upstream ended the connection. */
  UC("UC"),
  /** The upstream reset the stream. */
  UR("UR"),
  /** The upstream took too long. */
  UT("UT"),
  /** The upstream's answer broke the protocol. */
  UPE("UPE"),
  /** Retries were used up. */
  URX("URX"),
  /** A delay was injected. */
  DI("DI"),
  /** An abort was injected. */
  FI("FI"),
  /** The caller went away. */
  DC("DC");

  private final String shortName;

  ResponseFlag(String shortName) {
    this.shortName = shortName;
  }

  /** As in an access log, such as {@code UH}. */
  public String shortName() {
    return shortName;
  }
}
