package io.librarymesh.config;

import static java.util.Objects.requireNonNull;

/**
 * Where copies of a route's requests go, whose answers nobody sees. Source: Envoy {@code
 * route.v3.RouteAction.RequestMirrorPolicy}.
 *
 * @param cluster where to; no copies are sent while it does not exist
 * @param share of the requests that are copied
 * @param appendHostSuffix whether the host in the authority of copies gets {@code -shadow} appended
 */
public record MirrorPolicy(String cluster, FractionalPercent share, boolean appendHostSuffix) {
  public MirrorPolicy {
    requireNonNull(cluster, "cluster");
    requireNonNull(share, "share");
  }
}
