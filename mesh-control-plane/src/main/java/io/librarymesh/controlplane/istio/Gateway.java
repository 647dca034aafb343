package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What proxies at the edge of the mesh listen for; {@code networking.istio.io/Gateway}. (The
 * Gateway of the Kubernetes Gateway API is another kind.)
 *
 * @param position where the document begins
 * @param metadata name and namespace, by which VirtualServices name it
 * @param selector labels of the proxies that it is for, in whatever namespace; empty means all
 * @param servers what is listened for, in file order
 */
public record Gateway(
    SourcePosition position, Metadata metadata, Map<String, String> selector, List<Server> servers)
    implements Resource {

  /** Copies the collections. */
  public Gateway {
    selector = Copies.ordered(selector);
    servers = List.copyOf(servers);
  }

  @Override
  public Kind kind() {
    return Kind.GATEWAY;
  }

  /** The name as VirtualServices have it, {@code namespace/name}. */
  public String fullName() {
    return metadata.namespace() + "/" + metadata.name();
  }

  /**
   * A port with the hosts behind it; Istio's {@code Server}.
   *
   * @param position where the entry begins
   * @param name may be empty
   * @param port the port
   * @param bind the address, or {@code unix:///path}; empty means all addresses
   * @param hosts names, or {@code namespace/name}, as written: VirtualServices of that namespace
   *     ({@code .} the Gateway's own, {@code *} all) may be for such hosts
   * @param tls how TLS is ended; absent without TLS
   */
  public record Server(
      SourcePosition position,
      String name,
      Port port,
      String bind,
      List<String> hosts,
      Optional<ServerTlsSettings> tls) {

    /** Copies the list. */
    public Server {
      hosts = List.copyOf(hosts);
    }

    /** Whether requests are looked at: plain HTTP, or HTTPS that is ended here. */
    public boolean isHttp() {
      return port.protocol().isHttp()
          || (port.protocol() == Protocol.HTTPS
              && tls.filter(t -> !t.mode().isPassthrough()).isPresent());
    }

    /** Whether connections are of TLS, ended here or not. */
    public boolean isTls() {
      return tls.isPresent() && !port.protocol().isHttp();
    }

    /** Whether plain HTTP is answered with a redirect to https. */
    public boolean redirectsToHttps() {
      return tls.filter(ServerTlsSettings::httpsRedirect).isPresent();
    }
  }

  /**
   * A port; Istio's {@code Port}.
   *
   * @param number 0 for a unix domain socket
   * @param name unique in the Gateway
   * @param protocol what is spoken
   */
  public record Port(int number, String name, Protocol protocol) {}
}
