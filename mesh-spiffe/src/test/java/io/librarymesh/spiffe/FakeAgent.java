package io.librarymesh.spiffe;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.Future;
import io.grpc.stub.StreamObserver;
import io.librarymesh.identity.Identity;
import io.spiffe.workloadapi.grpc.SpiffeWorkloadAPIGrpc;
import io.spiffe.workloadapi.grpc.Workload.X509SVID;
import io.spiffe.workloadapi.grpc.Workload.X509SVIDRequest;
import io.spiffe.workloadapi.grpc.Workload.X509SVIDResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A Workload API on a Unix domain socket that says what it is told to. */
final class FakeAgent extends SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIImplBase
    implements AutoCloseable {
  private final EventLoopGroup group = new EpollEventLoopGroup(1);
  private final List<StreamObserver<X509SVIDResponse>> streams = new CopyOnWriteArrayList<>();
  private final FakeSecrets secrets = new FakeSecrets();
  private final Server server;
  private volatile X509SVIDResponse said = X509SVIDResponse.getDefaultInstance();

  FakeAgent(Path socket) throws IOException {
    server =
        NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
            .channelType(EpollServerDomainSocketChannel.class)
            .bossEventLoopGroup(group)
            .workerEventLoopGroup(group)
            .addService(this)
            .addService(secrets)
            .build()
            .start();
  }

  @Override
  public void fetchX509SVID(X509SVIDRequest request, StreamObserver<X509SVIDResponse> responses) {
    streams.add(responses);
    if (said.getSvidsCount() > 0) {
      responses.onNext(said);
    }
  }

  /** The same agent's other service. */
  FakeSecrets secrets() {
    return secrets;
  }

  boolean isWatched() {
    return !streams.isEmpty();
  }

  /** Hands out an identity, and the roots of other trust domains. */
  void say(Identity identity, Map<String, X509Certificate> federated)
      throws CertificateEncodingException {
    X509SVIDResponse.Builder response =
        X509SVIDResponse.newBuilder()
            .addSvids(
                X509SVID
                    .newBuilder()
                    .setSpiffeId(identity.svid().id().toString())
                    .setX509Svid(der(identity.svid().chain()))
                    .setX509SvidKey(ByteString.copyFrom(identity.svid().privateKey().getEncoded()))
                    .setBundle(
                        der(
                            List.copyOf(
                                identity
                                    .bundles()
                                    .of(identity.svid().id().trustDomain())
                                    .orElseThrow()
                                    .authorities()))));
    for (Map.Entry<String, X509Certificate> other : federated.entrySet()) {
      response.putFederatedBundles(other.getKey(), der(List.of(other.getValue())));
    }
    said = response.build();
    streams.forEach(stream -> stream.onNext(said));
  }

  /** Ends the streams, as an agent that is replaced does. */
  void hangUp() {
    streams.forEach(stream -> stream.onError(Status.UNAVAILABLE.asRuntimeException()));
    streams.clear();
  }

  private static ByteString der(List<X509Certificate> certificates)
      throws CertificateEncodingException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (X509Certificate certificate : certificates) {
      out.writeBytes(certificate.getEncoded());
    }
    return ByteString.copyFrom(out.toByteArray());
  }

  @Override
  public void close() {
    server.shutdownNow();
    Future<?> unused = group.shutdownGracefully();
  }
}
