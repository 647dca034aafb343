package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.ExtensionProvider;
import io.librarymesh.controlplane.istio.HttpRetry;
import io.librarymesh.controlplane.istio.IngressSettings;
import io.librarymesh.controlplane.istio.LocalityLbSetting;
import io.librarymesh.controlplane.istio.MeshConfigDocument;
import io.librarymesh.controlplane.istio.MeshConfigDocument.DefaultExportTo;
import io.librarymesh.controlplane.istio.MeshConfigDocument.NormalizationType;
import io.librarymesh.controlplane.istio.PeerTlsSettings;
import io.librarymesh.controlplane.istio.Resource;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What holds for the whole mesh; the part of Istio's {@code MeshConfig} that decides what clients
 * get.
 *
 * @param outboundTrafficPolicy what becomes of calls to hosts that nobody declared
 * @param domain the cluster domain, which completes short names
 * @param rootNamespace the namespace whose DestinationRules serve all others
 * @param connectTimeout the limit of connecting where no DestinationRule has one
 * @param dnsRefreshRate how long an answer of DNS holds that does not say it
 * @param defaultHttpRetryPolicy the retry policy of rules that have none; absent means Istio's
 *     built-in one
 * @param defaultTrafficPolicy what holds for destinations where no DestinationRule says it
 * @param defaultExportTo who sees what does not say it; empty lists mean everybody
 * @param localityLbSetting preference of places where neither DestinationRule nor Service has one
 * @param pathNormalization how paths are brought into one form
 * @param peerTls TLS between workloads
 * @param ingress which Ingresses of Kubernetes are carried out, and by which proxies
 * @param extensionProviders whom policies may name
 * @param loadReports whether clients of gRPC report the load that they send
 * @param decided what was set by a program or by an option, which no document changes
 */
