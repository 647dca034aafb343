package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Rules of a {@code MeshConfig}. */
final class MeshConfigRules {
  /** Istio allows the {@code @} of an account and replaces it by a dot. */
  private static final Pattern TRUST_DOMAIN = Pattern.compile("[A-Za-z0-9._@-]{1,255}");

  private MeshConfigRules() {}

  static void check(MeshConfigDocument config, FieldPath path, ValueRules rules) {
    rules.duration(path.field("connectTimeout"), config.connectTimeout());
    rules.duration(path.field("dnsRefreshRate"), config.dnsRefreshRate());
    FieldPath retries = path.field("defaultHttpRetryPolicy");
    config.defaultHttpRetryPolicy().ifPresent(policy -> RetryRules.check(policy, retries, rules));
    FieldPath policy = path.field("defaultTrafficPolicy");
    FieldPath pool = policy.field("connectionPool");
    config.connectionPool().ifPresent(limits -> ConnectionPoolRules.check(limits, pool, rules));
    config
        .tcpKeepalive()
        .ifPresent(k -> ConnectionPoolRules.keepalive(k, path.field("tcpKeepalive"), rules));
    config
        .outlierDetection()
        .ifPresent(detection -> OutlierDetectionRules.check(detection, policy, rules));
    // Whether anything is ejected the DestinationRules say.
    config
        .localityLbSetting()
        .ifPresent(
            setting ->
                LocalityRules.locality(setting, true, path.field("localityLbSetting"), rules));
    config
        .rootNamespace()
        .filter(namespace -> !Names.isLowerDnsLabel(namespace))
        .ifPresent(
            namespace -> rules.invalid(path.field("rootNamespace"), namespace, "a namespace"));
    label(path.field("ingressSelector"), config.ingress().ingressSelector(), rules);
    label(path.field("ingressService"), config.ingress().ingressService(), rules);
    peerTls(config.peerTls(), path, rules);
    ExtensionProviderRules.check(
        config.extensionProviders(), path.field("extensionProviders"), rules);
    exportTo(config.defaultExportTo(), path, rules);
  }

  /** Gateways are found by a label that has it. */
  private static void label(FieldPath path, Optional<String> value, ValueRules rules) {
    value
        .filter(written -> !Names.isLabelValue(written))
        .ifPresent(
            written ->
                rules.invalid(path, written, "a label value: letters, digits, '-', '_', '.'"));
  }

  private static void peerTls(PeerTlsSettings settings, FieldPath path, ValueRules rules) {
    FieldPath domain = path.field("trustDomain");
    settings.trustDomain().ifPresent(value -> trustDomain(domain, value, rules));
    List<String> aliases = settings.trustDomainAliases();
    for (int i = 0; i < aliases.size(); i++) {
      trustDomain(path.field("trustDomainAliases").index(i), aliases.get(i), rules);
    }
  }

  /** It becomes a part of URIs. */
  private static void trustDomain(FieldPath path, String value, ValueRules rules) {
    if (!TRUST_DOMAIN.matcher(value).matches()) {
      rules.invalid(
          path, Quoting.quote(value), "a trust domain: letters, digits, '.', '-' and '_'");
    }
  }

  private static void exportTo(
      MeshConfigDocument.DefaultExportTo defaults, FieldPath path, ValueRules rules) {
    String none = "";
    rules.exportTo(path.field("defaultServiceExportTo"), defaults.services(), none, true);
    FieldPath virtualServices = path.field("defaultVirtualServiceExportTo");
    rules.exportTo(virtualServices, defaults.virtualServices(), none, false);
    FieldPath destinationRules = path.field("defaultDestinationRuleExportTo");
    List<String> values = defaults.destinationRules();
    rules.exportTo(destinationRules, values, none, false);
    for (int i = 0; i < values.size(); i++) {
      if (!values.get(i).equals(".") && !values.get(i).equals("*")) {
        rules.invalid(destinationRules.index(i), values.get(i), "'.' or '*'");
      }
    }
  }
}
