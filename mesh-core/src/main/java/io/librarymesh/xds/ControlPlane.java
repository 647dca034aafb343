package io.librarymesh.xds;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One server of the list.
 *
 * @param name for people, such as {@code 127.0.0.1:15010}
 * @param channels opens a connection; each try to reach the server gets a channel of its own, so
 *     that the channel's own back-off never stands in the way of ours
 */
record ControlPlane(String name, Supplier<ManagedChannel> channels) {
  /** A silent peer is found out within the sum of the two. */
  private static final long KEEPALIVE_SECONDS = 20;

  private static final long KEEPALIVE_TIMEOUT_SECONDS = 10;

  /** Over gRPC's default transport, in plain text. */
  static ControlPlane at(String target, Executor executor, int maxResponseBytes) {
    return new ControlPlane(
        target,
        () ->
            Grpc.newChannelBuilder(target, InsecureChannelCredentials.create())
                .executor(executor)
                .disableRetry()
                .maxInboundMessageSize(maxResponseBytes)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .build());
  }
}