public record MeshConfig(
    OutboundTrafficPolicy outboundTrafficPolicy,
    String domain,
    String rootNamespace,
    Duration connectTimeout,
    Duration dnsRefreshRate,
    Optional<HttpRetry> defaultHttpRetryPolicy,
    DefaultTrafficPolicy defaultTrafficPolicy,
    DefaultExportTo defaultExportTo,
    Optional<LocalityLbSetting> localityLbSetting,
    PathNormalization pathNormalization,
    PeerTlsSettings peerTls,
    IngressSettings ingress,
    List<ExtensionProvider> extensionProviders,
    boolean loadReports,
    Set<Setting> decided) {

  /** Istio's defaults. */
  public static final MeshConfig DEFAULT =
      new MeshConfig(
          OutboundTrafficPolicy.ALLOW_ANY,
          "cluster.local",
          "istio-system",
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Optional.empty(),
          DefaultTrafficPolicy.NONE,
          DefaultExportTo.NONE,
          Optional.empty(),
          PathNormalization.BASE,
          PeerTlsSettings.NONE,
          IngressSettings.NONE,
          List.of(),
          false,
          Set.of());

  private static final Comparator<MeshConfigDocument> FIRST =
      Comparator.comparing(MeshConfigDocument::source).thenComparing(OldestFirst.ORDER);

  /** Settings that options may decide. */
  public enum Setting {
    OUTBOUND_TRAFFIC_POLICY("outboundTrafficPolicy"),
    DEFAULT_HTTP_RETRY_POLICY("defaultHttpRetryPolicy"),
    PATH_NORMALIZATION("pathNormalization");

    private final String key;

    Setting(String key) {
      this.key = key;
    }

    /** What it is called in a document. */
    public String key() {
      return key;
    }

    boolean isIn(MeshConfigDocument document) {
      return switch (this) {
        case OUTBOUND_TRAFFIC_POLICY -> document.outboundTrafficPolicy().isPresent();
        case DEFAULT_HTTP_RETRY_POLICY -> document.defaultHttpRetryPolicy().isPresent();
        case PATH_NORMALIZATION -> document.pathNormalization().isPresent();
      };
    }
  }

  /** Copies. */
  public MeshConfig {
    extensionProviders = List.copyOf(extensionProviders);
    decided = Set.copyOf(decided);
  }

  /** The domain of the mesh's identities; never with an {@code @}, which a URI may not have. */
  public String trustDomain() {
    return peerTls.trustDomain().orElse("cluster.local").replace('@', '.');
  }

  /** Whether endpoints that serve mutual TLS are called with it where no rule says how. */
  public boolean autoMtls() {
    return peerTls.enableAutoMtls().orElse(true);
  }

  /** The same with another outbound traffic policy, whatever documents say. */
  public MeshConfig withOutboundTrafficPolicy(OutboundTrafficPolicy policy) {
    return with(policy, defaultHttpRetryPolicy, pathNormalization, Setting.OUTBOUND_TRAFFIC_POLICY);
  }

  /** The same with another retry policy for rules that have none, whatever documents say. */
  public MeshConfig withDefaultHttpRetryPolicy(HttpRetry policy) {
    return with(
        outboundTrafficPolicy,
        Optional.of(policy),
        pathNormalization,
        Setting.DEFAULT_HTTP_RETRY_POLICY);
  }

  /** The same with another path normalization, whatever documents say. */
  public MeshConfig withPathNormalization(PathNormalization normalization) {
    return with(
        outboundTrafficPolicy, defaultHttpRetryPolicy, normalization, Setting.PATH_NORMALIZATION);
  }

  /** The same with or without reports of load; no document says anything of that. */
  public MeshConfig withLoadReports(boolean on) {
    return new MeshConfig(
        outboundTrafficPolicy,
        domain,
        rootNamespace,
        connectTimeout,
        dnsRefreshRate,
        defaultHttpRetryPolicy,
        defaultTrafficPolicy,
        defaultExportTo,
        localityLbSetting,
        pathNormalization,
        peerTls,
        ingress,
        extensionProviders,
        on,
        decided);
  }

  /** The same with another domain of identities where no document names one. */
  public MeshConfig withTrustDomain(String name) {
    return new MeshConfig(
        outboundTrafficPolicy,
        domain,
        rootNamespace,
        connectTimeout,
        dnsRefreshRate,
        defaultHttpRetryPolicy,
        defaultTrafficPolicy,
        defaultExportTo,
        localityLbSetting,
        pathNormalization,
        new PeerTlsSettings(
            peerTls.enableAutoMtls(), Optional.of(name), peerTls.trustDomainAliases()),
        ingress,
        extensionProviders,
        loadReports,
        decided);
  }

  private MeshConfig with(
      OutboundTrafficPolicy policy,
      Optional<HttpRetry> retries,
      PathNormalization normalization,
      Setting setting) {
    Set<Setting> all = EnumSet.of(setting);
    all.addAll(decided);
    return new MeshConfig(
        policy,
        domain,
        rootNamespace,
        connectTimeout,
        dnsRefreshRate,
        retries,
        defaultTrafficPolicy,
        defaultExportTo,
        localityLbSetting,
        normalization,
        peerTls,
        ingress,
        extensionProviders,
        loadReports,
        all);
  }

  /**
   * The same with what the document in force among the resources says; what was decided stays.
   * These settings are those of a mesh without a document.
   */
  public MeshConfig with(Collection<Resource> resources) {
    return documents(resources).stream().findFirst().map(this::with).orElse(this);
  }

  private MeshConfig with(MeshConfigDocument document) {
    boolean outbound = decided.contains(Setting.OUTBOUND_TRAFFIC_POLICY);
    boolean retries = decided.contains(Setting.DEFAULT_HTTP_RETRY_POLICY);
    boolean paths = decided.contains(Setting.PATH_NORMALIZATION);
    return new MeshConfig(
        outbound
            ? outboundTrafficPolicy
            : document
                .outboundTrafficPolicy()
                .map(OutboundTrafficPolicy::of)
                .orElse(outboundTrafficPolicy),
        domain,
        document.rootNamespace().orElse(rootNamespace),
        document.connectTimeout().orElse(connectTimeout),
        document.dnsRefreshRate().orElse(dnsRefreshRate),
        retries
            ? defaultHttpRetryPolicy
            : document.defaultHttpRetryPolicy().or(() -> defaultHttpRetryPolicy),
        DefaultTrafficPolicy.of(document),
        document.defaultExportTo(),
        document.localityLbSetting().or(() -> localityLbSetting),
        paths
            ? pathNormalization
            : document.pathNormalization().map(MeshConfig::of).orElse(pathNormalization),
        new PeerTlsSettings(
            document.peerTls().enableAutoMtls().or(peerTls::enableAutoMtls),
            document.peerTls().trustDomain().or(peerTls::trustDomain),
            document.peerTls().trustDomainAliases()),
        document.ingress(),
        document.extensionProviders(),
        loadReports,
        decided);
  }

  private static PathNormalization of(NormalizationType type) {
    return switch (type) {
      case DEFAULT, BASE -> PathNormalization.BASE;
      case NONE -> PathNormalization.NONE;
      case MERGE_SLASHES -> PathNormalization.MERGE_SLASHES;
      case DECODE_AND_MERGE_SLASHES -> PathNormalization.DECODE_AND_MERGE_SLASHES;
    };
  }

  /** The documents among the resources, the one in force first. */
  static List<MeshConfigDocument> documents(Collection<Resource> resources) {
    return resources.stream()
        .filter(MeshConfigDocument.class::isInstance)
        .map(MeshConfigDocument.class::cast)
        .sorted(FIRST)
        .toList();
  }
}
