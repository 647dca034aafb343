package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServeLogTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ServeLog log =
      new ServeLog(
          new PrintStream(bytes, true, StandardCharsets.UTF_8),
          Clock.fixed(Instant.parse("2026-03-01T10:02:03Z"), ZoneOffset.UTC));
  private final List<Resource> resources = new ArrayList<>();
  private long generation;

  @Test
  void tellsWhenAndHowMuch() {
    add("a.yaml", "a", 80);
    assertThat(told()).isEqualTo("10:02:03 generation 1: 1 resource in force\n");
  }

  @Test
  void namesTheFilesThatBroughtTheChange() {
    add("a.yaml", "a", 80);
    add("b.yaml", "b", 80);
    told();
    resources.remove(0);
    add("a.yaml", "a", 81);
    assertThat(told()).contains("2 resources in force; changed by a.yaml\n");
  }

  @Test
  void namesTheFileOfWhatIsGone() {
    add("a.yaml", "a", 80);
    told();
    resources.clear();
    assertThat(told()).contains("0 resources in force; changed by a.yaml\n");
  }

  @Test
  void namesNoFileWhenNothingInForceChanged() {
    add("a.yaml", "a", 80);
    told();
    assertThat(told()).isEqualTo("10:02:03 generation 2: 1 resource in force\n");
  }

  @Test
  void namesAFewOfManyFiles() {
    told();
    for (String name : List.of("a", "b", "c", "d", "e")) {
      add(name + ".yaml", name, 80);
    }
    assertThat(told()).contains("; changed by a.yaml, b.yaml, c.yaml and 2 more\n");
  }

  @Test
  void saysAFindingOnceWhileItLasts() {
    Finding finding =
        new Finding(new SourcePosition("a.yaml", 3, 1), Severity.ERROR, "spec", "missing");
    log.changed(new ConfigSnapshot(List.of(), List.of(finding), 1));
    log.changed(new ConfigSnapshot(List.of(), List.of(finding), 2));
    assertThat(bytes.toString(StandardCharsets.UTF_8)).containsOnlyOnce("a.yaml:3:1");
  }

  private void add(String file, String name, int port) {
    String yaml =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: %s}
        spec: {ports: [{name: http, port: %d}]}
        """
            .formatted(name, port);
    resources.addAll(IstioReader.read(file, yaml).resources());
  }

  private String told() {
    bytes.reset();
    log.changed(new ConfigSnapshot(resources, List.of(), ++generation));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
