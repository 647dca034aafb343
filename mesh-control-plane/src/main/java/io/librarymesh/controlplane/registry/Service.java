package io.librarymesh.controlplane.registry;

import io.librarymesh.controlplane.istio.PersistentSession;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.SourcePosition;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A host with ports: a Kubernetes Service, or one host of a ServiceEntry.
 *
 * @param host the full host in the spelling of its declaration; a wildcard is possible for a
 *     ServiceEntry
 * @param declaredBy the object that declares it
 * @param resolution how its endpoints are found
 * @param ports its ports, in file order
 * @param addresses virtual IP addresses; {@code None} and CIDR blocks are left out
 * @param exportTo namespaces that see it: {@code .}, {@code *}, {@code ~} or names; empty means all
 * @param externalName for {@link Resolution#ALIAS}, the host that it stands for
 * @param trafficDistribution whether endpoints near to the client are preferred; absent when
 *     nothing is said of that
 * @param meshExternal whether it is outside of the mesh, so that nobody there has an identity of it
 * @param subjectAltNames names of which a server's certificate must have one, where no rule says it
 * @param session where calls of a session keep the host that they stay with; absent when calls have
 *     no sessions
 */
public record Service(
    String host,
    Declaration declaredBy,
    Resolution resolution,
    List<ServicePort> ports,
    List<String> addresses,
    List<String> exportTo,
    Optional<String> externalName,
    Optional<TrafficDistribution> trafficDistribution,
    boolean meshExternal,
    List<String> subjectAltNames,
    Optional<PersistentSession> session) {

  /**
   * The annotation by which a Kubernetes Service says who sees it: values of exportTo, by commas.
   */
  public static final String EXPORT_TO = "networking.istio.io/exportTo";

  /** Copies the lists. */
  public Service {
    ports = List.copyOf(ports);
    addresses = List.copyOf(addresses);
    exportTo = List.copyOf(exportTo);
    subjectAltNames = List.copyOf(subjectAltNames);
  }

  /**
   * The object that declares a service.
   *
   * @param kind {@code KUBERNETES_SERVICE} or {@code SERVICE_ENTRY}
   * @param namespace the object's namespace
   * @param name the object's name
   * @param position where it is written
   */
  public record Declaration(
      Resource.Kind kind, String namespace, String name, SourcePosition position) {}

  /** How the endpoints of a service are found. */
  public enum Resolution {
    /** They are listed or registered, by IP address. */
    STATIC,
    /** Every address of every listed DNS name, or of the host itself. */
    DNS,
    /** The first address of a DNS name, for new connections. */
    DNS_ROUND_ROBIN,
    /** The host of a request is resolved when it is called. */
    DYNAMIC_DNS,
    /** The address that the caller would use without a mesh; headless services are among these. */
    PASSTHROUGH,
    /** Another name of the service {@link Service#externalName}. */
    ALIAS
  }

  /** Which endpoints are preferred; Kubernetes' {@code trafficDistribution}. */
  public enum TrafficDistribution {
    /** Those of the client's zone; also written {@code PreferClose}. */
    PREFER_SAME_ZONE,
    /** Those of the client's node. */
    PREFER_SAME_NODE
  }

  /** The namespace of the declaring object. */
  public String namespace() {
    return declaredBy.namespace();
  }

  /** Whether a Kubernetes Service declares it. */
  public boolean isKubernetes() {
    return declaredBy.kind() == Resource.Kind.KUBERNETES_SERVICE;
  }

  /** A Kubernetes Service without a virtual address. */
  public boolean isHeadless() {
    return isKubernetes() && resolution == Resolution.PASSTHROUGH;
  }

  /** The port of that number. */
  public Optional<ServicePort> port(int number) {
    return ports.stream().filter(port -> port.number() == number).findFirst();
  }

  /** Whether clients of a namespace see it. */
  public boolean isVisibleTo(String clientNamespace) {
    return exportTo.isEmpty()
        || exportTo.contains("*")
        || exportTo.contains(clientNamespace)
        || (exportTo.contains(".") && namespace().equals(clientNamespace));
  }

  /** The host as it is compared: names on the wire have no case. */
  String key() {
    return host.toLowerCase(Locale.ROOT);
  }
}
