package io.librarymesh.xds;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The subscribed resources of all types. Event loop only. */
final class ResourceTables {
  final ResourceTable<ListenerResource> listeners = new ResourceTable<>(ResourceType.LISTENER);
  final ResourceTable<RouteResource> routes = new ResourceTable<>(ResourceType.ROUTE);
  final ResourceTable<ClusterResource> clusters = new ResourceTable<>(ResourceType.CLUSTER);
  final ResourceTable<LoadAssignment> endpoints = new ResourceTable<>(ResourceType.ENDPOINTS);

  private final List<ResourceTable<?>> all = List.of(listeners, routes, clusters, endpoints);

  /** In the order in which a request for one leads to the next. */
  List<ResourceTable<?>> all() {
    return all;
  }

  @Nullable ResourceTable<?> byTypeUrl(String typeUrl) {
    for (ResourceTable<?> table : all) {
      if (table.type().typeUrl().equals(typeUrl)) {
        return table;
      }
    }
    return null;
  }

  /** Whether nothing is subscribed. */
  boolean areEmpty() {
    return all.stream().allMatch(ResourceTable::isEmpty);
  }
}
