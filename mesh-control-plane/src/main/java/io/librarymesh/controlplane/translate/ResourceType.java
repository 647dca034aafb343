package io.librarymesh.controlplane.translate;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The types that are served, in the order in which updates are sent: what is referred to goes
 * before what refers to it.
 */
public enum ResourceType {
  CLUSTER("envoy.config.cluster.v3.Cluster"),
  ENDPOINT("envoy.config.endpoint.v3.ClusterLoadAssignment"),
  LISTENER("envoy.config.listener.v3.Listener"),
  ROUTE("envoy.config.route.v3.RouteConfiguration");

  private static final Map<String, ResourceType> BY_URL =
      Stream.of(values()).collect(Collectors.toMap(ResourceType::typeUrl, type -> type));

  private final String typeUrl;

  ResourceType(String message) {
    this.typeUrl = "type.googleapis.com/" + message;
  }

  /** The type as it stands in discovery requests. */
  public String typeUrl() {
    return typeUrl;
  }

  /** The type with this URL, if it is one that is served. */
  public static Optional<ResourceType> byTypeUrl(String typeUrl) {
    return Optional.ofNullable(BY_URL.get(typeUrl));
  }

  /**
   * Whether a state-of-the-world response holds everything there is, so that absence means removal.
   */
  public boolean isFullState() {
    return this == LISTENER || this == CLUSTER;
  }
}
