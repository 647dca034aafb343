package io.librarymesh.controlplane.load;

import com.google.protobuf.Duration;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.librarymesh.controlplane.ca.CallerIdentity;
import io.librarymesh.controlplane.serve.AdsServer;
import io.librarymesh.controlplane.serve.ClientResource;
import io.librarymesh.controlplane.serve.NodeAgreement;
import io.librarymesh.controlplane.serve.Overview;
import io.librarymesh.controlplane.translate.ResourceType;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import io.librarymesh.proto.envoy.service.load_stats.v3.LoadReportingServiceGrpc.LoadReportingServiceImplBase;
import io.librarymesh.proto.envoy.service.load_stats.v3.LoadStatsRequest;
import io.librarymesh.proto.envoy.service.load_stats.v3.LoadStatsResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Takes reports of load. A client that can is asked for all its clusters; another one for those
 * that its node was sent over xDS, and is asked anew after a report when these have changed.
 *
 * <p>Source: Envoy {@code service.load_stats.v3.LoadReportingService}.
 */
public final class LoadReportingService {

  /** What a client that can report all its clusters has among its features. */
  static final String ALL_CLUSTERS = "envoy.lrs.supports_send_all_clusters";

  private final AdsServer server;
  private final LoadReports reports;
  private final Duration interval;

  /**
   * Takes reports of a server's clients.
   *
   * @param interval how often a client is to report
   */
  public LoadReportingService(AdsServer server, LoadReports reports, java.time.Duration interval) {
    this.server = server;
    this.reports = reports;
    this.interval =
        Duration.newBuilder()
            .setSeconds(interval.getSeconds())
            .setNanos(interval.getNano())
            .build();
  }

  /** The service; whoever may have configuration may report. */
  public ServerServiceDefinition definition() {
    return new Methods().bindService();
  }

  private final class Methods extends LoadReportingServiceImplBase {

    @Override
    public StreamObserver<LoadStatsRequest> streamLoadStats(
        StreamObserver<LoadStatsResponse> responses) {
      Stream stream = new Stream((ServerCallStreamObserver<LoadStatsResponse>) responses);
      stream.call.setOnCancelHandler(stream::end);
      return stream;
    }
  }

  /**
   * One client's stream. What it says comes one after the other; clusters to ask for come from the
   * state executor, which must not wait for a report that is being taken.
   */
  private final class Stream implements StreamObserver<LoadStatsRequest> {

    private final ServerCallStreamObserver<LoadStatsResponse> call;
    private final Optional<SpiffeId> caller = CallerIdentity.current();
    private @Nullable Node node;
    private volatile @Nullable List<String> asked;
    private volatile boolean ended;

    private Stream(ServerCallStreamObserver<LoadStatsResponse> call) {
      this.call = call;
    }

    @Override
    public void onNext(LoadStatsRequest request) {
      if (ended) {
        return;
      }
      Node known = node;
      if (known == null) {
        known = request.getNode();
        if (known.getId().isEmpty()) {
          refuse(
              Status.INVALID_ARGUMENT.withDescription(
                  "node.id: empty (expected: an id in the first request of a stream)"));
          return;
        }
        Optional<String> disagreement = NodeAgreement.disagreement(known, caller);
        if (disagreement.isPresent()) {
          refuse(Status.PERMISSION_DENIED.withDescription(disagreement.get()));
          return;
        }
        node = known;
        reports.opened(known.getId());
      }
      if (request.getClusterStatsCount() > 0) {
        reports.add(known.getId(), request.getClusterStatsList());
      }
      if (!known.getClientFeaturesList().contains(ALL_CLUSTERS)) {
        CompletionStage<Void> unused = clusters(known.getId()).thenAccept(this::ask);
      } else if (asked == null) {
        askForAll();
      }
    }

    private synchronized void askForAll() {
      asked = List.of();
      call.onNext(response().setSendAllClusters(true).build());
    }

    /**
     * Asks for these clusters unless it has done so; later ones only when the client takes them.
     */
    private synchronized void ask(List<String> clusters) {
      if (!ended && !clusters.equals(asked) && (asked == null || call.isReady())) {
        asked = clusters;
        call.onNext(response().addAllClusters(clusters).build());
      }
    }

    private LoadStatsResponse.Builder response() {
      return LoadStatsResponse.newBuilder()
          .setLoadReportingInterval(interval)
          .setReportEndpointGranularity(true);
    }

    private synchronized void refuse(Status reason) {
      end();
      call.onError(reason.asException());
    }

    @Override
    public void onError(Throwable cause) {
      end();
    }

    @Override
    public synchronized void onCompleted() {
      if (!ended) {
        end();
        call.onCompleted();
      }
    }

    private synchronized void end() {
      Node known = node;
      if (!ended && known != null) {
        reports.closed(known.getId());
      }
      ended = true;
    }
  }

  /** Names of the clusters that streams of the node were sent, sorted. */
  private CompletableFuture<List<String>> clusters(String node) {
    return server
        .overview()
        .thenCompose(overview -> server.resources(connections(overview, node)))
        .thenApply(
            all ->
                all.stream()
                    .filter(r -> r.type() == ResourceType.CLUSTER && r.sent().isPresent())
                    .map(ClientResource::name)
                    .distinct()
                    .toList());
  }

  private static List<String> connections(Overview overview, String node) {
    return overview.clients().stream()
        .filter(client -> client.node().equals(node))
        .flatMap(client -> client.connections().stream())
        .toList();
  }
}
