package io.librarymesh.config;

/** Where endpoints are; each part may be empty. Source: Envoy {@code core.v3.Locality}. */
public record Locality(String region, String zone, String subZone) {
  /** Nowhere in particular. */
  public static final Locality NONE = new Locality("", "", "");
}
