package io.librarymesh.controlplane.istio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Thousands of damaged documents: the reader answers each with findings and records, and nothing is
 * ever thrown. The seeds are fixed, so that a failure comes back.
 */
final class MutationTest {
  private static final int ROUNDS = 1_000;

  /** Pieces that break things when they land in a document. */
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ":",
          "- ",
          "\n",
          "  ",
          "&a ",
          "*a",
          "!!int ",
          "!x ",
          "|\n",
          ">\n",
          "\"",
          "'",
          "null",
          "~",
          "-1",
          "0",
          "1e400",
          "9999999999999999999",
          ".nan",
          "true",
          "yes",
          "%",
          "#",
          "---\n",
          "? ",
          ",",
          "\t",
          "\u0000",
          "\ud83d\ude00",
          "<<: ",
          "{}",
          "[]",
          "''",
          "*",
          "a{1000}",
          "0x7f");

  private static final String DOCUMENT =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: reviews, labels: {app: reviews}}
      spec:
        hosts: [reviews, "*.example.com"]
        gateways: [mesh]
        exportTo: ["*"]
        http:
        - name: a
          match:
          - uri: {regex: "/a.*"}
            headers: {x: {exact: b}, y: {}}
            withoutHeaders: {z: {prefix: c}}
            queryParams: {q: {exact: d}}
            sourceLabels: {app: web}
            port: 80
          fault:
            delay: {percentage: {value: 10}, fixedDelay: 5s}
            abort: {percentage: 5, httpStatus: 503}
          retries: {attempts: 3, perTryTimeout: 2s, retryOn: "5xx,reset"}
          timeout: 10s
          route:
          - destination: {host: reviews, subset: v1, port: {number: 9080}}
            weight: 50
          - destination: {host: reviews, subset: v2}
            weight: 50
      ---
      apiVersion: networking.istio.io/v1alpha3
      kind: DestinationRule
      metadata: {name: reviews}
      spec:
        host: reviews
        trafficPolicy:
          tcp: {maxConnections: 1}
          outlierDetection: {consecutiveErrors: 1, interval: 1s}
          loadBalancer:
            consistentHash: {httpCookie: {name: a, ttl: 0s}, maglev: {tableSize: 65537}}
            localityLbSetting: {distribute: [{from: a/b, to: {c/d: 100}}]}
          portLevelSettings:
          - port: {number: 80}
            tls: {mode: SIMPLE}
        subsets:
        - name: v1
          labels: {version: v1}
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: ext}
      spec:
        hosts: [ext.example.com]
        addresses: [10.0.0.0/8]
        ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]
        resolution: STATIC
        endpoints: [{address: 1.2.3.4, ports: {http: 81}, locality: a/b/c}]
      ---
      apiVersion: v1
      kind: List
      items:
      - apiVersion: v1
        kind: Service
        metadata: {name: reviews}
        spec: {selector: {app: reviews}, ports: [{port: 80, targetPort: http, name: http}]}
      """;

  @Test
  void damagedTextIsAlwaysAnsweredWithFindings() {
    assertThat(Snippets.read(DOCUMENT).resources()).hasSize(4);
    Random random = new Random(20190601);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String text = damaged(random);
      ParsedFile parsed = Snippets.read(text);
      refused += parsed.hasErrors() ? 1 : 0;
      assertThat(parsed.findings())
          .as("%s", text)
          .noneMatch(finding -> finding.message().startsWith("cannot be read"));
    }
    assertThat(refused).isGreaterThan(ROUNDS / 2);
  }

  @Test
  void damagedBytesAreAlwaysAnsweredWithFindings() {
    Random random = new Random(20190602);
    for (int round = 0; round < ROUNDS / 4; round++) {
      byte[] bytes = DOCUMENT.getBytes(StandardCharsets.UTF_8);
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      assertThat(IstioReader.read("test.yaml", bytes).findings())
          .noneMatch(finding -> finding.message().startsWith("cannot be read"));
    }
  }

  /** Every line left out in turn, and every value replaced by nothing. */
  @Test
  void everyFieldMayBeMissingOrNull() {
    List<String> lines = DOCUMENT.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      StringBuilder without = new StringBuilder();
      StringBuilder nulled = new StringBuilder();
      for (int j = 0; j < lines.size(); j++) {
        String line = lines.get(j);
        without.append(i == j ? "" : line + "\n");
        nulled.append(i == j ? line.replaceFirst(": .*", ": null") : line).append('\n');
      }
      assertThat(Snippets.read(without.toString()).findings())
          .noneMatch(finding -> finding.message().startsWith("cannot be read"));
      assertThat(Snippets.read(nulled.toString()).findings())
          .noneMatch(finding -> finding.message().startsWith("cannot be read"));
    }
  }

  private static String damaged(Random random) {
    StringBuilder text = new StringBuilder(DOCUMENT);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int from = random.nextInt(text.length());
      int to = Math.min(text.length(), from + random.nextInt(20));
      String piece = PIECES.get(random.nextInt(PIECES.size()));
      switch (random.nextInt(4)) {
        case 0 -> text.insert(from, piece);
        case 1 -> text.replace(from, to, piece);
        case 2 -> text.insert(random.nextInt(text.length()), text.substring(from, to));
        default -> text.delete(from, to);
      }
    }
    return text.toString();
  }
}
