package io.librarymesh.benchmarks.load;

import com.google.protobuf.ByteString;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What clients ask for, in bytes that those who ask for the same share: clusters, all of them by
 * the wildcard or some by name, and the endpoints of each.
 */
final class Wants {

  static final String CLUSTERS = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
  static final String ENDPOINTS =
      "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";

  private final Variant variant;
  private final boolean wildcard;
  private final List<String> names;
  private final Map<String, ByteString> first = new HashMap<>();
  private final Map<String, ByteString> lists = new HashMap<>();

  private Wants(Variant variant, boolean wildcard, List<String> names) {
    this.variant = variant;
    this.wildcard = wildcard;
    this.names = names;
    know(Map.of(), Map.of());
    for (String type : List.of(CLUSTERS, ENDPOINTS)) {
      lists.put(
          type,
          DiscoveryRequest.newBuilder()
              .setTypeUrl(type)
              .addAllResourceNames(named(type))
              .build()
              .toByteString());
    }
  }

  /** Everything there is: the wildcard for clusters, every name for endpoints. */
  static Wants everything(Variant variant, int services) {
    return new Wants(variant, true, names(0, services, services, services));
  }

  /** Some services by name: the first, which all clients use, and others that differ. */
  static Wants some(Variant variant, int client, int count, int services) {
    return new Wants(variant, false, names(client, count, count, services));
  }

  private static List<String> names(int client, int count, int step, int services) {
    List<String> names = new ArrayList<>(count);
    names.add(GeneratedMesh.cluster(0));
    for (int i = 1; i < count; i++) {
      int rest = services - 1;
      names.add(GeneratedMesh.cluster(1 + (int) (((long) client * step + i - 1) % rest)));
    }
    return names;
  }

  Variant variant() {
    return variant;
  }

  /** How many of each type there are. */
  int count() {
    return names.size();
  }

  private List<String> named(String type) {
    return wildcard && type.equals(CLUSTERS) ? List.of() : names;
  }

  /** From now on clients that come say that they have these versions, by name. */
  final void know(Map<String, String> clusters, Map<String, String> endpoints) {
    first.put(CLUSTERS, incremental(CLUSTERS, clusters));
    first.put(ENDPOINTS, incremental(ENDPOINTS, endpoints));
  }

  private ByteString incremental(String type, Map<String, String> versions) {
    return DeltaDiscoveryRequest.newBuilder()
        .setTypeUrl(type)
        .addAllResourceNamesSubscribe(named(type))
        .putAllInitialResourceVersions(versions)
        .build()
        .toByteString();
  }

  /** The first request of a type on a stream. */
  ByteString subscribe(String type, Node node) {
    return variant == Variant.DELTA
        ? of(first, type)
            .concat(DeltaDiscoveryRequest.newBuilder().setNode(node).build().toByteString())
        : of(lists, type)
            .concat(DiscoveryRequest.newBuilder().setNode(node).build().toByteString());
  }

  /** Accepts a response. */
  ByteString acknowledge(Reply reply) {
    return variant == Variant.DELTA
        ? DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(reply.typeUrl())
            .setResponseNonce(reply.nonce())
            .build()
            .toByteString()
        : of(lists, reply.typeUrl())
            .concat(
                DiscoveryRequest.newBuilder()
                    .setVersionInfo(reply.version())
                    .setResponseNonce(reply.nonce())
                    .build()
                    .toByteString());
  }

  private static ByteString of(Map<String, ByteString> byType, String type) {
    ByteString bytes = byType.get(type);
    if (bytes == null) {
      throw new IllegalStateException("type: " + type + " (expected: clusters or endpoints)");
    }
    return bytes;
  }
}
