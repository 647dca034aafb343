package io.librarymesh.controlplane.istio;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.MeshConfigDocument.NormalizationType;
import io.librarymesh.controlplane.istio.MeshConfigDocument.Source;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where settings of the mesh stand, and what becomes of each key: section A.9 of the reference. */
class MeshConfigReaderTest {
  private static final String ALL =
      """
      connectTimeout: 3s
      outboundTrafficPolicy: {mode: REGISTRY_ONLY}
      defaultHttpRetryPolicy: {attempts: 5, retryOn: 5xx}
      defaultTrafficPolicy:
        connectionPool: {tcp: {maxConnections: 7}}
        outlierDetection: {consecutive5xxErrors: 2}
      defaultServiceExportTo: ["."]
      defaultVirtualServiceExportTo: [prod, web]
      defaultDestinationRuleExportTo: ["*"]
      rootNamespace: mesh-root
      localityLbSetting: {enabled: false}
      dnsRefreshRate: 5s
      pathNormalization: {normalization: MERGE_SLASHES}
      ingressControllerMode: DEFAULT
      ingressClass: edge
      ingressSelector: front
      ingressService: service
      """;

  private static String configMap(String mesh) {
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\n"
        + "data:\n  meshNetworks: 'networks: {}'\n  mesh: |-\n"
        + mesh.indent(4);
  }

