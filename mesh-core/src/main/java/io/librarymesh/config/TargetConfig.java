package io.librarymesh.config;

import java.util.Map;

/**
 * Everything that calls to one {@code host:port} need. Values that did not change between two
 * configurations should be the same objects, so that compiling costs what changed.
 *
 * @param authority {@code host:port} as the caller wrote it, lower-case
 * @param clusters by name; a cluster that a route names and that is missing here does not exist
 */
public record TargetConfig(
    String authority, RouteConfig routes, Map<String, ClusterConfig> clusters) {
  public TargetConfig {
    clusters = Map.copyOf(clusters);
  }
}
