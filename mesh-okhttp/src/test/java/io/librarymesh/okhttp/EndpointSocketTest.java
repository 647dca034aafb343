package io.librarymesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;

class EndpointSocketTest {
  private final EndpointSockets sockets =
      new EndpointSockets(SocketFactory.getDefault(), null, null, false);

  @Test
  void connectionThatWasPooledUnusedIsLookedAt() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        EndpointSocket socket = (EndpointSocket) sockets.createSocket()) {
      socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
      try (Socket accepted = server.accept()) {
        socket.acquiredAfter(sockets.connections());

        assertThat(socket.isStale()).isFalse();
        assertThat(accepted.isConnected()).isTrue();
      }
      // The look does not wait, and the end takes its way through the loopback at once.
      assertThat(socket.isStale()).isTrue();
    }
  }

  @Test
  void connectionMadeForItsAttemptIsNotLookedAt() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        EndpointSocket socket = (EndpointSocket) sockets.createSocket()) {
      int before = sockets.connections();
      socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
      server.accept().close();
      socket.acquiredAfter(before);

      assertThat(socket.isStale()).isFalse();
    }
  }
}
