package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Optional;

/** Rules of a {@code MeshConfig}. */
final class MeshConfigRules {
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
