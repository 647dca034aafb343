package io.librarymesh.spiffe;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.SdsIdentitySource;
import java.nio.file.Path;

/**
 * The Unix domain socket of an agent that hands out identities as secrets of xDS: Istio's agent, or
 * SPIRE's. On Linux.
 */
public final class AgentSocket {
  private static final int MAX_RESPONSE_BYTES = 1 << 20;

  private AgentSocket() {}

  /**
   * Begins to follow the agent. Istio's writes its keys as PKCS#8 when it is started with {@code
   * PKCS8_KEY=true}; other forms are not read.
   *
   * @param node who asks; agents tell processes apart by the socket, not by this
   * @param socket such as {@code /var/run/secrets/workload-spiffe-uds/socket}
   */
  public static SdsIdentitySource follow(Node node, Path socket) {
    String target = "unix://" + socket.toAbsolutePath();
    return SdsIdentitySource.open(node, target, () -> channel(target));
  }

  private static ManagedChannel channel(String target) {
    return Grpc.newChannelBuilder(target, InsecureChannelCredentials.create())
        .overrideAuthority("localhost")
        .disableRetry()
        .maxInboundMessageSize(MAX_RESPONSE_BYTES)
        .build();
  }
}
