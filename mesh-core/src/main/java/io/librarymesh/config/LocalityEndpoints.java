package io.librarymesh.config;

import java.util.List;

/**
 * The endpoints of one locality at one priority. Source: Envoy {@code
 * endpoint.v3.LocalityLbEndpoints}.
 *
 * @param priority 0 is the highest
 * @param weight the locality's share of calls where shares are by locality; 0 means none
 */
public record LocalityEndpoints(
    Locality locality, int priority, int weight, List<Endpoint> endpoints) {
  public LocalityEndpoints {
    endpoints = List.copyOf(endpoints);
    Ranges.requireNotNegative("weight", weight);
    if (priority < 0 || priority > 128) {
      throw new IllegalArgumentException("priority: " + priority + " (expected: 0..128)");
    }
  }

  /** A locality without a weight. */
  public LocalityEndpoints(Locality locality, int priority, List<Endpoint> endpoints) {
    this(locality, priority, 0, endpoints);
  }
}
