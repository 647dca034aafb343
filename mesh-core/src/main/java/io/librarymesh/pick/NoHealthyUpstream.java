package io.librarymesh.pick;

/** The cluster has no host that may be used: Envoy's 503 with flag {@code UH}. */
public enum NoHealthyUpstream implements PickResult {
  /** The only value. */
  INSTANCE
}
