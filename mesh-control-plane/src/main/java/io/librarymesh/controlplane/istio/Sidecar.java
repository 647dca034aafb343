package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the workloads of a namespace see of the mesh; {@code networking.istio.io/Sidecar}.
 *
 * @param position where the document begins
 * @param metadata name and namespace; without a selector it holds for its namespace, and in the
 *     root namespace for every namespace that has none of its own
 * @param workloadSelector the workloads that it is for; absent means all
 * @param ingress what the workload's own server takes; in file order
 * @param egress what the workload may call, by the port that it calls; empty means everything
 * @param inboundConnectionPool limits of what the workload's own server takes
 * @param outboundTrafficPolicy what becomes of calls to unknown hosts; absent means what the mesh
 *     says
 */
public record Sidecar(
    SourcePosition position,
    Metadata metadata,
    Optional<Map<String, String>> workloadSelector,
    List<Ingress> ingress,
    List<Egress> egress,
    Optional<ConnectionPoolSettings> inboundConnectionPool,
    Optional<OutboundPolicy> outboundTrafficPolicy)
    implements Resource {

  /** Copies the collections. */
  public Sidecar {
    workloadSelector = workloadSelector.map(Copies::ordered);
    ingress = List.copyOf(ingress);
    egress = List.copyOf(egress);
  }

  @Override
  public Kind kind() {
    return Kind.SIDECAR;
  }

  /**
   * A port; Istio's {@code SidecarPort}.
   *
   * @param number 0 for a unix domain socket
   * @param name may be empty
   * @param protocol what is spoken; unspecified when none was written
   * @param httpProxy whether the protocol is {@code HTTP_PROXY}: callers name a proxy's address
   */
  public record Port(int number, String name, Protocol protocol, boolean httpProxy) {}

  /** How calls come to where they are routed. */
  public enum CaptureMode {
    DEFAULT,
    IPTABLES,
    NONE
  }

  /**
   * What may be called; Istio's {@code IstioEgressListener}.
   *
   * @param position where the entry begins
   * @param port the port that is called; absent for all ports that no other entry has
   * @param bind an address that callers connect to instead of that of the service; may be empty
   * @param captureMode how calls come there
   * @param hosts {@code namespace/host}, as written: {@code .} is the workload's own namespace,
   *     {@code *} every one, {@code ~} none
   */
  public record Egress(
      SourcePosition position,
      Optional<Port> port,
      String bind,
      CaptureMode captureMode,
      List<String> hosts) {

    /** Copies the list. */
    public Egress {
      hosts = List.copyOf(hosts);
    }
  }

  /**
   * What is taken; Istio's {@code IstioIngressListener}.
   *
   * @param port the port; validation refuses its absence
   * @param bind the address; may be empty
   * @param defaultEndpoint where the server listens: {@code 127.0.0.1:port} or {@code unix:///path}
   * @param tlsMode how the caller's TLS is ended; absent without TLS
   * @param connectionPool limits of this port
   */
  public record Ingress(
      Optional<Port> port,
      String bind,
      String defaultEndpoint,
      Optional<ServerTlsSettings.Mode> tlsMode,
      Optional<ConnectionPoolSettings> connectionPool) {}

  /** What becomes of calls to hosts that nobody declared. */
  public enum OutboundMode {
    REGISTRY_ONLY,
    ALLOW_ANY
  }

  /**
   * What becomes of calls to unknown hosts; Istio's {@code OutboundTrafficPolicy}.
   *
   * @param mode an empty policy says {@code REGISTRY_ONLY}
   * @param egressProxy the service that all of them go to
   */
  public record OutboundPolicy(OutboundMode mode, Optional<Destination> egressProxy) {}
}
