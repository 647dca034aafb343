package io.librarymesh.config;

import java.util.List;

/**
 * The endpoints of one locality at one priority. Source: Envoy {@code
 * endpoint.v3.LocalityLbEndpoints}.
 *
 * @param priority 0 is the highest
 */
public record LocalityEndpoints(Locality locality, int priority, List<Endpoint> endpoints) {
  public LocalityEndpoints {
    endpoints = List.copyOf(endpoints);
    if (priority < 0 || priority > 128) {
      throw new IllegalArgumentException("priority: " + priority + " (expected: 0..128)");
    }
  }
}
