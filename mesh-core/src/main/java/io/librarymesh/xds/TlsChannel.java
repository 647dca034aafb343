package io.librarymesh.xds;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.TlsChannelCredentials;
import io.librarymesh.identity.PinnedTls;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Connections to a control plane over TLS. */
final class TlsChannel {
  /** A silent peer is found out within the sum of the two. */
  private static final long KEEPALIVE_SECONDS = 20;

  private static final long KEEPALIVE_TIMEOUT_SECONDS = 10;

  private TlsChannel() {}

  /**
   * Over gRPC's default transport, with what there is to present at this moment.
   *
   * @param target {@code host:port}
   */
  static ManagedChannel open(String target, PinnedTls tls, Executor executor, int maxBytes) {
    String host = target.substring(0, target.lastIndexOf(':'));
    TlsChannelCredentials.Builder credentials =
        TlsChannelCredentials.newBuilder().trustManager(tls.trustManagers(host));
    if (tls.hasIdentity()) {
      credentials.keyManager(tls.keyManagers());
    }
    ManagedChannelBuilder<?> builder =
        Grpc.newChannelBuilder(target, credentials.build())
            .executor(executor)
            .disableRetry()
            .maxInboundMessageSize(maxBytes)
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    tls.serverName().ifPresent(builder::overrideAuthority);
    return builder.build();
  }
}
