package io.librarymesh.controlplane.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.librarymesh.controlplane.istio.OutlierDetection;
import io.librarymesh.controlplane.istio.Subset;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.controlplane.translate.LocalityGroups.Group;
import io.librarymesh.proto.envoy.config.core.v3.Address;
import io.librarymesh.proto.envoy.config.core.v3.HealthStatus;
import io.librarymesh.proto.envoy.config.core.v3.Locality;
import io.librarymesh.proto.envoy.config.core.v3.Metadata;
import io.librarymesh.proto.envoy.config.core.v3.SocketAddress;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.config.endpoint.v3.Endpoint;
import io.librarymesh.proto.envoy.config.endpoint.v3.LbEndpoint;
import io.librarymesh.proto.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** ClusterLoadAssignments by the name of their cluster. */
final class EndpointTranslation {

  private EndpointTranslation() {}

  /** The endpoints of a cluster that has them in a resource of their own. */
  static Optional<ClusterLoadAssignment> translate(ClientLookup lookup, String name) {
    return ClusterName.parse(name)
        .flatMap(parsed -> Upstream.find(lookup, parsed))
        .filter(upstream -> upstream.discovery(lookup.isGrpc()) == Upstream.Discovery.EDS)
        .map(upstream -> assignment(upstream, lookup));
  }

  /** All endpoints of the service port, or those of the subset, as they are for one client. */
  static ClusterLoadAssignment assignment(Upstream upstream, ClientLookup lookup) {
    ClientView client = lookup.view();
    RegisteredService service = upstream.service();
    Map<String, String> labels = upstream.subset().map(Subset::labels).orElse(Map.of());
    // With a health threshold below which all endpoints are used, these must not be among them.
    boolean withUnready =
        upstream.policy().outlierDetection().map(OutlierDetection::minHealthPercent).orElse(0) == 0;
    List<ServiceEndpoint> endpoints =
        service.endpoints(upstream.name().port()).stream()
            .filter(e -> e.labels().entrySet().containsAll(labels.entrySet()))
            .filter(e -> !SessionTranslation.isGone(service.service(), e))
            .filter(e -> withUnready || e.ready() || isDraining(upstream, e))
            .toList();
    List<LocalityLbEndpoints> localities =
        LocalityGroups.of(endpoints, LocalityPolicy.of(upstream), client).stream()
            .map(group -> locality(group, upstream, lookup))
            .toList();
    return ClusterLoadAssignment.newBuilder()
        .setClusterName(upstream.name().toString())
        .addAllEndpoints(localities)
        .build();
  }

  /** A locality without a weight is dropped by gRPC, with all its endpoints. */
  private static LocalityLbEndpoints locality(Group group, Upstream upstream, ClientLookup lookup) {
    Locality.Builder locality = locality(group.locality());
    if (lookup.isGrpc() && group.priority() > 0) {
      // gRPC knows a locality once only, whatever its priority.
      locality.setSubZone(locality.getSubZone() + "#" + group.priority());
    }
    return LocalityLbEndpoints.newBuilder()
        .setLocality(locality)
        .setPriority(group.priority())
        .setLoadBalancingWeight(UInt32Value.of((int) Math.min(group.weight(), Integer.MAX_VALUE)))
        .addAllLbEndpoints(
            group.endpoints().stream().map(e -> endpoint(e, upstream, lookup)).toList())
        .build();
  }

  private static Locality.Builder locality(String text) {
    String[] parts = text.split("/", 3);
    return Locality.newBuilder()
        .setRegion(parts[0])
        .setZone(parts.length > 1 ? parts[1] : "")
        .setSubZone(parts.length > 2 ? parts[2] : "");
  }

  private static LbEndpoint endpoint(
      ServiceEndpoint endpoint, Upstream upstream, ClientLookup lookup) {
    return LbEndpoint.newBuilder()
        .setEndpoint(
            Endpoint.newBuilder()
                .setAddress(
                    Address.newBuilder()
                        .setSocketAddress(
                            SocketAddress.newBuilder()
                                .setAddress(endpoint.address())
                                .setPortValue(endpoint.port()))))
        .setHealthStatus(health(endpoint, upstream))
        .setLoadBalancingWeight(
            UInt32Value.of((int) Math.min(endpoint.weight(), Integer.MAX_VALUE)))
        .setMetadata(metadata(endpoint, upstream, lookup))
        .build();
  }

  private static HealthStatus health(ServiceEndpoint endpoint, Upstream upstream) {
    if (isDraining(upstream, endpoint)) {
      return HealthStatus.DRAINING;
    }
    return endpoint.ready() ? HealthStatus.HEALTHY : HealthStatus.UNHEALTHY;
  }

  private static boolean isDraining(Upstream upstream, ServiceEndpoint endpoint) {
    return SessionTranslation.isDraining(upstream.service().service(), endpoint);
  }

  private static Metadata metadata(
      ServiceEndpoint endpoint, Upstream upstream, ClientLookup lookup) {
    String workload = endpoint.workload() + ";" + endpoint.namespace() + ";;;";
    Struct own =
        Struct.newBuilder()
            .putFields("workload", Packing.text(endpoint.workload()))
            .putFields(
                "labels",
                Value.newBuilder().setStructValue(Packing.struct(endpoint.labels())).build())
            .build();
    Metadata.Builder metadata =
        Metadata.newBuilder()
            .putFilterMetadata("istio", Packing.struct(Map.of("workload", workload)))
            .putFilterMetadata("io.librarymesh", own);
    if (AutoMtls.reaches(endpoint, upstream.service().service(), lookup)) {
      metadata.putFilterMetadata(
          ClientTlsTranslation.MATCH, Packing.struct(ClientTlsTranslation.CAPABLE));
    }
    return metadata.build();
  }

  /** Whether a service has an endpoint of a subset. */
  static boolean hasEndpoints(RegisteredService service, Subset subset) {
    Service declaration = service.service();
    return declaration.ports().stream()
        .flatMap(port -> service.endpoints(port.number()).stream())
        .anyMatch(e -> e.labels().entrySet().containsAll(subset.labels().entrySet()));
  }
}
