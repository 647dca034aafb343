package io.librarymesh.controlplane.serve;

import com.google.protobuf.Struct;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import io.librarymesh.controlplane.istio.Metadata;
import io.librarymesh.controlplane.registry.Workload;
import io.librarymesh.controlplane.registry.Workload.WorkloadPort;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.Dialect;
import io.librarymesh.controlplane.translate.Role;
import io.librarymesh.proto.envoy.config.core.v3.Locality;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a client says of itself in the first request of a stream. The metadata keys are Istio's
 * where it has one: {@code NAMESPACE}, {@code LABELS}, {@code NAME}, {@code SERVICE_ACCOUNT},
 * {@code AUTO_REGISTER_GROUP}.
 *
 * @param id unique among processes
 * @param description all of it, except for fields that this project does not read
 * @param userAgent name and version of the client's software
 * @param view what of the client decides its resources
 * @param group the WorkloadGroup of its namespace to which it says it belongs
 * @param workload the workload that it registers; absent when it registers none
 * @param registrationProblem why what it registers could not be used; empty when there is nothing
 *     to say
 */
record ClientNode(
    String id,
    Node description,
    String userAgent,
    ClientView view,
    Optional<String> group,
    Optional<Workload> workload,
    String registrationProblem) {

  private static final Value TRUE = Value.newBuilder().setBoolValue(true).build();
  private static final String REGISTRATION = "io.librarymesh.registration";

  /** How clients of gRPC begin what they say of their software, in lower case. */
  private static final String GRPC_CLIENTS = "grpc";

  /** The account that it runs as, from one that has an identity of the mesh. */
  private static final String SERVICE_ACCOUNT = "SERVICE_ACCOUNT";

  /** What Istio's agents send of {@code ISTIO_META_AUTO_REGISTER_GROUP}. */
  static final String GROUP = "AUTO_REGISTER_GROUP";

  static ClientNode of(Node node) {
    Map<String, Value> metadata = node.getMetadata().getFieldsMap();
    Optional<IstioNodeId> id = IstioNodeId.parse(node.getId());
    String namespace =
        text(metadata, "NAMESPACE")
            .or(() -> id.flatMap(IstioNodeId::namespace))
            .orElse(Metadata.DEFAULT_NAMESPACE);
    Map<String, String> labels = labels(metadata);
    Dialect dialect = Dialect.of(node.getUserAgentName());
    Optional<Workload> workload = Optional.empty();
    String problem = "";
    if (metadata.containsKey(REGISTRATION)) {
      try {
        workload = Optional.of(workload(node, metadata, namespace, labels));
      } catch (IllegalArgumentException e) {
        problem = REGISTRATION + "." + e.getMessage();
      }
    } else if (metadata.containsKey(GROUP)) {
      problem = GROUP + ": without " + REGISTRATION + " (expected: address and ports, too)";
    }
    return new ClientNode(
        node.getId(),
        node.toBuilder().setUnknownFields(UnknownFieldSet.getDefaultInstance()).build(),
        (node.getUserAgentName() + " " + node.getUserAgentVersion()).strip(),
        new ClientView(namespace, labels, locality(node.getLocality()), dialect, role(dialect, id))
            .withIdentity(text(metadata, SERVICE_ACCOUNT).isPresent()),
        text(metadata, GROUP),
        workload,
        problem);
  }

  /**
   * Whether it holds a changed cluster back until the endpoints of it have come once more, as Envoy
   * does. Clients of gRPC and ours do not; who is not known may.
   */
  boolean warmsClusters() {
    return view.dialect() != Dialect.LIBRARY
        && !userAgent.toLowerCase(Locale.ROOT).startsWith(GRPC_CLIENTS);
  }

  /** What listens is a stock Envoy. */
  private static Role role(Dialect dialect, Optional<IstioNodeId> id) {
    return dialect == Dialect.ENVOY && id.filter(IstioNodeId::isRouter).isPresent()
        ? Role.ROUTER
        : Role.CALLER;
  }

  /** The same of a stream on which nothing is registered: one of several that a client has. */
  ClientNode withoutRegistration() {
    return new ClientNode(
        id,
        description,
        userAgent,
        view,
        group,
        Optional.empty(),
        workload.isPresent() || !registrationProblem.isEmpty()
            ? REGISTRATION + ": on a stream of one type (expected: on an aggregated stream)"
            : "");
  }

  private static Workload workload(
      Node node, Map<String, Value> metadata, String namespace, Map<String, String> labels) {
    Map<String, Value> registration =
        metadata
            .getOrDefault(REGISTRATION, Value.getDefaultInstance())
            .getStructValue()
            .getFieldsMap();
    List<WorkloadPort> ports =
        registration
            .getOrDefault("ports", Value.getDefaultInstance())
            .getListValue()
            .getValuesList()
            .stream()
            .map(port -> port(port.getStructValue()))
            .toList();
    if (ports.isEmpty()) {
      throw new IllegalArgumentException("ports: [] (expected: at least one)");
    }
    return new Workload(
        text(metadata, "NAME").orElse(node.getCluster()),
        namespace,
        labels,
        text(registration, "address").orElse(""),
        ports,
        locality(node.getLocality()),
        registration.getOrDefault("ready", TRUE).getBoolValue(),
        text(metadata, GROUP),
        1,
        text(metadata, SERVICE_ACCOUNT).orElse(""));
  }

  private static WorkloadPort port(Struct port) {
    Map<String, Value> fields = port.getFieldsMap();
    return new WorkloadPort(
        text(fields, "name").orElse(""), number(fields, "number"), number(fields, "port"));
  }

  private static String locality(Locality locality) {
    String text =
        String.join(
            "/",
            Stream.of(locality.getRegion(), locality.getZone(), locality.getSubZone()).toList());
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '/') {
      end--;
    }
    return text.substring(0, end);
  }

  private static Map<String, String> labels(Map<String, Value> metadata) {
    Map<String, String> labels = new TreeMap<>();
    metadata
        .getOrDefault("LABELS", Value.getDefaultInstance())
        .getStructValue()
        .getFieldsMap()
        .forEach((key, value) -> labels.put(key, value.getStringValue()));
    return labels;
  }

  private static Optional<String> text(Map<String, Value> fields, String key) {
    return Optional.ofNullable(fields.get(key))
        .map(Value::getStringValue)
        .filter(text -> !text.isEmpty());
  }

  private static int number(Map<String, Value> fields, String key) {
    double number = fields.getOrDefault(key, Value.getDefaultInstance()).getNumberValue();
    if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(key + ": " + number + " (expected: a whole number)");
    }
    return (int) number;
  }
}
