package io.librarymesh.controlplane.translate;

import com.google.protobuf.Duration;
import io.grpc.Status;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.librarymesh.proto.envoy.type.v3.FractionalPercent;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Routes as gRPC's clients take them. A local reply, for which grpc-java refuses all routes, is the
 * fault of a route: calls fail with the status that gRPC has for the reply, as they would behind a
 * proxy, but without its text.
 */
final class GrpcRoutes {

  private static final FractionalPercent ALWAYS =
      FractionalPercent.newBuilder()
          .setNumerator(100)
          .setDenominator(FractionalPercent.DenominatorType.HUNDRED)
          .build();

  private GrpcRoutes() {}

  /** The routes that can match calls, in order; each may have become several. */
  static List<Route> adapt(List<Route> routes) {
    List<Route> matching = routes.stream().flatMap(GrpcRoutes::alternatives).toList();
    // A fault needs a route, and a route needs a cluster: the client asks for one that others name.
    Optional<String> cluster = matching.stream().flatMap(r -> cluster(r).stream()).findFirst();
    return matching.stream()
        .flatMap(
            route ->
                isLocalReply(route)
                    ? cluster.map(name -> failing(route, name)).stream()
                    : Stream.of(route))
        .toList();
  }

  private static Stream<Route> alternatives(Route route) {
    return GrpcMatch.alternatives(route.getMatch()).stream()
        .map(match -> route.toBuilder().setMatch(match).build());
  }

  static boolean isLocalReply(Route route) {
    return route.hasRedirect() || route.hasDirectResponse();
  }

  private static Optional<String> cluster(Route route) {
    if (!route.hasRoute()) {
      return Optional.empty();
    }
    RouteAction action = route.getRoute();
    return action.hasWeightedClusters()
        ? Optional.of(action.getWeightedClusters().getClusters(0).getName())
        : Optional.of(action.getCluster());
  }

  private static Route failing(Route route, String cluster) {
    // A rule that answers by itself has no fault of its own.
    HTTPFault fault =
        HTTPFault.newBuilder()
            .setAbort(
                FaultAbort.newBuilder().setGrpcStatus(status(route).value()).setPercentage(ALWAYS))
            .build();
    return route.toBuilder()
        .setRoute(
            RouteAction.newBuilder().setCluster(cluster).setTimeout(Duration.getDefaultInstance()))
        .putTypedPerFilterConfig(FaultTranslation.FILTER, Packing.pack(fault))
        .build();
  }

  /** The status that stands for a reply; Envoy's and gRPC's table of statuses of HTTP. */
  static Status.Code status(Route reply) {
    int status = reply.hasDirectResponse() ? reply.getDirectResponse().getStatus() : 0;
    return switch (status) {
      case 400 -> Status.Code.INTERNAL;
      case 401 -> Status.Code.UNAUTHENTICATED;
      case 403 -> Status.Code.PERMISSION_DENIED;
      case 404 -> Status.Code.UNIMPLEMENTED;
      case 429, 502, 503, 504 -> Status.Code.UNAVAILABLE;
      default -> Status.Code.UNKNOWN;
    };
  }
}
