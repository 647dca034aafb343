package io.librarymesh.server;

import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.identity.MutualTls;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.SvidRefusedException;
import java.util.Optional;

/**
 * Who calls a server that ends TLS itself: whom the certificate names that it was shown, verified
 * once more, because servers can be set up to take any.
 */
final class DirectPeers implements PeerLookup {
  private final ServerTls tls;

  DirectPeers(ServerTls tls) {
    this.tls = tls;
  }

  @Override
  public Optional<InboundPeer> find(Arrival arrival, Mode mode) {
    Optional<SpiffeId> id = arrival.chain().isEmpty() ? Optional.empty() : verified(arrival);
    boolean proofIsNeeded = mode == Mode.STRICT || arrival.overTls();
    return id.isPresent() || !proofIsNeeded || mode == Mode.DISABLE
        ? Optional.of(
            new InboundPeer(
                id, arrival.overTls(), arrival.remote(), arrival.local(), arrival.serverName()))
        : Optional.empty();
  }

  private Optional<SpiffeId> verified(Arrival arrival) {
    Optional<MutualTls> now = tls.current();
    if (now.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(ServerTls.verified(now.get(), arrival.chain()));
    } catch (SvidRefusedException e) {
      return Optional.empty();
    }
  }
}
