package io.librarymesh.config;

import java.util.Map;

/**
 * Everything that calls to one {@code host:port} need. Values that did not change between two
 * configurations should be the same objects, so that compiling costs what changed.
 *
 * @param authority {@code host:port} as the caller wrote it, lower-case
 * @param paths what is done to the path of a request before the routes see it
 * @param clusters by name; a cluster that a route names and that is missing here does not exist
 * @param unknown why nobody has declared the target, for people; empty when somebody has, and when
 *     the control plane does not say
 */
public record TargetConfig(
    String authority,
    PathNormalization paths,
    RouteConfig routes,
    Map<String, ClusterConfig> clusters,
    String unknown) {
  public TargetConfig {
    clusters = Map.copyOf(clusters);
  }

  /** A target that somebody has declared. */
  public TargetConfig(
      String authority,
      PathNormalization paths,
      RouteConfig routes,
      Map<String, ClusterConfig> clusters) {
    this(authority, paths, routes, clusters, "");
  }

  /** A target whose paths stay as callers write them. */
  public TargetConfig(String authority, RouteConfig routes, Map<String, ClusterConfig> clusters) {
    this(authority, PathNormalization.NONE, routes, clusters);
  }

  /** The same with other clusters. */
  public TargetConfig withClusters(Map<String, ClusterConfig> other) {
    return new TargetConfig(authority, paths, routes, other, unknown);
  }
}
