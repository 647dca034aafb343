package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Settings of the whole mesh as somebody wrote them; Istio's {@code MeshConfig}, as far as clients
 * notice. What is absent is Istio's default.
 *
 * @param position where the settings begin
 * @param metadata name and namespace of what they stand in
 * @param source what they stand in
 * @param connectTimeout the limit of connecting where no DestinationRule has one
 * @param outboundTrafficPolicy what becomes of calls to unknown hosts
 * @param defaultHttpRetryPolicy the retry policy of rules that have none
 * @param connectionPool limits of destinations for which no DestinationRule has any
 * @param outlierDetection ejection at destinations for which no DestinationRule says anything
 * @param h2UpgradePolicy whether ports of HTTP are spoken to in HTTP/2 where no DestinationRule
 *     says it
 * @param tcpKeepalive probes of idle connections; a DestinationRule replaces single values
 * @param defaultExportTo who sees what does not say it
 * @param rootNamespace the namespace whose rules serve all others
 * @param localityLbSetting preference of places where neither rule nor Service says anything
 * @param dnsRefreshRate how long an answer of DNS holds that does not say it
 * @param pathNormalization how paths are brought into one form
 * @param peerTls TLS between workloads
 * @param ingress which Ingresses of Kubernetes are carried out, and by which proxies
 * @param extensionProviders whom policies may name
 */
public record MeshConfigDocument(
    SourcePosition position,
    Metadata metadata,
    Source source,
    Optional<Duration> connectTimeout,
    Optional<Sidecar.OutboundMode> outboundTrafficPolicy,
    Optional<HttpRetry> defaultHttpRetryPolicy,
    Optional<ConnectionPoolSettings> connectionPool,
    Optional<OutlierDetection> outlierDetection,
    ConnectionPoolSettings.H2UpgradePolicy h2UpgradePolicy,
    Optional<ConnectionPoolSettings.TcpKeepalive> tcpKeepalive,
    DefaultExportTo defaultExportTo,
    Optional<String> rootNamespace,
    Optional<LocalityLbSetting> localityLbSetting,
    Optional<Duration> dnsRefreshRate,
    Optional<NormalizationType> pathNormalization,
    PeerTlsSettings peerTls,
    IngressSettings ingress,
    List<ExtensionProvider> extensionProviders)
    implements Resource {

  /** Copies the list. */
  public MeshConfigDocument {
    extensionProviders = List.copyOf(extensionProviders);
  }

  @Override
  public Kind kind() {
    return Kind.MESH_CONFIG;
  }

  /** What settings stand in; of several the first in this order counts. */
  public enum Source {
    /** A file of their own. */
    FILE,
    /** The ConfigMap from which Istio's control plane takes them. */
    CONFIG_MAP,
    /** What Istio was installed by. */
    OPERATOR
  }

  /**
   * Who sees what has no {@code exportTo}; each list is empty where nothing was written.
   *
   * @param services ServiceEntries, and Services without the annotation
   * @param virtualServices VirtualServices
   * @param destinationRules DestinationRules
   */
  public record DefaultExportTo(
      List<String> services, List<String> virtualServices, List<String> destinationRules) {

    /** Everybody. */
    public static final DefaultExportTo NONE = new DefaultExportTo(List.of(), List.of(), List.of());

    /** Copies the lists. */
    public DefaultExportTo {
      services = List.copyOf(services);
      virtualServices = List.copyOf(virtualServices);
      destinationRules = List.copyOf(destinationRules);
    }
  }

  /** Forms of paths; Istio's {@code MeshConfig.ProxyPathNormalization.NormalizationType}. */
  public enum NormalizationType {
    DEFAULT,
    NONE,
    BASE,
    MERGE_SLASHES,
    DECODE_AND_MERGE_SLASHES
  }
}
