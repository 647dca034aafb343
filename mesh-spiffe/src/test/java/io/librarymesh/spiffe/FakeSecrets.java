package io.librarymesh.spiffe;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.librarymesh.identity.Identity;
import io.librarymesh.proto.envoy.config.core.v3.DataSource;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An agent's service of secrets, which keeps what it is asked and says what it is told to. */
final class FakeSecrets implements BindableService {
  private static final String SERVICE = "envoy.service.secret.v3.SecretDiscoveryService";
  private static final Base64.Encoder PEM =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private final List<StreamObserver<DiscoveryResponse>> streams = new CopyOnWriteArrayList<>();
  private final List<DiscoveryRequest> asked = new CopyOnWriteArrayList<>();
  private int nonce;

  @Override
  public ServerServiceDefinition bindService() {
    MethodDescriptor<DiscoveryRequest, DiscoveryResponse> method =
        MethodDescriptor.<DiscoveryRequest, DiscoveryResponse>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(SERVICE + "/StreamSecrets")
            .setRequestMarshaller(ProtoUtils.marshaller(DiscoveryRequest.getDefaultInstance()))
            .setResponseMarshaller(ProtoUtils.marshaller(DiscoveryResponse.getDefaultInstance()))
            .build();
    return ServerServiceDefinition.builder(SERVICE)
        .addMethod(method, ServerCalls.asyncBidiStreamingCall(this::stream))
        .build();
  }

  private StreamObserver<DiscoveryRequest> stream(StreamObserver<DiscoveryResponse> responses) {
    streams.add(responses);
    return new StreamObserver<>() {
      @Override
      public void onNext(DiscoveryRequest request) {
        asked.add(request);
      }

      @Override
      public void onError(Throwable cause) {
        streams.remove(responses);
      }

      @Override
      public void onCompleted() {
        streams.remove(responses);
      }
    };
  }

  List<DiscoveryRequest> asked() {
    return asked;
  }

  DiscoveryRequest last() {
    return asked.get(asked.size() - 1);
  }

  static Secret key(Identity identity) throws CertificateEncodingException {
    return Secret.newBuilder()
        .setName("default")
        .setTlsCertificate(
            TlsCertificate.newBuilder()
                .setCertificateChain(pem(identity.svid().chain()))
                .setPrivateKey(
                    text(block("PRIVATE KEY", identity.svid().privateKey().getEncoded()))))
        .build();
  }

  static Secret roots(X509Certificate root) throws CertificateEncodingException {
    return Secret.newBuilder()
        .setName("ROOTCA")
        .setValidationContext(
            CertificateValidationContext.newBuilder().setTrustedCa(pem(List.of(root))))
        .build();
  }

  void say(Secret... secrets) {
    DiscoveryResponse.Builder response =
        DiscoveryResponse.newBuilder()
            .setVersionInfo("v" + ++nonce)
            .setNonce("n" + nonce)
            .setTypeUrl("type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret");
    for (Secret secret : secrets) {
      response.addResources(Any.pack(secret));
    }
    streams.forEach(stream -> stream.onNext(response.build()));
  }

  void hangUp() {
    List<StreamObserver<DiscoveryResponse>> all = List.copyOf(streams);
    streams.clear();
    asked.clear();
    all.forEach(stream -> stream.onError(Status.UNAVAILABLE.asRuntimeException()));
  }

  private static DataSource pem(Collection<X509Certificate> certificates)
      throws CertificateEncodingException {
    StringBuilder out = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      out.append(block("CERTIFICATE", certificate.getEncoded()));
    }
    return text(out.toString());
  }

  private static String block(String name, byte[] der) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(name, PEM.encodeToString(der), name);
  }

  private static DataSource text(String text) {
    return DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(text)).build();
  }
}
