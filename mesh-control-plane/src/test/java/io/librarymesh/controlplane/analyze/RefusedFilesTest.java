package io.librarymesh.controlplane.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.store.LoadedFiles;
import io.librarymesh.controlplane.translate.MeshConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Files with an error go the whole way that files go, and come out with what the reader says. */
class RefusedFilesTest {
  private static final String MESH =
      """
      {apiVersion: v1, kind: Service, metadata: {name: a},
       spec: {selector: {app: a}, ports: [{name: http, port: 80}]}}
      ---
      {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: good},
       spec: {hosts: [a], http: [{route: [{destination: {host: gone}}]}]}}
      """;

  @TestFactory
  Stream<DynamicTest> whatBreaksARuleIsSaidByTheReader() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    rules()
        .forEach(
            (kind, mistakes) -> {
              for (Object mistake : (List<?>) mistakes) {
                Object spec = Objects.requireNonNull(((Map<?, ?>) mistake).get("spec"));
                tests.add(test(kind + " " + spec, document(kind, spec)));
              }
            });
    return tests.stream();
  }

  private static DynamicTest test(String name, String text) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          ParsedFile good = IstioReader.read("good.yaml", MESH);
          ParsedFile refused = IstioReader.read("refused.yaml", text);
          List<Finding> read = new ArrayList<>(good.findings());
          read.addAll(refused.findings());

          List<Diagnosis> all =
              Analysis.of(
                  new LoadedFiles(new ConfigSnapshot(good.resources(), read, 1), refused.refused()),
                  MeshConfig.DEFAULT);

          assertThat(all.stream().map(Diagnosis::finding).filter(Finding::isError))
              .containsExactlyInAnyOrderElementsOf(
                  refused.findings().stream().filter(Finding::isError).toList())
              .isNotEmpty();
        });
  }

  private static String document(Object kind, Object spec) {
    return "{apiVersion: networking.istio.io/v1, kind: %s, metadata: {name: test},\n spec: %s}\n"
        .formatted(kind, spec);
  }

  private static Map<?, ?> rules() throws IOException {
    try (InputStream in = RefusedFilesTest.class.getResourceAsStream("/validation/rules.yaml")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(text);
    }
  }
}
