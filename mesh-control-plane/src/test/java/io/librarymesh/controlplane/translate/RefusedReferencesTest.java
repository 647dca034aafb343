package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** References of resources that are refused, and references to these. */
class RefusedReferencesTest {
  private static final String MESH =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: reviews}
      spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: ext}
      spec:
        hosts: [ext.example.com]
        ports: [{number: 80, name: http, protocol: HTTP}]
        resolution: DNS
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: reviews}
      spec:
        host: reviews
        subsets: [{name: v1, labels: {version: v1}}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews}
      spec:
        hosts: [reviews]
        http:
        - match: [{uri: {prefix: /ext}}]
          timeout: 2s
          route: [{destination: {host: ext.example.com, port: {number: 80}}}]
        - route: [{destination: {host: reviews, subset: v1}}]
      """;

  private static List<String> references(String text) {
    ParsedFile parsed = IstioReader.read("mesh.yaml", text);
    return ReferenceFindings.of(MeshConfig.DEFAULT, parsed.resources(), parsed.refused()).stream()
        .map(Finding::fieldPath)
        .toList();
  }

  private static String with(String... replacements) {
    String text = MESH;
    for (int i = 0; i < replacements.length; i += 2) {
      assertThat(text).contains(replacements[i]);
      text = text.replace(replacements[i], replacements[i + 1]);
    }
    return text;
  }

  @Test
  void ofAGoodMeshThereIsNothingToSay() {
    assertThat(IstioReader.read("mesh.yaml", MESH).findings()).isEmpty();
    assertThat(references(MESH)).isEmpty();
  }

  @Test
  void aResourceWithAnErrorIsJudgedAsIfItWereMended() {
    assertThat(references(with("timeout: 2s", "timeout: 0s", "subset: v1", "subset: v2")))
        .containsExactly("spec.http[1].route[0].destination.subset");
    assertThat(references(with("timeout: 2s", "timout: 2s", "number: 80}}}", "number: 81}}}")))
        .containsExactly("spec.http[0].route[0].destination.port.number");
  }

  @Test
  void whatARefusedResourceSaysIsThereForOthers() {
    assertThat(references(with("{name: http, port: 9080}", "{name: http, port: 9080, foo: 1}")))
        .isEmpty();
    assertThat(references(with("resolution: DNS", "resolution: DSN"))).isEmpty();
    assertThat(references(with("{version: v1}", "{version: 'a b'}"))).isEmpty();
  }

  @Test
  void whatMayStandInAnErroneousFieldIsNotMissing() {
    assertThat(references(with("subsets: [", "subset: ["))).isEmpty();
    assertThat(references(with("ports: [{number: 80,", "ports: [{number: 80000,"))).isEmpty();
    assertThat(references(with("hosts: [ext.example.com]", "host: [ext.example.com]"))).isEmpty();
  }

  @Test
  void hostsThatAreNotKnownMakeNoDelegate() {
    assertThat(references(with("hosts: [reviews]", "hosts: reviews"))).isEmpty();
  }

  @Test
  void anErroneousFieldOfOneResourceLeavesTheOthersJudged() {
    assertThat(references(with("subsets: [", "subset: [", "number: 80}}}", "number: 81}}}")))
        .containsExactly("spec.http[0].route[0].destination.port.number");
  }

  @Test
  void aFieldThatHasAnErrorGetsNoSecondOne() {
    assertThat(references(with("{host: reviews, subset", "{host: 're views', subset"))).isEmpty();
    assertThat(references(with("{host: reviews, subset", "{hst: reviews, subset"))).isEmpty();
  }

  /** The seed is fixed, so that a failure comes back. */
  @Test
  void damagedFilesAreJudgedWithoutAnException() {
    Random random = new Random(20261123);
    int refused = 0;
    for (int round = 0; round < 600; round++) {
      List<String> lines = new ArrayList<>(MESH.lines().toList());
      for (int i = random.nextInt(3); i >= 0; i--) {
        int at = random.nextInt(lines.size());
        lines.set(at, damaged(lines.get(at), random));
      }
      String text = String.join("\n", lines);
      ParsedFile parsed = IstioReader.read("mesh.yaml", text);
      refused += parsed.refused().size();
      assertThat(ReferenceFindings.of(MeshConfig.DEFAULT, parsed.resources(), parsed.refused()))
          .as("%s", text)
          .noneMatch(Finding::isError);
    }
    assertThat(refused).isGreaterThan(200);
  }

  private static String damaged(String line, Random random) {
    String[] values = {"''", "'*'", "-1", "99999", "null", "[]", "{}", "'a b'", "'*.'", "'.'"};
    String value = values[random.nextInt(values.length)];
    return switch (random.nextInt(3)) {
      case 0 -> line.replaceFirst(": [^\\[{]*$", ": " + value);
      case 1 -> line.replaceFirst("(: )([A-Za-z0-9./]+)([,}\\]])", "$1" + value + "$3");
      default -> line.replaceFirst("\\[[^\\[\\]]*\\]", "[" + value + "]");
    };
  }
}
