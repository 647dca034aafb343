package io.librarymesh.controlplane.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** So many connections and no more, and room again when one has gone. */
final class LimitedServerChannelTest {
  @Test
  void connectionsBeyondTheLimitAreClosedBeforeAByteIsRead() throws Exception {
    EventLoopGroup loops = new NioEventLoopGroup(1);
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .channelFactory(() -> new LimitedServerChannel(2))
            .build()
            .start();
    Socket first = connect(server);
    try (Socket second = connect(server)) {
      assertThat(isServed(first)).isTrue();
      assertThat(isServed(second)).isTrue();
      for (int i = 0; i < 5; i++) {
        try (Socket third = connect(server)) {
          assertThat(isServed(third)).isFalse();
        }
      }
      first.close();
      boolean served = false;
      for (int i = 0; i < 1000 && !served; i++) {
        try (Socket another = connect(server)) {
          served = isServed(another);
        }
      }
      assertThat(served).as("after one has gone").isTrue();
    } finally {
      server.shutdownNow();
      var unused = loops.shutdownGracefully();
    }
  }

  private static Socket connect(Server server) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  /** A server of HTTP/2 speaks first. */
  private static boolean isServed(Socket socket) {
    try {
      return socket.getInputStream().read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }
}
