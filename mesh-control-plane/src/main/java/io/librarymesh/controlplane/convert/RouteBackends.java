package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.Destination;
import io.librarymesh.controlplane.istio.HttpRouteDestination;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The destinations of a VirtualService as backends of an HTTPRoute.
 *
 * @param inventory what the files say of services
 * @param namespace that of the rules
 * @param port the port that is called, where there is only one: a destination without a port has
 *     that
 */
record RouteBackends(Inventory inventory, String namespace, Optional<Integer> port) {

  List<Object> refs(
      List<HttpRouteDestination> destinations, String field, List<Outcome.Problem> problems) {
    List<Object> refs = new ArrayList<>();
    for (int i = 0; i < destinations.size(); i++) {
      HttpRouteDestination destination = destinations.get(i);
      String at = field + ".route[" + i + "]";
      Map<String, Object> ref = ref(destination.destination(), at + ".destination", problems);
      if (destinations.size() > 1) {
        ref.put("weight", destination.weight());
      }
      List<Object> filters =
          RouteFilters.headers(
              destination.headers(),
              problem ->
                  problems.add(
                      new Outcome.Problem(destination.position(), at + ".headers", problem)));
      if (!filters.isEmpty()) {
        ref.put("filters", filters);
      }
      refs.add(ref);
    }
    return refs;
  }

  Map<String, Object> ref(Destination destination, String field, List<Outcome.Problem> problems) {
    String host = inventory.complete(destination.host(), namespace);
    Map<String, Object> ref = new LinkedHashMap<>();
    Optional<Inventory.ServiceName> service = inventory.service(host);
    if (service.isPresent()) {
      ref.put("name", service.get().name());
      if (!service.get().namespace().equals(namespace)) {
        ref.put("namespace", service.get().namespace());
      }
    } else {
      ref.put("group", "networking.istio.io");
      ref.put("kind", "Hostname");
      ref.put("name", host);
    }
    Optional<Integer> number = destination.port().or(this::port);
    number.ifPresent(n -> ref.put("port", n));
    if (number.isEmpty()) {
      problems.add(
          new Outcome.Problem(
              destination.position(),
              field + ".port",
              "an HTTPRoute needs the port, and no file says which one is called"));
    }
    if (!destination.subset().isEmpty()) {
      problems.add(
          new Outcome.Problem(
              destination.position(),
              field + ".subset",
              "an HTTPRoute has no subsets, but Services of their own"));
    }
    return ref;
  }
}
