package io.librarymesh.xds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.config.AssignmentPolicy;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HealthStatus;
import io.librarymesh.config.IpAddress;
import io.librarymesh.config.Locality;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.proto.envoy.config.core.v3.SocketAddress;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.librarymesh.proto.envoy.config.endpoint.v3.ClusterLoadAssignment.Policy.DropOverload;
import io.librarymesh.proto.envoy.config.endpoint.v3.LbEndpoint;
import io.librarymesh.proto.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads endpoints. Source: Envoy {@code endpoint.v3.ClusterLoadAssignment}.
 *
 * <p>On purpose: an address and port that stands twice in one priority is taken once, with a
 * warning.
 */
final class EndpointReader {
  /** What an endpoint's address may be. */
  enum Address {
    IP,
    IP_OR_NAME
  }

  private static final int MAX_PRIORITY = 128;

  private final Address addresses;
  private final Findings findings;
  private final Map<Integer, Priority> priorities = new HashMap<>();

  private EndpointReader(Address addresses, Findings findings) {
    this.addresses = addresses;
    this.findings = findings;
  }

  /** Reads a resource. */
  static LoadAssignment read(ClusterLoadAssignment message, FieldPath root, Findings findings) {
    FieldUse.report(message, root, findings);
    return readInline(message, Address.IP, root, findings);
  }

  /** Reads what stands in a cluster, of which unused fields are reported with the cluster. */
  static LoadAssignment readInline(
      ClusterLoadAssignment message, Address addresses, FieldPath at, Findings findings) {
    EndpointReader reader = new EndpointReader(addresses, findings);
    List<LocalityEndpoints> localities = new ArrayList<>();
    for (int i = 0; i < message.getEndpointsCount(); i++) {
      localities.add(reader.locality(message.getEndpoints(i), at.element("endpoints", i)));
    }
    return new LoadAssignment(
        localities,
        new AssignmentPolicy(
            overprovisioning(message, at, findings),
            message.getPolicy().getWeightedPriorityHealth(),
            dropOverload(message.getPolicy(), at.field("policy"), findings)));
  }

  /**
   * One category at most, and no more than everything. Source: Envoy {@code
   * parseDropOverloadConfig}.
   */
  private static FractionalPercent dropOverload(
      ClusterLoadAssignment.Policy policy, FieldPath at, Findings findings) {
    if (policy.getDropOverloadsCount() == 0) {
      return FractionalPercent.NEVER;
    }
    if (policy.getDropOverloadsCount() > 1) {
      findings.error(
          at.field("drop_overloads"), policy.getDropOverloadsCount() + " (expected: 1 at most)");
    }
    FieldPath share = at.element("drop_overloads", 0).field("drop_percentage");
    DropOverload drop = policy.getDropOverloads(0);
    if (drop.getCategory().isEmpty()) {
      findings.error(at.element("drop_overloads", 0).field("category"), "empty (expected: a name)");
    }
    FractionalPercent dropped = MatcherReader.percent(drop.getDropPercentage(), share, findings);
    if (Integer.toUnsignedLong(drop.getDropPercentage().getNumerator()) > dropped.denominator()) {
      findings.error(
          share.field("numerator"),
          Integer.toUnsignedString(drop.getDropPercentage().getNumerator())
              + " (expected: <= "
              + dropped.denominator()
              + ")");
    }
    return dropped;
  }

  private static int overprovisioning(
      ClusterLoadAssignment message, FieldPath at, Findings findings) {
    if (!message.getPolicy().hasOverprovisioningFactor()) {
      return AssignmentPolicy.DEFAULT.overprovisioningPercent();
    }
    int factor = message.getPolicy().getOverprovisioningFactor().getValue();
    if (factor <= 0) {
      findings.error(
          at.field("policy").field("overprovisioning_factor"),
          Integer.toUnsignedString(factor) + " (expected: 1.." + Integer.MAX_VALUE + ")");
      return AssignmentPolicy.DEFAULT.overprovisioningPercent();
    }
    return factor;
  }

