package io.librarymesh.controlplane.fields;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.Corpus;
import io.librarymesh.controlplane.istio.CrdSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No field of any kind is read and forgotten, and the page says what becomes of each. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FieldEffectsTest {
  private static final Path PAGE = Path.of("..", "docs", "istio-api.md");

  /** Blocks that concern what stands before a workload's server: one finding for each. */
  private static final Map<String, List<String>> SAID_AS_A_WHOLE =
      Map.of("Sidecar", List.of("ingress[].", "inboundConnectionPool."));

  private final Map<String, Map<String, FieldEffect>> effects = new ConcurrentSkipListMap<>();

  @BeforeAll
  void find() {
    IstioApiPage.KINDS.keySet().parallelStream()
        .forEach(kind -> effects.put(kind, FieldEffects.of(kind)));
  }

  @Test
  void whatNobodyWouldNoticeHasAReason() {
    Map<String, TreeSet<String>> silent = new TreeMap<>();
    effects.forEach(
        (kind, fields) ->
            fields.forEach(
                (field, effect) -> {
                  if (effect.isSilent()) {
                    silent.computeIfAbsent(kind, k -> new TreeSet<>()).add(field);
                  }
                }));

    Map<String, TreeSet<String>> reasons = new TreeMap<>();
    IstioApiPage.noEffect().forEach((kind, all) -> reasons.put(kind, new TreeSet<>(all.keySet())));
    assertThat(silent).isEqualTo(reasons);
  }

  @Test
  void thePageSaysWhatBecomesOfEachField() throws IOException {
    String page = IstioApiPage.of(effects);
    if (Boolean.getBoolean("mesh.pages.write")) {
      Files.writeString(PAGE, page);
    }

    assertThat(Files.readString(PAGE))
        .as("%s; written anew by -Dmesh.pages.write=true", PAGE)
        .isEqualTo(page);
  }

  @ParameterizedTest
  @FieldSource("io.librarymesh.controlplane.istio.CrdSchema#KINDS")
  void everyFieldOfTheSchemaIsInACase(String kind) {
    TreeSet<String> missing = new TreeSet<>(CrdSchema.of(Corpus.folder(), kind).leaves());
    assertThat(missing).hasSizeGreaterThan(2);
    missing.removeAll(effects.getOrDefault(kind, Map.of()).keySet());
    for (String block : SAID_AS_A_WHOLE.getOrDefault(kind, List.of())) {
      missing.removeIf(field -> field.startsWith(block));
    }

    assertThat(missing).isEmpty();
  }

  /** The keys of Istio's MeshConfig that change what a client or a gateway does. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "connectTimeout",
        "outboundTrafficPolicy.mode",
        "defaultHttpRetryPolicy.attempts",
        "defaultInboundHttpRetryPolicy.attempts",
        "defaultTrafficPolicy.connectionPool.tcp.maxConnections",
        "defaultTrafficPolicy.outlierDetection.interval",
        "defaultServiceExportTo[]",
        "defaultVirtualServiceExportTo[]",
        "defaultDestinationRuleExportTo[]",
        "rootNamespace",
        "trustDomain",
        "trustDomainAliases[]",
        "enableAutoMtls",
        "localityLbSetting.enabled",
        "zoneAwareLbSetting.enabled",
        "h2UpgradePolicy",
        "tcpKeepalive.probes",
        "dnsRefreshRate",
        "protocolDetectionTimeout",
        "pathNormalization.normalization",
        "proxyHttpPort",
        "serviceScopeConfigs[].scope",
        "discoverySelectors[].matchLabels{}",
        "serviceSettings[].settings.clusterLocal",
        "ingressControllerMode",
        "ingressClass",
        "ingressSelector",
        "ingressService"
      })
  void everySettingThatClientsNoticeIsInACase(String key) {
    assertThat(effects.getOrDefault("MeshConfig", Map.of())).containsKey("meshConfig." + key);
  }

  @Test
  void blocksThatAreSaidAsAWholeAreSaid() {
    SAID_AS_A_WHOLE.forEach(
        (kind, blocks) ->
            blocks.forEach(
                block -> {
                  TreeMap<String, FieldEffect> inside =
                      new TreeMap<>(effects.getOrDefault(kind, Map.of()));
                  inside.keySet().removeIf(field -> !field.startsWith(block));
                  assertThat(inside)
                      .isNotEmpty()
                      .allSatisfy((field, effect) -> assertThat(effect.said()).isNotEmpty());
                }));
  }
}
