package io.librarymesh.server;

import io.librarymesh.config.InboundListener.Mode;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Who stands behind each connection that a listener has made to the application: what the filter
 * knows and no header can say. A connection is known by both its ends on loopback, for as long as
 * the listener holds it open, so that no other process can have the same ends. Any thread.
 */
public final class InboundPeers implements PeerLookup {
  private final ConcurrentMap<Ends, InboundPeer> byEnds = new ConcurrentHashMap<>();

  /** Nobody yet. */
  public InboundPeers() {}

  /**
   * Who a connection is from.
   *
   * @param remote the other end, as the application sees it
   * @param local this end, as the application sees it
   * @return empty when the listener has not made the connection
   */
  public Optional<InboundPeer> of(InetSocketAddress remote, InetSocketAddress local) {
    return Optional.ofNullable(byEnds.get(new Ends(remote, local)));
  }

  @Override
  public Optional<InboundPeer> find(Arrival arrival, Mode mode) {
    return of(arrival.remote(), arrival.local());
  }

  /** Before a byte goes to the application. */
  void add(InetSocketAddress remote, InetSocketAddress local, InboundPeer peer) {
    byEnds.put(new Ends(remote, local), peer);
  }

  /** Before the connection is closed, which frees its port for others. */
  void remove(InetSocketAddress remote, InetSocketAddress local) {
    byEnds.remove(new Ends(remote, local));
  }

  private record Ends(InetSocketAddress remote, InetSocketAddress local) {}
}
