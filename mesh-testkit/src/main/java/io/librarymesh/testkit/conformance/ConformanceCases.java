package io.librarymesh.testkit.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** The cases that come with the test kit, and a reader for others. */
public final class ConformanceCases {
  /** What an {@code istio} case has that does not bring its own services. */
  private static final String WORLD = "world.yaml";

  private static final String FEATURES = "features.yaml";

  private ConformanceCases() {}

  /** Every bundled case, by file and in the order they stand there. */
  public static List<ConformanceCase> bundled() {
    Bundle bundle = Bundle.read();
    List<ConformanceCase> cases = new ArrayList<>();
    bundle.topics.forEach((file, text) -> cases.addAll(parse(file, text, bundle.world)));
    requireUniqueNames(cases);
    requireKnownFeatures(cases, features().keySet());
    return List.copyOf(cases);
  }

  /**
   * Reads the cases of one file, one per YAML document.
   *
   * @param file the file's name for messages
   * @throws CaseSyntaxException for the first mistake, with {@code file:line}
   */
  public static List<ConformanceCase> parse(String file, String yaml) {
    return parse(file, yaml, Bundle.read().world);
  }

  /** What a case or a driver may name as a feature, with what it stands for. */
  public static Map<String, String> features() {
    return Features.KNOWN;
  }

  private static List<ConformanceCase> parse(String file, String yaml, String world) {
    CaseNode defaults = documents(WORLD, world).get(0);
    return documents(file, yaml).stream().map(node -> CaseReader.read(node, defaults)).toList();
  }

  private static List<CaseNode> documents(String file, String yaml) {
    LoadSettings settings = LoadSettings.builder().setLabel(file).build();
    List<CaseNode> documents = new ArrayList<>();
    try {
      for (Node node : new Compose(settings).composeAllFromString(yaml)) {
        documents.add(new CaseNode(file, "case", node));
      }
    } catch (YamlEngineException broken) {
      throw new CaseSyntaxException(file + ": " + broken.getMessage(), broken);
    }
    return documents;
  }

  private static void requireUniqueNames(List<ConformanceCase> cases) {
    Map<String, ConformanceCase> seen = new HashMap<>();
    for (ConformanceCase test : cases) {
      Optional.ofNullable(seen.put(test.name(), test))
          .ifPresent(
              other -> {
                throw new CaseSyntaxException(
                    test.location() + ": name: also that of " + other.location());
              });
    }
  }

  private static void requireKnownFeatures(List<ConformanceCase> cases, Set<String> known) {
    for (ConformanceCase test : cases) {
      Set<String> unknown = new TreeSet<>(test.features());
      unknown.removeAll(known);
      if (!unknown.isEmpty()) {
        throw new CaseSyntaxException(
            test.location() + ": features: " + unknown + " (expected: of " + FEATURES + ")");
      }
    }
  }

  /** Read once: drivers ask at every turn. */
  private static final class Features {
    static final Map<String, String> KNOWN =
        Collections.unmodifiableMap(
            documents(FEATURES, Bundle.read().features).get(0).entries(CaseNode::text));
  }

  /**
   * The resource folder, from a directory or out of a jar.
   *
   * @param topics the text of each case file by its path below the folder
   */
  private record Bundle(Map<String, String> topics, String world, String features) {
    static Bundle read() {
      URL folder =
          Objects.requireNonNull(
              ConformanceCases.class.getResource("/conformance/" + FEATURES), FEATURES);
      try {
        URI uri = folder.toURI();
        if (!uri.getScheme().equals("jar")) {
          return read(Objects.requireNonNull(Path.of(uri).getParent(), "parent"));
        }
        try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
          return read(jar.getPath("/conformance"));
        }
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      } catch (URISyntaxException broken) {
        throw new IllegalStateException("resource folder: " + folder, broken);
      }
    }

    private static Bundle read(Path folder) throws IOException {
      Map<String, String> topics = new TreeMap<>();
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(ConformanceCases::isCaseFile).toList()) {
          String name = folder.relativize(file).toString().replace('\\', '/');
          if (name.indexOf('/') > 0) {
            topics.put(name, Files.readString(file));
          }
        }
      }
      return new Bundle(
          topics,
          Files.readString(folder.resolve(WORLD)),
          Files.readString(folder.resolve(FEATURES)));
    }
  }

  private static boolean isCaseFile(Path file) {
    return file.toString().endsWith(".yaml");
  }
}
