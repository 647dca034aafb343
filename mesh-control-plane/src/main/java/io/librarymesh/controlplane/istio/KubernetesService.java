package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Kubernetes Service, {@code kind: Service} of {@code apiVersion: v1}; its host is {@code
 * NAME.NAMESPACE.svc.DOMAIN}.
 *
 * @param position where the document begins
 * @param metadata name and namespace
 * @param selector labels that a workload of the namespace must carry to serve it; empty selects
 *     nothing, as in Kubernetes
 * @param ports service ports
 * @param type kind of service
 * @param clusterIp the virtual address; {@code None} for a headless service
 * @param externalName the name that an ExternalName service stands for
 * @param trafficDistribution which endpoints are preferred, such as {@code PreferClose}
 */
public record KubernetesService(
    SourcePosition position,
    Metadata metadata,
    Map<String, String> selector,
    List<Port> ports,
    Type type,
    Optional<String> clusterIp,
    Optional<String> externalName,
    Optional<String> trafficDistribution)
    implements Resource {

  /** Endpoints of the client's node are preferred. */
  public static final String PREFER_SAME_NODE = "PreferSameNode";

  /** The annotation of Istio that stands in for the field, of a Service or of its namespace. */
  public static final String TRAFFIC_DISTRIBUTION = "networking.istio.io/traffic-distribution";

  /** All values of {@code trafficDistribution}. */
  static final List<String> TRAFFIC_DISTRIBUTIONS =
      List.of("PreferClose", "PreferSameZone", PREFER_SAME_NODE);

  /** Copies the collections. */
  public KubernetesService {
    selector = Copies.ordered(selector);
    ports = List.copyOf(ports);
  }

  @Override
  public Kind kind() {
    return Kind.KUBERNETES_SERVICE;
  }

  /** Whether it is a value of {@code trafficDistribution}. */
  public static boolean isTrafficDistribution(String text) {
    return TRAFFIC_DISTRIBUTIONS.contains(text);
  }

  /** The same, with this for {@code trafficDistribution} where it has none. */
  public KubernetesService orTrafficDistribution(String otherwise) {
    return trafficDistribution.isPresent()
        ? this
        : new KubernetesService(
            position,
            metadata,
            selector,
            ports,
            type,
            clusterIp,
            externalName,
            Optional.of(otherwise));
  }

  /** Whether the service has no virtual address, so that names resolve to its endpoints. */
  public boolean isHeadless() {
    return clusterIp.filter("None"::equals).isPresent();
  }

  /** Kubernetes' {@code ServiceType}. */
  public enum Type {
    CLUSTER_IP("ClusterIP"),
    NODE_PORT("NodePort"),
    LOAD_BALANCER("LoadBalancer"),
    EXTERNAL_NAME("ExternalName");

    private final String yamlName;

    Type(String yamlName) {
      this.yamlName = yamlName;
    }

    /** The word that stands in a file. */
    public String yamlName() {
      return yamlName;
    }
  }

  /**
   * A service port.
   *
   * @param name unique name; may be empty when there is only one port
   * @param port the port in URLs
   * @param targetPort the workload's port
   * @param protocol what is spoken, derived as Istio does from {@code appProtocol}, else the name,
   *     else the number
   */
  public record Port(String name, int port, TargetPort targetPort, Protocol protocol) {}

  /** The port of the workload that a service port leads to. */
  public sealed interface TargetPort {}

  /** The workload's port by number; the service port's own number when none was written. */
  public record TargetPortNumber(int number) implements TargetPort {}

  /** The workload's port by the name that the workload gives it. */
  public record TargetPortName(String name) implements TargetPort {}
}
