package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.MeshConfigDocument.DefaultExportTo;
import io.librarymesh.controlplane.istio.MeshConfigDocument.NormalizationType;
import io.librarymesh.controlplane.istio.MeshConfigDocument.Source;
import java.util.List;
import java.util.Optional;

/**
 * Reads a {@code MeshConfig}. What clients would notice and this release does not do is in the
 * table of {@link InForce}; what concerns proxies and control planes of others is named as not
 * used; anything else is unknown.
 */
final class MeshConfigBinder {

  /** Keys that no client notices. */
  private static final List<String> NOT_OF_CLIENTS =
      List.of(
          "accessLogEncoding",
          "accessLogFile",
          "accessLogFormat",
          "ca",
          "caCertificates",
          "certificates",
          "configSources",
          "defaultInboundHttpRetryPolicy",
          "defaultProviders",
          "disableEnvoyListenerLog",
          "disableMixerHttpReports",
          "disablePolicyChecks",
          "enableClientSidePolicyCheck",
          "enableEnvoyAccessLogService",
          "enablePrometheusMerge",
          "enableSdsTokenMount",
          "enableTracing",
          "inboundClusterStatName",
          "inboundTrafficPolicy",
          "meshMTLS",
          "mixerAddress",
          "mixerCheckServer",
          "mixerReportServer",
          "outboundClusterStatName",
          "policyCheckFailOpen",
          "proxyInboundListenPort",
          "proxyListenPort",
          "rdsRefreshDelay",
          "reportBatchMaxEntries",
          "reportBatchMaxTime",
          "sdsRefreshDelay",
          "sdsUdsPath",
          "sdsUseK8sSaJwt",
          "sidecarToTelemetrySessionAffinity",
          "thriftConfig",
          "tlsDefaults",
          "verifyCertificateAtClient");

  /** Keys that clients would notice; {@link InForce} has what to say about each. */
  private static final List<String> NOT_IN_FORCE =
      List.of(
          "discoverySelectors",
          "protocolDetectionTimeout",
          "proxyHttpPort",
          "serviceScopeConfigs",
          "serviceSettings",
          "zoneAwareLbSetting");

  private MeshConfigBinder() {}

  static MeshConfigDocument bind(Fields config, Metadata metadata, Source source) {
    for (String name : NOT_OF_CLIENTS) {
      if (config.has(name)) {
        config.inform(name, "not used here: it concerns proxies or another control plane");
      }
    }
    if (config.has("defaultConfig")) {
      config.inform(
          "defaultConfig",
          "not used here: it concerns proxies; x-envoy-attempt-count is sent whatever"
              + " proxyHeaders.attemptCount says");
    }
    NOT_IN_FORCE.forEach(config::skip);
    Optional<Fields> policy = config.message("defaultTrafficPolicy", fields -> fields);
    return new MeshConfigDocument(
        config.position(),
        metadata,
        source,
        config.duration("connectTimeout"),
        config.message("outboundTrafficPolicy", MeshConfigBinder::outboundMode),
        config.message("defaultHttpRetryPolicy", HttpRouteBinder::retries),
        policy.flatMap(fields -> fields.message("connectionPool", ConnectionPoolBinder::settings)),
        policy.flatMap(fields -> fields.message("outlierDetection", OutlierDetectionBinder::bind)),
        config
            .choice("h2UpgradePolicy", ConnectionPoolSettings.H2UpgradePolicy.class)
            .orElse(ConnectionPoolSettings.H2UpgradePolicy.DO_NOT_UPGRADE),
        config.message("tcpKeepalive", ConnectionPoolBinder::keepalive),
        new DefaultExportTo(
            config.texts("defaultServiceExportTo"),
            config.texts("defaultVirtualServiceExportTo"),
            config.texts("defaultDestinationRuleExportTo")),
        config.text("rootNamespace"),
        config.message("localityLbSetting", LoadBalancerBinder::locality),
        config.duration("dnsRefreshRate"),
        config.message("pathNormalization", MeshConfigBinder::normalization),
        new PeerTlsSettings(
            config.optionalFlag("enableAutoMtls"),
            config.text("trustDomain"),
            config.texts("trustDomainAliases")),
        ingress(config),
        config.messages("extensionProviders", ExtensionProviderBinder::bind));
  }

  /** A policy without a mode has that which is the enumeration's zero. */
  private static Sidecar.OutboundMode outboundMode(Fields policy) {
    return policy
        .choice("mode", Sidecar.OutboundMode.class)
        .orElse(Sidecar.OutboundMode.REGISTRY_ONLY);
  }

  private static IngressSettings ingress(Fields config) {
    return new IngressSettings(
        config.choice("ingressControllerMode", IngressSettings.Mode.class),
        config.text("ingressClass"),
        config.text("ingressSelector"),
        config.text("ingressService"));
  }

  private static NormalizationType normalization(Fields fields) {
    return fields
        .choice("normalization", NormalizationType.class)
        .orElse(NormalizationType.DEFAULT);
  }
}
