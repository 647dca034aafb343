package io.librarymesh.server;

import io.librarymesh.authz.InboundConnection;
import io.librarymesh.identity.SpiffeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a connection, as the connection itself has shown it. Immutable.
 *
 * @param identity who it has proved to be; empty in plaintext
 * @param overTls whether the connection is encrypted
 * @param remote its address
 * @param local the address that it connected to
 * @param serverName what it asked for in the TLS handshake; empty when there was none
 */
public record InboundPeer(
    Optional<SpiffeId> identity,
    boolean overTls,
    InetSocketAddress remote,
    InetSocketAddress local,
    String serverName)
    implements InboundConnection {

  @Override
  public @Nullable String peer() {
    return identity.map(SpiffeId::toString).orElse(null);
  }

  @Override
  public InetAddress source() {
    return remote.getAddress();
  }

  @Override
  public InetAddress destination() {
    return local.getAddress();
  }

  @Override
  public int destinationPort() {
    return local.getPort();
  }
}
