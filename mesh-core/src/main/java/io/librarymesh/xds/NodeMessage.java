package io.librarymesh.xds;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.proto.envoy.config.core.v3.Locality;
import java.util.Map;
import java.util.Optional;

/** Writes the node of a stream's first request. */
final class NodeMessage {
  private static final String USER_AGENT = "library-mesh";
  private static final String VERSION =
      Optional.ofNullable(NodeMessage.class.getPackage().getImplementationVersion())
          .orElse("unknown");

  private NodeMessage() {}

  static io.librarymesh.proto.envoy.config.core.v3.Node of(
      Node node, Optional<Registration> registration) {
    String workload = node.workload() + "." + node.namespace();
    String address = registration.map(Registration::address).orElse("127.0.0.1");
    return io.librarymesh.proto.envoy.config.core.v3.Node.newBuilder()
        .setId(USER_AGENT + "~" + address + "~" + workload + "~" + node.instance())
        .setCluster(workload)
        .setUserAgentName(USER_AGENT)
        .setUserAgentVersion(VERSION)
        .addClientFeatures("xds.config.supports-resource-in-sotw")
        .addClientFeatures("xds.config.resource-in-sotw")
        .setMetadata(metadata(node, registration))
        .setLocality(locality(node.locality()))
        .build();
  }

  private static Locality locality(io.librarymesh.config.Locality locality) {
    return Locality.newBuilder()
        .setRegion(locality.region())
        .setZone(locality.zone())
        .setSubZone(locality.subZone())
        .build();
  }

  private static Struct metadata(Node node, Optional<Registration> registration) {
    Struct.Builder metadata =
        Struct.newBuilder()
            .putFields("NAME", text(node.workload()))
            .putFields("NAMESPACE", text(node.namespace()))
            .putFields("LABELS", struct(labels(node.labels())))
            .putFields("GENERATOR", text("grpc"));
    if (!node.serviceAccount().isEmpty()) {
      metadata.putFields("SERVICE_ACCOUNT", text(node.serviceAccount()));
    }
    registration.ifPresent(
        value -> metadata.putFields("io.librarymesh.registration", struct(registration(value))));
    registration
        .flatMap(Registration::group)
        .ifPresent(group -> metadata.putFields("AUTO_REGISTER_GROUP", text(group)));
    return metadata.build();
  }

  private static Struct labels(Map<String, String> labels) {
    Struct.Builder values = Struct.newBuilder();
    labels.forEach((name, value) -> values.putFields(name, text(value)));
    return values.build();
  }

  private static Struct registration(Registration registration) {
    ListValue.Builder ports = ListValue.newBuilder();
    for (Registration.Port port : registration.ports()) {
      Struct.Builder values = Struct.newBuilder().putFields("port", number(port.port()));
      if (!port.name().isEmpty()) {
        values.putFields("name", text(port.name()));
      }
      port.number().ifPresent(number -> values.putFields("number", number(number)));
      ports.addValues(struct(values.build()));
    }
    return Struct.newBuilder()
        .putFields("address", text(registration.address()))
        .putFields("ports", Value.newBuilder().setListValue(ports).build())
        .putFields("ready", Value.newBuilder().setBoolValue(registration.ready()).build())
        .build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private static Value number(int number) {
    return Value.newBuilder().setNumberValue(number).build();
  }

  private static Value struct(Struct struct) {
    return Value.newBuilder().setStructValue(struct).build();
  }
}
