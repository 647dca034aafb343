package io.librarymesh.controlplane.conformance;

import io.librarymesh.controlplane.istio.Corpus;
import io.librarymesh.testkit.conformance.ConformanceCase;
import io.librarymesh.testkit.conformance.ConformanceCases;
import io.librarymesh.testkit.conformance.ConformanceRunner;
import io.librarymesh.testkit.engine.EngineDriver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What calls come to under configuration that others wrote: a conformance case is made of each
 * entry of {@code corpus/outcomes.yaml} and the files that it names.
 */
class CorpusOutcomesTest {

  @TestFactory
  Stream<DynamicNode> callsUnderFilesOfTheCorpus() {
    Path corpus = Corpus.folder();
    Map<?, ?> worlds = (Map<?, ?>) documents("worlds").get(0);
    List<ConformanceCase> cases = new ArrayList<>();
    for (Object entry : documents("outcomes")) {
      cases.addAll(caseOf(corpus, (Map<?, ?>) entry, worlds));
    }
    EngineDriver driver = EngineDriver.with(new ControlPlaneCompiler());
    return new ConformanceRunner(driver, cases).tests();
  }

  private static List<ConformanceCase> caseOf(Path corpus, Map<?, ?> entry, Map<?, ?> worlds) {
    String name = Objects.requireNonNull(entry.get("world"), "world") + ": " + entry.get("files");
    Map<?, ?> world =
        (Map<?, ?>) Objects.requireNonNull(worlds.get(entry.get("world")), () -> name);
    List<String> rules = new ArrayList<>();
    for (Object file : list(world, "files")) {
      rules.add(text(corpus.resolve(file + ".yaml")));
    }
    Object folder = Objects.requireNonNull(world.get("folder"), "folder");
    for (Object file : list(entry, "files")) {
      rules.add(text(corpus.resolve(folder.toString()).resolve(file + ".yaml")));
    }
    Map<String, Object> test = new LinkedHashMap<>();
    test.put("name", name);
    test.put("source", "the files themselves");
    test.put("features", List.of());
    test.put("client", Map.of("namespace", "default"));
    test.put("services", services(world));
    test.put("hosts", world.get("hosts"));
    test.put("istio", String.join("\n---\n", rules));
    test.put("calls", entry.get("calls"));
    DumpSettings settings = DumpSettings.builder().setDereferenceAliases(true).build();
    return ConformanceCases.parse("outcomes.yaml", new Dump(settings).dumpToString(test));
  }

  private static String services(Map<?, ?> world) {
    List<String> services = new ArrayList<>();
    if (world.get("services") instanceof Map<?, ?> selectors) {
      selectors.forEach(
          (name, selector) ->
              services.add(
                  new Dump(DumpSettings.builder().build())
                      .dumpToString(
                          Map.of(
                              "apiVersion",
                              "v1",
                              "kind",
                              "Service",
                              "metadata",
                              Map.of("name", name),
                              "spec",
                              Map.of(
                                  "selector",
                                  selector,
                                  "ports",
                                  List.of(Map.of("name", "http", "port", 9080)))))));
    }
    return String.join("---\n", services);
  }

  private static List<?> list(Map<?, ?> of, String field) {
    return (List<?>) Objects.requireNonNull(of.get(field), field);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static List<Object> documents(String name) {
    LoadSettings settings = LoadSettings.builder().setLabel(name).build();
    try (InputStream in =
        CorpusOutcomesTest.class.getResourceAsStream("/corpus/" + name + ".yaml")) {
      String text =
          new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
      List<Object> documents = new ArrayList<>();
      new Load(settings).loadAllFromString(text).forEach(documents::add);
      return documents;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
