package io.librarymesh.controlplane.istio;

import java.util.List;

/**
 * Routing rules for a set of hosts; {@code networking.istio.io/VirtualService}.
 *
 * @param position where the document begins
 * @param metadata name and namespace; short names inside are expanded with this namespace
 * @param hosts the names the rules attach to, as written; empty for a delegate
 * @param gateways who uses the rules: {@code mesh}, which is meant when none was written, and
 *     Gateways as {@code namespace/name}
 * @param exportTo namespaces that see the rules: {@code .}, {@code *} or names; empty means the
 *     mesh default
 * @param http ordered rules for HTTP traffic; the first match wins
 * @param tls ordered rules by SNI for TLS that the client side does not terminate
 * @param tcp ordered rules for opaque TCP
 */
public record VirtualService(
    SourcePosition position,
    Metadata metadata,
    List<String> hosts,
    List<String> gateways,
    List<String> exportTo,
    List<HttpRoute> http,
    List<TlsRoute> tls,
    List<TcpRoute> tcp)
    implements Resource {

  /** The reserved gateway name that stands for every client of the mesh. */
  public static final String MESH_GATEWAY = "mesh";

  /**
   * An annotation of ours, {@code "true"} or {@code "false"}: requests of any method may be retried
   * although they may have been processed. Other control planes pass over it.
   */
  public static final String RETRY_ANY_METHOD = "librarymesh.io/retry-any-method";

  /**
   * An annotation of ours, {@code "true"} or {@code "false"}: a try that runs out of its {@code
   * perTryTimeout} goes on, and the retry begins beside it. Source: Envoy {@code
   * HedgePolicy.hedge_on_per_try_timeout}, for which Istio has no field.
   */
  public static final String HEDGE_ON_PER_TRY_TIMEOUT = "librarymesh.io/hedge-on-per-try-timeout";

  /** An annotation by which Istio marks what it makes of routes of the Kubernetes Gateway API. */
  public static final String ROUTE_SEMANTICS = "internal.istio.io/route-semantics";

  /** The value of {@link #ROUTE_SEMANTICS} for such routes. */
  public static final String GATEWAY_SEMANTICS = "gateway";

  /** Copies the lists. */
  public VirtualService {
    hosts = List.copyOf(hosts);
    gateways = List.copyOf(gateways);
    exportTo = List.copyOf(exportTo);
    http = List.copyOf(http);
    tls = List.copyOf(tls);
    tcp = List.copyOf(tcp);
  }

  @Override
  public Kind kind() {
    return Kind.VIRTUAL_SERVICE;
  }

  /** Whether clients of the mesh use the rules; otherwise only named gateways do. */
  public boolean appliesToMesh() {
    return gateways.contains(MESH_GATEWAY);
  }

  /** Whether this holds rules for another VirtualService to splice in, and attaches to no host. */
  public boolean isDelegate() {
    return hosts.isEmpty();
  }

  /** Whether it was made of routes of the Kubernetes Gateway API, which are told apart. */
  public boolean isOfGatewayApi() {
    return GATEWAY_SEMANTICS.equals(metadata.annotations().get(ROUTE_SEMANTICS));
  }
}
