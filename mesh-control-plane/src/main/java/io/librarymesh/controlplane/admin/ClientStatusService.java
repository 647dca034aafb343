package io.librarymesh.controlplane.admin;

import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.librarymesh.controlplane.serve.AdsServer;
import io.librarymesh.controlplane.serve.ConnectedClient;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import io.librarymesh.proto.envoy.service.status.v3.ClientConfig;
import io.librarymesh.proto.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc.ClientStatusDiscoveryServiceImplBase;
import io.librarymesh.proto.envoy.service.status.v3.ClientStatusRequest;
import io.librarymesh.proto.envoy.service.status.v3.ClientStatusResponse;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * Tells over gRPC who is connected and how far each client is with each of its resources. {@link
 * AdminAccess} guards it as the pages.
 *
 * <p>Answers are made one at a time, on a thread of their own, so that asking for everything does
 * not hold up those who are served. A stream is asked for its next request when its last answer has
 * been taken.
 *
 * <p>Source: Envoy {@code service.status.v3.ClientStatusDiscoveryService}. Of the answer only the
 * generic form is filled; the older one by type is deprecated.
 */
public final class ClientStatusService implements AutoCloseable {

  /** Answers beyond this are refused; most clients take 4 MiB unless they are told otherwise. */
  static final int LARGEST_ANSWER_BYTES = 32 << 20;

  private static final System.Logger LOG = System.getLogger(ClientStatusService.class.getName());
  private static final long TIMEOUT_SECONDS = 5;
  private static final long IDLE_SECONDS = 10;

  private final AdsServer server;
  private final AdminAccess access;
  private final int largestAnswer;
  private final ThreadPoolExecutor thread;

  /** About the clients of a server. */
  public ClientStatusService(AdsServer server, AdminAccess access) {
    this(server, access, LARGEST_ANSWER_BYTES);
  }

  ClientStatusService(AdsServer server, AdminAccess access, int largestAnswer) {
    this.server = server;
    this.access = access;
    this.largestAnswer = largestAnswer;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread made = new Thread(task, "library-mesh-client-status");
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  /**
   * The service on one port.
   *
   * @param local whether only programs of this machine reach the port
   */
  public ServerServiceDefinition bind(boolean local) {
    return ServerInterceptors.intercept(new Methods(), new DebugGate(access, local));
  }

  private final class Methods extends ClientStatusDiscoveryServiceImplBase {

    @Override
    public void fetchClientStatus(
        ClientStatusRequest request, StreamObserver<ClientStatusResponse> responses) {
      ServerCallStreamObserver<ClientStatusResponse> call =
          (ServerCallStreamObserver<ClientStatusResponse>) responses;
      run(
          call,
          () -> {
            call.onNext(answer(request));
            call.onCompleted();
          });
    }

    @Override
    public StreamObserver<ClientStatusRequest> streamClientStatus(
        StreamObserver<ClientStatusResponse> responses) {
      ServerCallStreamObserver<ClientStatusResponse> call =
          (ServerCallStreamObserver<ClientStatusResponse>) responses;
      AtomicBoolean answered = new AtomicBoolean(true);
      Runnable next =
          () -> {
            if (call.isReady() && answered.getAndSet(false)) {
              call.request(1);
            }
          };
      call.disableAutoRequest();
      call.setOnReadyHandler(next);
      return new StreamObserver<>() {
        @Override
        public void onNext(ClientStatusRequest request) {
          run(
              call,
              () -> {
                call.onNext(answer(request));
                answered.set(true);
                next.run();
              });
        }

        @Override
        public void onError(Throwable cause) {
          // The call is over; an answer that is still being made is not sent.
        }

        @Override
        public void onCompleted() {
          run(call, call::onCompleted);
        }
      };
    }
  }

  /** Something that ends a call when it fails. */
  private interface Step {

    void run() throws StatusException, InterruptedException;
  }

  private void run(ServerCallStreamObserver<?> call, Step step) {
    try {
      thread.execute(() -> guarded(call, step));
    } catch (RejectedExecutionException e) {
      call.onError(Status.UNAVAILABLE.withDescription("closing").asException());
    }
  }

  private static void guarded(ServerCallStreamObserver<?> call, Step step) {
    if (call.isCancelled()) {
      return;
    }
    try {
      step.run();
    } catch (StatusException e) {
      call.onError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.onError(Status.UNAVAILABLE.withDescription("closing").asException());
    } catch (RuntimeException e) {
      if (!call.isCancelled()) {
        LOG.log(Level.ERROR, "library-mesh: the status of clients was not told", e);
        call.onError(
            Status.INTERNAL.withDescription("failed; the server's log says why").asException());
      }
    }
  }

  private ClientStatusResponse answer(ClientStatusRequest request)
      throws StatusException, InterruptedException {
    Predicate<Node> wanted;
    try {
      wanted = NodeCriteria.of(request.getNodeMatchersList());
    } catch (IllegalArgumentException e) {
      throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException();
    }
    ClientStatusResponse.Builder response = ClientStatusResponse.newBuilder();
    long bytes = 0;
    for (ConnectedClient client : await(server.overview()).clients()) {
      if (wanted.test(client.description())) {
        ClientConfig config =
            ClientConfigs.of(
                client,
                await(server.resources(client.connections())),
                !request.getExcludeResourceContents());
        bytes += config.getSerializedSize();
        if (bytes > largestAnswer) {
          throw tooLarge(response.getConfigCount() + 1);
        }
        response.addConfig(config);
      }
    }
    return response.build();
  }

  private StatusException tooLarge(int clients) {
    return Status.RESOURCE_EXHAUSTED
        .withDescription(
            clients
                + " clients alone are more than "
                + largestAnswer
                + " bytes (expected: node_matchers for fewer, or exclude_resource_contents)")
        .asException();
  }

  private static <T> T await(CompletableFuture<T> asked)
      throws StatusException, InterruptedException {
    try {
      return asked.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw Status.UNAVAILABLE.withDescription("closing").asException();
    } catch (TimeoutException e) {
      throw Status.UNAVAILABLE
          .withDescription("busy: no answer in " + TIMEOUT_SECONDS + " s")
          .asException();
    }
  }

  /** Answers nobody any more. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
