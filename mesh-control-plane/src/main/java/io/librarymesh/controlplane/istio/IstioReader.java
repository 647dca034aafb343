package io.librarymesh.controlplane.istio;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Reads the resources of one file: YAML or JSON, any number of documents, {@code kind: List}
 * unpacked.
 *
 * <p>One pass finds everything: syntax, unknown fields, wrong types, broken rules, old spellings,
 * and what is valid but not in force. Nothing that a file can contain makes it throw; beyond the
 * {@link ReadLimits} a file is refused. Stateless; any thread.
 */
public final class IstioReader {
  private final ReadLimits limits;

  /** A reader that refuses what goes beyond the limits. */
  public IstioReader(ReadLimits limits) {
    this.limits = limits;
  }

  /** Reads text within {@link ReadLimits#DEFAULT}. */
  public static ParsedFile read(String fileName, String content) {
    return new IstioReader(ReadLimits.DEFAULT).parse(fileName, content);
  }

  /** Reads UTF-8 within {@link ReadLimits#DEFAULT}. */
  public static ParsedFile read(String fileName, byte[] content) {
    return new IstioReader(ReadLimits.DEFAULT).parse(fileName, content);
  }

  /**
   * Reads UTF-8; a byte order mark is allowed, anything else that is not UTF-8 is a finding.
   *
   * @param fileName stands in every finding and position as it is
   */
  public ParsedFile parse(String fileName, byte[] content) {
    return parse(fileName, content, this::resources);
  }

  /**
   * Reads a file of settings of the mesh: Istio's {@code MeshConfig} by itself, or the ConfigMap or
   * IstioOperator in which it stands.
   *
   * @param fileName stands in every finding and position as it is
   */
  public ParsedFile parseMeshConfig(String fileName, byte[] content) {
    return parse(fileName, content, this::meshConfig);
  }

  private ParsedFile parse(
      String fileName, byte[] content, BiFunction<String, FileFindings, Contents> read) {
    return guarded(
        fileName,
        findings -> {
          try {
            return read.apply(SourceText.decode(content, limits), findings);
          } catch (YamlRefusal refusal) {
            findings.add(refusal.line(), refusal.column(), Severity.ERROR, "", refusal.reason());
            return new Contents();
          }
        });
  }

  /**
   * Reads text.
   *
   * @param fileName stands in every finding and position as it is
   */
  public ParsedFile parse(String fileName, String content) {
    return guarded(fileName, findings -> resources(content, findings));
  }

  private ParsedFile guarded(String fileName, Function<FileFindings, Contents> read) {
    FileFindings findings = new FileFindings(fileName, limits.maxFindings());
    Contents contents = new Contents();
    try {
      contents = read.apply(findings);
    } catch (RuntimeException | StackOverflowError unforeseen) {
      // The parser library documents no limit of what it throws, and a mistake of ours must not
      // take down a control plane that serves other files.
      findings.add(0, 0, Severity.ERROR, "", "cannot be read: " + unforeseen);
    }
    return new ParsedFile(contents.valid, contents.refused, findings.sorted());
  }

  /**
   * Reads a document that nobody wrote, by the rules for those of files.
   *
   * @param document of maps, lists, texts, whole numbers and booleans
   * @param place where all of it stands, for findings and for the position of the resource
   */
  public static ParsedFile read(Map<String, Object> document, SourcePosition place) {
    IstioReader reader = new IstioReader(ReadLimits.DEFAULT);
    return reader.guarded(
        place.file(),
        findings -> {
          Contents contents = new Contents();
          MeshConfigReader meshConfig =
              new MeshConfigReader("", ReadLimits.DEFAULT, findings, contents::add);
          new DocumentReader(findings, meshConfig, contents::add, contents.refused::add)
              .read(new YamlTrees(place).mapping(document), FieldPath.ROOT, Optional.empty());
          return contents;
        });
  }

  private Contents resources(String text, FileFindings findings) {
    Contents contents = new Contents();
    MeshConfigReader meshConfig = new MeshConfigReader(text, limits, findings, contents::add);
    DocumentReader reader =
        new DocumentReader(findings, meshConfig, contents::add, contents.refused::add);
    for (YamlValue document : YamlDocuments.read(text, limits, findings)) {
      reader.read(document, FieldPath.ROOT, Optional.empty());
    }
    contents.takeOutDuplicates(findings);
    return contents;
  }

  /** The same of a file that is a MeshConfig, or holds something in which one stands. */
  private Contents meshConfig(String text, FileFindings findings) {
    Contents contents = new Contents();
    MeshConfigReader meshConfig = new MeshConfigReader(text, limits, findings, contents::add);
    DocumentReader reader =
        new DocumentReader(findings, meshConfig, contents::add, contents.refused::add);
    for (YamlValue document : YamlDocuments.read(text, limits, findings)) {
      if (document instanceof YamlValue.Mapping mapping && mapping.entry("kind").isEmpty()) {
        meshConfig.read(mapping);
      } else {
        reader.read(document, FieldPath.ROOT, Optional.empty());
      }
    }
    for (Resource resource : contents.valid) {
      if (!(resource instanceof MeshConfigDocument)) {
        findings.add(
            resource.position().line(),
            resource.position().column(),
            Severity.ERROR,
            "kind",
            resource.id() + " (expected: settings of the mesh)");
      }
    }
    contents.takeOutDuplicates(findings);
    return contents;
  }

  /** The resources of a file while it is read. */
  private static final class Contents {
    private final List<Resource> valid = new ArrayList<>();
    private final List<RefusedResource> refused = new ArrayList<>();

    void add(Resource resource) {
      valid.add(resource);
    }

    void takeOutDuplicates(FileFindings findings) {
      Map<ResourceId, Resource> unique = new HashMap<>();
      List<Resource> kept = new ArrayList<>();
      for (Resource resource : valid) {
        Resource first = unique.putIfAbsent(resource.id(), resource);
        if (first == null) {
          kept.add(resource);
        } else {
          findings.add(
              resource.position().line(),
              resource.position().column(),
              Severity.ERROR,
              "metadata.name",
              duplicate(resource, first));
        }
      }
      valid.clear();
      valid.addAll(kept);
    }
  }

  /** What to say about a resource whose id is taken. */
  public static String duplicate(Resource resource, Resource first) {
    return resource.id() + " is declared twice, first at " + first.position();
  }
}
