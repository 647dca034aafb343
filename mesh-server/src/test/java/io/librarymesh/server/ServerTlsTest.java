package io.librarymesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.identity.SvidVerifier;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.OptionalSslHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Servers that end TLS themselves, with an identity that is replaced. */
final class ServerTlsTest {
  private final TestRoot root = new TestRoot();
  private final TestRoot.Source identity = new TestRoot.Source(root.identity("greeter"));
  private final ServerTls tls = ServerTls.of(identity, "http/1.1");

  /**
   * Calls before and after rotations; the answer is the same, the certificate each time another.
   */
  private void assertRotates(int port) throws Exception {
    Set<X509Certificate> seen = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      identity.rotateTo(root.identity("greeter"));
      SSLSocket socket = TestClient.tls(port, root.identity("web"), "");
      try (TestClient client = new TestClient(socket)) {
        assertThat(client.get("/a")).contains(" 200 ").endsWith("caller=" + TestRoot.id("web"));
        seen.add((X509Certificate) socket.getSession().getPeerCertificates()[0]);
      }
    }
    assertThat(seen).hasSize(5);
  }

  private void assertRefusesAnonymous(int port) throws Exception {
    SSLContext anonymous = TestClient.withoutCertificate(root.identity("web"));
    String answer;
    try (TestClient client = new TestClient(TestClient.tls(port, anonymous, ""))) {
      answer = client.get("/a");
    } catch (IOException e) {
      answer = "closed";
    }
    assertThat(answer).doesNotContain("HTTP");
  }

  @Test
  void theJdksServerEndsTls() throws Exception {
    InboundCounts counts = new InboundCounts();
    InboundPolicyView view = InboundPolicyView.of(TestRules.open(Mode.STRICT));
    HttpsServer server = HttpsServer.create(Greeter.loopback(), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls.context()) {
          @Override
          public void configure(HttpsParameters parameters) {
            parameters.setSSLParameters(tls.context().getDefaultSSLParameters());
          }
        });
    server
        .createContext(
            "/",
            exchange -> {
              try (exchange) {
                InboundCall call = InboundCall.of(exchange).orElseThrow();
                byte[] body =
                    ("caller=" + call.caller().orElseThrow()).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
              }
            })
        .getFilters()
        .add(MeshHttpFilter.direct(tls, view, counts));
    server.start();
    try {
      assertRotates(server.getAddress().getPort());
      assertRefusesAnonymous(server.getAddress().getPort());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void nettyTakesBothOnOnePort() throws Exception {
    JdkSslContext context =
        new JdkSslContext(
            tls.context(),
            false,
            null,
            SupportedCipherSuiteFilter.INSTANCE,
            null,
            ClientAuth.REQUIRE,
            new String[] {"TLSv1.3", "TLSv1.2"},
            false);
    NioEventLoopGroup loop = new NioEventLoopGroup(1);
    try {
      Channel channel =
          new ServerBootstrap()
              .group(loop)
              .channel(NioServerSocketChannel.class)
              .childHandler(
                  new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel accepted) {
                      accepted
                          .pipeline()
                          .addLast(
                              new OptionalSslHandler(context),
                              new HttpServerCodec(),
                              new HttpObjectAggregator(1024),
                              new Caller());
                    }
                  })
              .bind(Greeter.loopback())
              .sync()
              .channel();
      int port = ((java.net.InetSocketAddress) channel.localAddress()).getPort();
      assertRotates(port);
      assertRefusesAnonymous(port);
      try (TestClient client = TestClient.plain(port)) {
        assertThat(client.get("/a")).contains(" 200 ").endsWith("caller=absent");
      }
    } finally {
      loop.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).sync();
    }
  }

  @ChannelHandler.Sharable
  private static final class Caller extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request)
        throws Exception {
      SslHandler handler = context.pipeline().get(SslHandler.class);
      String caller =
          handler == null
              ? "absent"
              : SvidVerifier.named(
                      (X509Certificate) handler.engine().getSession().getPeerCertificates()[0])
                  .toString();
      byte[] body = ("caller=" + caller).getBytes(StandardCharsets.UTF_8);
      context
          .writeAndFlush(
              new DefaultFullHttpResponse(
                  HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(body)))
          .addListener(io.netty.channel.ChannelFutureListener.CLOSE);
    }
  }
}