  private LocalityEndpoints locality(LocalityLbEndpoints message, FieldPath at) {
    int number = message.getPriority();
    if (number < 0 || number > MAX_PRIORITY) {
      findings.error(
          at.field("priority"),
          Integer.toUnsignedString(number) + " (expected: 0.." + MAX_PRIORITY + ")");
      number = 0;
    }
    Priority priority = priorities.computeIfAbsent(number, n -> new Priority());
    List<Endpoint> endpoints = new ArrayList<>(message.getLbEndpointsCount());
    for (int i = 0; i < message.getLbEndpointsCount(); i++) {
      FieldPath position = at.element("lb_endpoints", i);
      Endpoint endpoint = endpoint(message.getLbEndpoints(i), position);
      priority.weight += endpoint.weight();
      if (priority.addresses.add(endpoint.hostPort())) {
        endpoints.add(endpoint);
      } else {
        findings.warn(position, endpoint.hostPort() + " stands there before, so it is left out");
      }
    }
    int localityWeight = localityWeight(message, at);
    priority.localityWeight += localityWeight;
    if (priority.localityWeight > Integer.MAX_VALUE) {
      findings.error(
          at,
          "sum of locality weights "
              + priority.localityWeight
              + " (expected: <= "
              + Integer.MAX_VALUE
              + ")");
    }
    if (priority.weight > Integer.MAX_VALUE) {
      findings.error(
          at, "sum of weights " + priority.weight + " (expected: <= " + Integer.MAX_VALUE + ")");
    }
    Locality locality =
        new Locality(
            message.getLocality().getRegion(),
            message.getLocality().getZone(),
            message.getLocality().getSubZone());
    return new LocalityEndpoints(
        locality.equals(Locality.NONE) ? Locality.NONE : locality,
        number,
        localityWeight,
        endpoints);
  }

  /** Zero asks for no calls, which is what no weight means too. */
  private int localityWeight(LocalityLbEndpoints message, FieldPath at) {
    int weight = message.getLoadBalancingWeight().getValue();
    if (weight < 0) {
      findings.error(
          at.field("load_balancing_weight"),
          Integer.toUnsignedString(weight) + " (expected: 0.." + Integer.MAX_VALUE + ")");
      return 0;
    }
    return weight;
  }

  private Endpoint endpoint(LbEndpoint message, FieldPath at) {
    SocketAddress address = message.getEndpoint().getAddress().getSocketAddress();
    FieldPath place = at.field("endpoint").field("address").field("socket_address");
    int port = address.getPortValue();
    if (!message.getEndpoint().getAddress().hasSocketAddress()) {
      findings.error(at, "no socket address (expected: endpoint.address.socket_address)");
      port = 1;
    } else {
      checkAddress(address, place);
      if (port < 1 || port > 65_535) {
        findings.error(
            place.field("port_value"), Integer.toUnsignedString(port) + " (expected: 1..65535)");
        port = 1;
      }
    }
    return new Endpoint(
        address.getAddress(),
        port,
        weight(message, at),
        health(message.getHealthStatus()),
        message.getEndpoint().getHostname(),
        labels(message),
        MetadataReader.read(message.getMetadata()),
        MetadataReader.socketMatch(message.getMetadata()));
  }

  private void checkAddress(SocketAddress address, FieldPath at) {
    String text = address.getAddress();
    boolean known = addresses == Address.IP ? IpAddress.isLiteral(text) : !text.isBlank();
    if (!known) {
      String expected = addresses == Address.IP ? "an IP address" : "an IP address or a host name";
      findings.error(at.field("address"), text + " (expected: " + expected + ")");
    }
    if (address.getProtocol() != SocketAddress.Protocol.TCP) {
      findings.error(at.field("protocol"), address.getProtocol() + " (expected: TCP)");
    }
  }

  private int weight(LbEndpoint message, FieldPath at) {
    if (!message.hasLoadBalancingWeight()) {
      return 1;
    }
    int weight = message.getLoadBalancingWeight().getValue();
    if (weight < 1) {
      findings.error(
          at.field("load_balancing_weight"),
          Integer.toUnsignedString(weight) + " (expected: 1.." + Integer.MAX_VALUE + ")");
      return 1;
    }
    return weight;
  }

  static HealthStatus health(io.librarymesh.proto.envoy.config.core.v3.HealthStatus message) {
    return switch (message) {
      case UNKNOWN -> HealthStatus.UNKNOWN;
      case HEALTHY -> HealthStatus.HEALTHY;
      case UNHEALTHY, UNRECOGNIZED -> HealthStatus.UNHEALTHY;
      case DRAINING -> HealthStatus.DRAINING;
      case TIMEOUT -> HealthStatus.TIMEOUT;
      case DEGRADED -> HealthStatus.DEGRADED;
    };
  }

  private static Map<String, String> labels(LbEndpoint message) {
    Struct ours =
        message
            .getMetadata()
            .getFilterMetadataOrDefault("io.librarymesh", Struct.getDefaultInstance());
    Struct labels = ours.getFieldsOrDefault("labels", Value.getDefaultInstance()).getStructValue();
    if (labels.getFieldsCount() == 0) {
      return Map.of();
    }
    Map<String, String> read = new HashMap<>();
    labels.getFieldsMap().forEach((name, value) -> read.put(name, value.getStringValue()));
    return read;
  }

  /** What the endpoints of one priority may share only once, over all localities. */
  private static final class Priority {
    final Set<String> addresses = new HashSet<>();
    long weight;
    long localityWeight;
  }
}
