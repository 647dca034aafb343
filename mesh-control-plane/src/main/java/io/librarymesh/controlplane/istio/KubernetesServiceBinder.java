package io.librarymesh.controlplane.istio;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads a Kubernetes Service. */
final class KubernetesServiceBinder {
  private static final List<String> TYPES =
      Arrays.stream(KubernetesService.Type.values()).map(KubernetesService.Type::yamlName).toList();

  private KubernetesServiceBinder() {}

  static KubernetesService bind(Fields document, Metadata metadata, Fields spec) {
    spec.skip("sessionAffinity", "sessionAffinityConfig");
    spec.skip("publishNotReadyAddresses");
    // What only nodes, load balancers and address managers of a cluster act on.
    spec.skip("clusterIPs", "externalIPs", "externalTrafficPolicy", "internalTrafficPolicy");
    spec.skip("loadBalancerIP", "loadBalancerSourceRanges", "loadBalancerClass");
    spec.skip("allocateLoadBalancerNodePorts", "healthCheckNodePort");
    spec.skip("ipFamilies", "ipFamilyPolicy");
    return new KubernetesService(
        document.position(),
        metadata,
        spec.textMap("selector"),
        spec.messages("ports", KubernetesServiceBinder::port),
        type(spec),
        spec.text("clusterIP"),
        spec.text("externalName"),
        trafficDistribution(spec, metadata));
  }

  /** The field, or the annotation that stands in for it where Kubernetes does not know it yet. */
  private static Optional<String> trafficDistribution(Fields spec, Metadata metadata) {
    Optional<String> written = spec.text("trafficDistribution");
    if (written.isPresent() && !KubernetesService.TRAFFIC_DISTRIBUTIONS.contains(written.get())) {
      spec.refuse(
          "trafficDistribution",
          "expected one of "
              + String.join(", ", KubernetesService.TRAFFIC_DISTRIBUTIONS)
              + ", found "
              + Quoting.quote(written.get())
              + Spelling.hint(written.get(), KubernetesService.TRAFFIC_DISTRIBUTIONS));
    }
    return written.or(
        () ->
            Optional.ofNullable(metadata.annotations().get(KubernetesService.TRAFFIC_DISTRIBUTION))
                .filter(KubernetesService.TRAFFIC_DISTRIBUTIONS::contains));
  }

  private static KubernetesService.Type type(Fields spec) {
    Optional<String> written = spec.text("type");
    for (KubernetesService.Type type : KubernetesService.Type.values()) {
      if (written.isPresent() && type.yamlName().equals(written.get())) {
        return type;
      }
    }
    if (written.isPresent()) {
      spec.refuse(
          "type",
          "expected one of "
              + String.join(", ", TYPES)
              + ", found "
              + Quoting.quote(written.get())
              + Spelling.hint(written.get(), TYPES));
    }
    return KubernetesService.Type.CLUSTER_IP;
  }

  private static KubernetesService.Port port(Fields port) {
    port.skip("nodePort");
    int number = port.port("port").orElse(0);
    String name = port.textOrEmpty("name");
    Optional<String> transport = port.text("protocol");
    if (transport.isPresent() && !List.of("TCP", "UDP", "SCTP").contains(transport.get())) {
      port.refuse(
          "protocol",
          "expected TCP, UDP or SCTP, found "
              + Quoting.quote(transport.get())
              + "; what is spoken over TCP goes into appProtocol or the port's name");
    }
    Protocol protocol =
        Protocol.ofServicePort(number, name, transport.orElse("TCP"), port.text("appProtocol"));
    return new KubernetesService.Port(name, number, targetPort(port, number), protocol);
  }

  private static KubernetesService.TargetPort targetPort(Fields port, int number) {
    Optional<YamlValue> written = port.any("targetPort");
    boolean byName =
        written.isPresent()
            && written.get() instanceof YamlValue.Scalar scalar
            && scalar.type() == YamlValue.ScalarType.STRING;
    if (byName) {
      return new KubernetesService.TargetPortName(port.textOrEmpty("targetPort"));
    }
    // Kubernetes, too, takes 0 for "the service's own port".
    return new KubernetesService.TargetPortNumber(
        port.port("targetPort").filter(target -> target != 0).orElse(number));
  }
}
