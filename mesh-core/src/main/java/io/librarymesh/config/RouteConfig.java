package io.librarymesh.config;

import java.util.List;

/**
 * The virtual hosts behind one listener. Source: Envoy {@code route.v3.RouteConfiguration}.
 *
 * @param ignorePortInHost whether a port in the authority is left out of the comparison with
 *     domains
 * @param headers how the headers of requests and responses are changed
 * @param mostSpecificHeadersWin whether header operations are carried out from this configuration
 *     to the route, so that the route has the last word, instead of the other way round
 */
public record RouteConfig(
    String name,
    List<VirtualHost> virtualHosts,
    boolean ignorePortInHost,
    HeaderOperations headers,
    boolean mostSpecificHeadersWin) {
  public RouteConfig {
    virtualHosts = List.copyOf(virtualHosts);
  }

  /** A configuration that changes no headers. */
  public RouteConfig(String name, List<VirtualHost> virtualHosts, boolean ignorePortInHost) {
    this(name, virtualHosts, ignorePortInHost, HeaderOperations.NONE, false);
  }

  /** The same configuration with other virtual hosts. */
  public RouteConfig withVirtualHosts(List<VirtualHost> other) {
    return new RouteConfig(name, other, ignorePortInHost, headers, mostSpecificHeadersWin);
  }
}
