package io.librarymesh.authz;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection to a server. An adapter implements this over its server's own.
 *
 * <p>All of it comes from the connection itself, never from what a request says about it.
 */
public interface InboundConnection {
  /**
   * Who the caller has proved to be by mutual TLS: the one URI of its certificate, which has been
   * verified.
   *
   * @return such as {@code spiffe://cluster.local/ns/foo/sa/web}; null for plaintext, for TLS
   *     without a certificate and for one that has no URI, or several
   */
  @Nullable String peer();

  /** The address at the other end. */
  InetAddress source();

  /** The address of this end. */
  InetAddress destination();

  /** The port of this end, of the socket and not of a service. */
  int destinationPort();

  /** The name that was asked for in the TLS handshake; empty when there was none. */
  String serverName();
}
