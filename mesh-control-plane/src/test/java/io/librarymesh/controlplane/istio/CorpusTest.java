package io.librarymesh.controlplane.istio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Configuration that others wrote loads as it is. */
final class CorpusTest {

  /**
   * Documents by kind that the corpus holds, so that an empty folder cannot pass for a good one.
   */
  private static final Map<Resource.Kind, Long> RESOURCES =
      Map.of(
          Resource.Kind.VIRTUAL_SERVICE, 37L,
          Resource.Kind.DESTINATION_RULE, 14L,
          Resource.Kind.SERVICE_ENTRY, 4L,
          Resource.Kind.GATEWAY, 10L,
          Resource.Kind.HTTP_ROUTE, 12L,
          Resource.Kind.KUBERNETES_SERVICE, 13L);

  @Test
  void everyResourceOfTheCorpusIsUsed() throws IOException {
    List<Resource> resources = new ArrayList<>();
    for (Path file : Corpus.files()) {
      resources.addAll(read(file).resources());
    }

    assertThat(
            resources.stream()
                .collect(Collectors.groupingBy(Resource::kind, Collectors.counting())))
        .isEqualTo(RESOURCES);
  }

  @Test
  void noFileOfTheCorpusHasAnError() throws IOException {
    for (Path file : Corpus.files()) {
      assertThat(read(file).findings()).noneMatch(Finding::isError);
    }
  }

  @Test
  void everyOtherDocumentIsNamedAsNotUsed() throws IOException {
    for (Path file : Corpus.files()) {
      ParsedFile parsed = read(file);
      long notUsed =
          parsed.findings().stream()
              .filter(finding -> finding.message().contains(" is not used here: "))
              .count();

      assertThat(parsed.resources().size() + notUsed).as("%s", file).isEqualTo(documents(file));
    }
  }

  @Test
  void everyWarningOfTheCorpusIsOneOfTheExpected() throws IOException {
    List<String> warnings = new ArrayList<>();
    for (Path file : Corpus.files()) {
      for (Finding finding : read(file).findings()) {
        if (finding.severity() == Severity.WARNING) {
          warnings.add(file.getFileName() + ":" + finding.line() + " " + finding.fieldPath());
        }
      }
    }

    assertThat(warnings)
        .containsExactlyInAnyOrder(
            // Its first rule has no match, and so the second is never reached.
            "fault-injection-details-v1.yaml:18 spec.http[1]",
            "github.yaml:30 spec.addresses",
            // Secrets are not handed out yet.
            "expose-istiod-https.yaml:16 spec.servers[0].tls.credentialName",
            "expose-istiod-https.yaml:27 spec.servers[1].tls.credentialName",
            "expose-services.yaml:14 spec.servers[0].tls.mode",
            "expose-istiod-https.yaml:72"
                + " spec.trafficPolicy.portLevelSettings[0].connectionPool.http.h2UpgradePolicy");
  }

  private static ParsedFile read(Path file) throws IOException {
    return IstioReader.read(file.toString(), Files.readAllBytes(file));
  }

  /** Counted by another reader than ours. */
  private static long documents(Path file) throws IOException {
    LoadSettings settings = LoadSettings.builder().setMaxAliasesForCollections(200).build();
    long count = 0;
    for (Object document : new Load(settings).loadAllFromString(Files.readString(file))) {
      count += document == null ? 0 : 1;
    }
    return count;
  }
}
