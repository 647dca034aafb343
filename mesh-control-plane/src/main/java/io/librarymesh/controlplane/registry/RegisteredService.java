package io.librarymesh.controlplane.registry;

import io.librarymesh.controlplane.istio.Finding;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A service with its endpoints at one moment.
 *
 * @param service its declaration
 * @param endpoints by service port, ordered by address and port; a port that nobody serves has an
 *     empty list
 * @param findings workloads that are selected and yet serve no port, and the like
 */
public record RegisteredService(
    Service service, Map<Integer, List<ServiceEndpoint>> endpoints, List<Finding> findings) {

  /** Copies the collections. */
  public RegisteredService {
    endpoints = Collections.unmodifiableMap(new TreeMap<>(endpoints));
    findings = List.copyOf(findings);
  }

  /** The endpoints of a service port; empty for a port that the service does not have. */
  public List<ServiceEndpoint> endpoints(int port) {
    return endpoints.getOrDefault(port, List.of());
  }
}