  private static ParsedFile file(String text) {
    return new IstioReader(ReadLimits.DEFAULT)
        .parseMeshConfig("mesh.yaml", text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: B} | [0].name",
        "{name: b}, {name: b} | [1].name",
        "{name: b, envoyExtAuthzHttp: {service: '*', port: 1}} | [0].envoyExtAuthzHttp.service",
        "{name: b, envoyExtAuthzHttp: {service: N_s/a.b, port: 1}} | [0].envoyExtAuthzHttp.service",
        "{name: b, envoyExtAuthzHttp: {service: a.b}} | [0].envoyExtAuthzHttp.port",
        "{name: b, envoyExtAuthzHttp: {service: a.b, port: 70000}} | [0].envoyExtAuthzHttp.port",
        "{name: b, envoyExtAuthzHttp: {service: a.b, port: 1, timeout: 0s}} |"
            + " [0].envoyExtAuthzHttp.timeout",
        "{name: b, envoyExtAuthzHttp: {service: a.b, port: 1, statusOnError: '42'}} |"
            + " [0].envoyExtAuthzHttp.statusOnError",
        "{name: b, envoyExtAuthzHttp: {service: a.b, port: 1, pathPrefix: a}} |"
            + " [0].envoyExtAuthzHttp.pathPrefix",
        "{name: b, envoyExtAuthzHttp: {service: a.b, port: 1, headersToUpstreamOnAllow: ['*']}} |"
            + " [0].envoyExtAuthzHttp.headersToUpstreamOnAllow[0]",
        "{name: b, envoyExtAuthzHttp: {service: a.b, port: 1, headersToDownstreamOnDeny: [a*b]}} |"
            + " [0].envoyExtAuthzHttp.headersToDownstreamOnDeny[0]"
      })
  void aProviderThatNobodyCouldAskIsAnError(String providers, String path) {
    assertThat(Snippets.errors(configMap("extensionProviders: [" + providers + "]")))
        .singleElement()
        .satisfies(
            finding -> assertThat(finding.fieldPath()).endsWith("extensionProviders" + path));
  }

  @Test
  void everythingThatIsInForceIsRead() {
    MeshConfigDocument config = Snippets.only(MeshConfigDocument.class, configMap(ALL));

    assertThat(config.source()).isEqualTo(Source.CONFIG_MAP);
    assertThat(config.metadata().namespace()).isEqualTo("istio-system");
    assertThat(config.connectTimeout()).contains(Duration.ofSeconds(3));
    assertThat(config.outboundTrafficPolicy()).contains(Sidecar.OutboundMode.REGISTRY_ONLY);
    assertThat(config.defaultHttpRetryPolicy().map(HttpRetry::attempts)).contains(5);
    assertThat(config.connectionPool().flatMap(ConnectionPoolSettings::tcp)).isPresent();
    assertThat(config.outlierDetection().flatMap(OutlierDetection::consecutive5xxErrors))
        .contains(2L);
    assertThat(config.defaultExportTo().services()).containsExactly(".");
    assertThat(config.defaultExportTo().virtualServices()).containsExactly("prod", "web");
    assertThat(config.defaultExportTo().destinationRules()).containsExactly("*");
    assertThat(config.rootNamespace()).contains("mesh-root");
    assertThat(config.localityLbSetting().flatMap(LocalityLbSetting::enabled)).contains(false);
    assertThat(config.dnsRefreshRate()).contains(Duration.ofSeconds(5));
    assertThat(config.pathNormalization()).contains(NormalizationType.MERGE_SLASHES);
    assertThat(config.ingress().mode()).isEqualTo(IngressSettings.Mode.DEFAULT);
    assertThat(config.ingress().className()).isEqualTo("edge");
    assertThat(config.ingress().ingressSelector()).contains("front");
    assertThat(config.ingress().ingressService()).contains("service");
  }

  @Test
  void aFileOfItsOwnSaysTheSame() {
    ParsedFile parsed = file(ALL);

    assertThat(parsed.findings()).isEmpty();
    assertThat(parsed.resources())
        .singleElement()
        .matches(r -> ((MeshConfigDocument) r).source() == Source.FILE)
        .matches(r -> ((MeshConfigDocument) r).rootNamespace().isPresent());
    assertThat(file(configMap(ALL)).findings()).isEmpty();
    assertThat(file(configMap(ALL)).resources()).hasSize(1);
  }

  @Test
  void anIstioOperatorHasThemInItsSpec() {
    String operator =
        "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: i}\n"
            + "spec:\n  profile: demo\n  meshConfig:\n"
            + ALL.indent(4);

    MeshConfigDocument config = Snippets.accepted(MeshConfigDocument.class, operator);

    assertThat(config.source()).isEqualTo(Source.OPERATOR);
    assertThat(config.connectTimeout()).contains(Duration.ofSeconds(3));
    assertThat(Snippets.read(operator).findings())
        .singleElement()
        .hasToString(
            "test.yaml:1:1: info: of an IstioOperator nothing but spec.meshConfig is used");
  }

  @Test
  void findingsNameTheirPlaceInTheFile() {
    assertThat(Snippets.read(configMap("connectTimeout: 3s\nconectTimeout: 3s\n")).findings())
        .singleElement()
        .asString()
        .startsWith("test.yaml:8:5: error: data.mesh.conectTimeout: unknown field")
        .contains("did you mean 'connectTimeout'?");
    assertThat(Snippets.read(configMap("rootNamespace: A\n")).findings())
        .singleElement()
        .asString()
        .startsWith("test.yaml:7:20: error: data.mesh.rootNamespace: ");
    assertThat(Snippets.read(configMap("connectTimeout: 3s\n  x: [")).findings())
        .singleElement()
        .matches(f -> f.line() >= 8 && f.message().startsWith("not YAML"));
  }

  @Test
  void aTextInQuotesIsFoundByItsLine() {
    String text =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: istio}
        data: {mesh: "connectTimeout: 0s"}
        """;

    assertThat(Snippets.errors(text)).singleElement().matches(f -> f.line() == 4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zoneAwareLbSetting: {enabled: true}",
        "tcpKeepalive: {time: 10s}",
        "h2UpgradePolicy: UPGRADE",
        "protocolDetectionTimeout: 1s",
        "proxyHttpPort: 15002",
        "serviceScopeConfigs: []",
        "discoverySelectors: [{matchLabels: {a: b}}]",
        "serviceSettings: []",
        "defaultTrafficPolicy: {connectionPool: {http: {maxConcurrentStreams: 1}}}"
      })
  void whatClientsWouldNoticeAndIsNotDoneIsNamed(String key) {
    assertThat(Snippets.read(configMap(key)).resources()).hasSize(1);
    assertThat(Snippets.warnings(configMap(key)))
        .singleElement()
        .matches(f -> f.message().startsWith("accepted but not in force yet: "))
        .matches(f -> f.fieldPath().startsWith("data.mesh." + key.substring(0, key.indexOf(':'))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "enableAutoMtls: false",
        "trustDomain: td",
        "trustDomainAliases: [td]",
        "h2UpgradePolicy: DO_NOT_UPGRADE",
        "proxyHttpPort: 0",
        "protocolDetectionTimeout: 0s"
      })
  void whatAsksForNothingIsInForce(String key) {
    assertThat(Snippets.read(configMap(key)).findings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "accessLogFile: /dev/stdout",
        "defaultConfig: {proxyMetadata: {A: b}, holdApplicationUntilProxyStarts: true}",
        "extensionProviders: [{name: otel, opentelemetry: {service: a.b, port: 1}}]",
        "enableTracing: true",
        "defaultInboundHttpRetryPolicy: {attempts: 1}"
      })
  void whatConcernsNoClientIsNamedAsNotUsed(String key) {
    assertThat(Snippets.read(configMap(key)).resources()).hasSize(1);
    assertThat(Snippets.read(configMap(key)).findings())
        .singleElement()
        .matches(f -> f.severity() == Severity.INFO)
        .matches(f -> f.message().startsWith("not used here"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connectTimeout: 0s",
        "connectTimeout: 5",
        "outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS}",
        "defaultHttpRetryPolicy: {attempts: -1}",
        "defaultTrafficPolicy: {connectionPool: {}}",
        "defaultDestinationRuleExportTo: [prod]",
        "defaultVirtualServiceExportTo: ['~']",
        "defaultServiceExportTo: ['*', '.']",
        "localityLbSetting: {failover: [{from: a, to: a}]}",
        "pathNormalization: {normalization: ALL}",
        "ingressControllerMode: SOME",
        "ingressSelector: a b",
        "ingressService: -a"
      })
  void whatIsInvalidIsRefusedByName(String key) {
    assertThat(Snippets.errors(configMap(key)))
        .singleElement()
        .matches(f -> f.fieldPath().startsWith("data.mesh." + key.substring(0, key.indexOf(':'))));
    assertThat(Snippets.read(configMap(key)).resources()).isEmpty();
  }

  @Test
  void aPolicyWithoutAModeAllowsWhatIsRegistered() {
    assertThat(
            Snippets.only(MeshConfigDocument.class, configMap("outboundTrafficPolicy: {}"))
                .outboundTrafficPolicy())
        .contains(Sidecar.OutboundMode.REGISTRY_ONLY);
  }

  @Test
  void otherConfigMapsAreNotUsed() {
    String other = configMap(ALL).replace("name: istio,", "name: kiali,");

    assertThat(Snippets.read(other).resources()).isEmpty();
    assertThat(Snippets.read(other).findings())
        .singleElement()
        .matches(f -> f.severity() == Severity.INFO)
        .matches(f -> f.message().contains("one that is named istio"));
  }

  @Test
  void anotherKindInAFileOfSettingsIsRefused() {
    assertThat(file(Snippets.service("{selector: {a: b}, ports: [{port: 80}]}")).findings())
        .singleElement()
        .matches(Finding::isError)
        .matches(f -> f.message().contains("expected: settings of the mesh"));
    assertThat(file("- a\n").hasErrors()).isTrue();
  }

  @Test
  void twoOfOneNameAreRefusedLikeOtherResources() {
    List<Finding> errors = Snippets.errors(configMap(ALL) + "---\n" + configMap(ALL));

    assertThat(errors)
        .singleElement()
        .matches(f -> f.message().startsWith("MeshConfig istio-system/istio is declared twice"));
  }
}
