package io.librarymesh.xds;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.librarymesh.identity.CurrentIdentity;
import io.librarymesh.identity.Identity;
import io.librarymesh.identity.IdentitySource;
import io.librarymesh.identity.SvidRefusedException;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import io.librarymesh.random.RandomSource;
import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Ticker;
import java.security.cert.CertificateException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows an identity that is handed out as secrets of xDS: the key and the certificate by the name
 * {@code default}, the roots of its trust domain as {@code ROOTCA}, as agents of Istio and of SPIRE
 * do. The stream is kept; while it is away, what was handed out stays in force. Any thread.
 *
 * <p>Source: Envoy {@code service.secret.v3.SecretDiscoveryService/StreamSecrets}.
 */
public final class SdsIdentitySource implements IdentitySource {
  private static final String TYPE_URL =
      "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";
  private static final long FIRST_BACK_OFF_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_BACK_OFF_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final MethodDescriptor<DiscoveryRequest, DiscoveryResponse> STREAM_SECRETS =
      MethodDescriptor.<DiscoveryRequest, DiscoveryResponse>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName("envoy.service.secret.v3.SecretDiscoveryService/StreamSecrets")
          .setRequestMarshaller(ProtoUtils.marshaller(DiscoveryRequest.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(DiscoveryResponse.getDefaultInstance()))
          .build();

  private final Node node;
  private final String server;
  private final Supplier<ManagedChannel> channels;
  private final Scheduler scheduler;
  private final Ticker ticker = Ticker.system();
  private final ReconnectBackOff backOff;
  private final CurrentIdentity current = new CurrentIdentity();
  private final SecretPair secrets = new SecretPair(InstantSource.system());
  private @Nullable Stream stream;
  private boolean closed;

  SdsIdentitySource(
      Node node, String server, Supplier<ManagedChannel> channels, Scheduler scheduler) {
    this.node = node;
    this.server = server;
    this.channels = channels;
    this.scheduler = scheduler;
    this.backOff =
        new ReconnectBackOff(FIRST_BACK_OFF_NANOS, LONGEST_BACK_OFF_NANOS, RandomSource.system());
  }

  /**
   * Begins to follow a server. What comes from it is a private key: the way to it has to be a
   * socket of this machine ({@code AgentSocket} of the module mesh-spiffe) or TLS.
   *
   * @param server for people
   * @param channels makes a channel for each try to reach it; the source shuts it down
   */
  public static SdsIdentitySource open(
      Node node, String server, Supplier<ManagedChannel> channels) {
    SdsIdentitySource source = new SdsIdentitySource(node, server, channels, Scheduler.system());
    source.connect();
    return source;
  }

  synchronized void connect() {
    if (!closed) {
      Stream opened = new Stream(channels.get());
      stream = opened;
      opened.begin();
    }
  }

  private synchronized void answered(Stream from, DiscoveryResponse response) {
    if (from != stream || closed) {
      return;
    }
    try {
      for (Any resource : response.getResourcesList()) {
        secrets.accept(resource.unpack(Secret.class));
      }
    } catch (InvalidProtocolBufferException | CertificateException e) {
      current.failed(server + ": " + e.getMessage());
      from.refuse(response, String.valueOf(e.getMessage()));
      return;
    }
    backOff.reset();
    from.accept(response);
    try {
      secrets.identity().ifPresent(this::put);
    } catch (SvidRefusedException e) {
      current.failed(server + ": " + e.getMessage());
    }
  }

  private void put(Identity identity) {
    boolean known =
        current
            .get()
            .map(
                now ->
                    now.svid().chain().equals(identity.svid().chain())
                        && now.bundles().equals(identity.bundles()))
            .orElse(false);
    if (known) {
      current.settled();
    } else {
      current.replace(identity);
    }
  }

  private synchronized void ended(Stream from, String reason) {
    if (from != stream) {
      return;
    }
    stream = null;
    if (!closed) {
      current.failed(server + ": " + reason);
      scheduler.schedule(this::connect, backOff.next(ticker.nanos()));
    }
  }

  @Override
  public Optional<Identity> current() {
    return current.get();
  }

  @Override
  public Optional<String> problem() {
    return current.problem();
  }

  @Override
  public AutoCloseable subscribe(Consumer<Identity> listener) {
    return current.subscribe(listener);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (stream != null) {
      stream.channel.shutdownNow();
    }
  }

  /** One stream; asks for both secrets and says of each response whether it was understood. */
  private final class Stream implements StreamObserver<DiscoveryResponse> {
    private final ManagedChannel channel;
    private @Nullable StreamObserver<DiscoveryRequest> requests;
    private String version = "";

    Stream(ManagedChannel channel) {
      this.channel = channel;
    }

    void begin() {
      requests =
          ClientCalls.asyncBidiStreamingCall(
              channel.newCall(STREAM_SECRETS, CallOptions.DEFAULT.withWaitForReady()), this);
      say(request().setNode(NodeMessage.of(node, Optional.empty())));
    }

    private DiscoveryRequest.Builder request() {
      return DiscoveryRequest.newBuilder()
          .setTypeUrl(TYPE_URL)
          .setVersionInfo(version)
          .addResourceNames(SecretPair.KEY)
          .addResourceNames(SecretPair.ROOTS);
    }

    private void say(DiscoveryRequest.Builder request) {
      StreamObserver<DiscoveryRequest> out = requests;
      if (out != null) {
        out.onNext(request.build());
      }
    }

    void accept(DiscoveryResponse response) {
      version = response.getVersionInfo();
      say(request().setResponseNonce(response.getNonce()));
    }

    void refuse(DiscoveryResponse response, String why) {
      say(
          request()
              .setResponseNonce(response.getNonce())
              .setErrorDetail(
                  com.google.rpc.Status.newBuilder()
                      .setCode(Status.Code.INVALID_ARGUMENT.value())
                      .setMessage(why)));
    }

    @Override
    public void onNext(DiscoveryResponse response) {
      answered(this, response);
    }

    @Override
    public void onError(Throwable cause) {
      channel.shutdownNow();
      ended(this, Status.fromThrowable(cause).toString());
    }

    @Override
    public void onCompleted() {
      channel.shutdownNow();
      ended(this, "the stream was ended");
    }
  }
}
