package io.librarymesh.controlplane.serve;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Accepts so many connections at a time; more are closed before a byte of them is read, since
 * everybody may connect and each connection costs memory before anybody has proved who he is.
 */
final class LimitedServerChannel extends NioServerSocketChannel {
  private final int limit;
  private final AtomicInteger open = new AtomicInteger();

  LimitedServerChannel(int limit) {
    this.limit = limit;
  }

  @Override
  protected int doReadMessages(List<Object> accepted) throws Exception {
    int before = accepted.size();
    int read = super.doReadMessages(accepted);
    for (int i = accepted.size() - 1; i >= before; i--) {
      Channel channel = (Channel) accepted.get(i);
      if (open.incrementAndGet() > limit) {
        open.decrementAndGet();
        accepted.remove(i);
        channel.unsafe().closeForcibly();
        read--;
      } else {
        var unused = channel.closeFuture().addListener(closed -> open.decrementAndGet());
      }
    }
    return Math.max(read, 0);
  }
}
