package io.librarymesh.config;

import java.util.List;

/**
 * The virtual hosts behind one listener. Source: Envoy {@code route.v3.RouteConfiguration}.
 *
 * @param ignorePortInHost whether a port in the authority is left out of the comparison with
 *     domains
 */
public record RouteConfig(String name, List<VirtualHost> virtualHosts, boolean ignorePortInHost) {
  public RouteConfig {
    virtualHosts = List.copyOf(virtualHosts);
  }
}
