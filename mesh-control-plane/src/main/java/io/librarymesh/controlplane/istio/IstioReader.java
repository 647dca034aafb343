package io.librarymesh.controlplane.istio;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    return guarded(
        fileName,
        findings -> {
          try {
            return resources(SourceText.decode(content, limits), findings);
          } catch (YamlRefusal refusal) {
            findings.add(refusal.line(), refusal.column(), Severity.ERROR, "", refusal.reason());
            return List.of();
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

  private ParsedFile guarded(String fileName, Function<FileFindings, List<Resource>> read) {
    FileFindings findings = new FileFindings(fileName, limits.maxFindings());
    List<Resource> resources = List.of();
    try {
      resources = read.apply(findings);
    } catch (RuntimeException | StackOverflowError unforeseen) {
      // The parser library documents no limit of what it throws, and a mistake of ours must not
      // take down a control plane that serves other files.
      findings.add(0, 0, Severity.ERROR, "", "cannot be read: " + unforeseen);
    }
    return new ParsedFile(resources, findings.sorted());
  }

  private List<Resource> resources(String text, FileFindings findings) {
    List<Resource> resources = new ArrayList<>();
    for (YamlValue document : YamlDocuments.read(text, limits, findings)) {
      new DocumentReader(findings, resources::add).read(document, FieldPath.ROOT, Optional.empty());
    }
    return withoutDuplicates(resources, findings);
  }

  private static List<Resource> withoutDuplicates(List<Resource> resources, FileFindings findings) {
    Map<ResourceId, Resource> unique = new HashMap<>();
    List<Resource> kept = new ArrayList<>();
    for (Resource resource : resources) {
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
    return kept;
  }

  /** What to say about a resource whose id is taken. */
  public static String duplicate(Resource resource, Resource first) {
    return resource.id() + " is declared twice, first at " + first.position();
  }
}
