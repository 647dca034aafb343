package io.librarymesh.server;

import io.librarymesh.config.InboundListener.Mode;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** Finds out who a request is from. */
interface PeerLookup {
  /**
   * The caller of a request.
   *
   * @return empty when it did not come as the mode asks
   */
  Optional<InboundPeer> find(Arrival arrival, Mode mode);

  /**
   * How a request reached the server.
   *
   * @param overTls whether the server itself has ended TLS
   * @param chain what the caller presented to the server; empty for none
   * @param serverName what it asked for; empty when that is not known
   */
  record Arrival(
      InetSocketAddress remote,
      InetSocketAddress local,
      boolean overTls,
      List<X509Certificate> chain,
      String serverName) {
    public Arrival {
      chain = List.copyOf(chain);
    }

    static Arrival plain(InetSocketAddress remote, InetSocketAddress local) {
      return new Arrival(remote, local, false, List.of(), "");
    }
  }
}
