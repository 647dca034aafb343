package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.translate.MeshConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Converts files together: what one says about services, the rules of another may need. Stateless;
 * any thread.
 */
public final class Conversion {

  /** More than any text needs: every pass leaves fewer old spellings. */
  private static final int MOST_PASSES = 50;

  private static final Comparator<Finding> BY_PLACE =
      Comparator.comparingInt(Finding::line).thenComparingInt(Finding::column);

  private Conversion() {}

  /** Which kinds of resources others are made into. */
  public enum Form {
    /** Old spellings and kinds that Istio has retired become those of today. */
    TODAY,
    /** Those of Istio. */
    ISTIO,
    /** Those of the Kubernetes Gateway API. */
    GATEWAY_API;

    private List<Converter> converters() {
      return switch (this) {
        case TODAY -> List.of(new RetiredToToday());
        case ISTIO -> List.of(new RetiredToToday(), new RoutesToRules(), new IngressesToRules());
        case GATEWAY_API ->
            List.of(new RetiredToToday(), new RulesToRoutes(), IngressesToRules::stay);
      };
    }
  }

  /** A file that is to be converted. */
  public static final class Source {
    private final String name;
    private final byte[] content;

    /**
     * A file by name and content.
     *
     * @param name stands in findings as it is
     * @param content the bytes, read as UTF-8
     */
    public Source(String name, byte[] content) {
      this.name = name;
      this.content = content.clone();
    }

    /** As it stands in findings. */
    public String name() {
      return name;
    }

    /** The text; what is no UTF-8 in it is a finding of the conversion. */
    public String text() {
      return new String(content, StandardCharsets.UTF_8);
    }
  }

  /**
   * What became of a file.
   *
   * @param name as in its source
   * @param text the text as it is now; empty when nothing changed
   * @param findings errors, for which the file stays as it was; warnings, each of something that
   *     the other form cannot say and that stays; and what there is to know
   */
  public record Converted(String name, Optional<String> text, List<Finding> findings) {

    /** Copies the list. */
    public Converted {
      findings = List.copyOf(findings);
    }
  }

  /** Converts files; the answers are in the order of the sources. */
  public static List<Converted> of(List<Source> sources, Form form) {
    List<FileConversion> files = sources.stream().map(FileConversion::new).toList();
    files.forEach(FileConversion::spell);
    Outcome outcome = new Outcome();
    Inventory inventory =
        new Inventory(
            files.stream().flatMap(file -> file.resources.stream()).toList(),
            MeshConfig.DEFAULT.domain());
    form.converters().forEach(converter -> converter.convert(inventory, outcome));
    files.forEach(file -> file.replace(outcome));
    return files.stream().map(FileConversion::result).toList();
  }

  /** One file on its way. Confined to one thread. */
  private static final class FileConversion {
    private final Source source;
    private final List<Finding> findings = new ArrayList<>();
    private final String original;
    private String text;
    private List<Resource> resources = List.of();

    /** Which line of the file each line of the text comes from; empty where they are the same. */
    private List<Integer> lines = List.of();

    FileConversion(Source source) {
      this.source = source;
      this.original = source.text();
      this.text = original;
    }

    /** A file with errors stays as it is: nobody knows what it means. */
    void spell() {
      ParsedFile parsed = IstioReader.read(source.name(), source.content);
      if (parsed.hasErrors()) {
        parsed.findings().stream().filter(Finding::isError).forEach(findings::add);
        return;
      }
      resources = parsed.resources();
      String spelled = original;
      List<Integer> origins =
          IntStream.rangeClosed(1, (int) original.lines().count() + 1).boxed().toList();
      for (int i = 0; i < MOST_PASSES; i++) {
        Pass pass = new Pass(YamlText.of(source.name(), spelled));
        Spellings.spell(pass);
        if (i == 0) {
          // Only the first sees the lines as they were.
          findings.addAll(pass.findings());
        }
        Optional<String> result = pass.result();
        if (result.isEmpty()) {
          break;
        }
        origins = pass.lines(origins);
        spelled = result.get();
      }
      if (accept(spelled)) {
        lines = origins;
      }
    }

    /** Takes a text over if it can be read. */
    private boolean accept(String changed) {
      if (changed.equals(text)) {
        return true;
      }
      ParsedFile parsed = IstioReader.read(source.name(), changed);
      Optional<Finding> error = parsed.findings().stream().filter(Finding::isError).findFirst();
      if (error.isPresent()) {
        findings.add(
            new Finding(
                SourcePosition.wholeFile(source.name()),
                Severity.ERROR,
                "",
                "stays as it was: what it would be cannot be read: "
                    + error.get().fieldPath()
                    + ": "
                    + error.get().message()));
        return false;
      }
      text = changed;
      resources = parsed.resources();
      return true;
    }

    void replace(Outcome outcome) {
      outcome.findings().stream()
          .filter(finding -> finding.file().equals(source.name()))
          .map(this::inSource)
          .forEach(findings::add);
      Set<SourcePosition> own = new HashSet<>();
      resources.forEach(resource -> own.add(resource.position()));
      own.retainAll(outcome.replaced().keySet());
      if (!own.isEmpty()) {
        YamlText parsed = YamlText.of(source.name(), text);
        boolean unused = accept(Documents.replace(parsed, outcome.replaced()));
      }
    }

    /** A finding in the text with today's spellings, where it stands in the file. */
    private Finding inSource(Finding finding) {
      SourcePosition at = finding.position();
      boolean known = at.line() >= 1 && at.line() <= lines.size();
      int line = known ? lines.get(at.line() - 1) : at.line();
      return new Finding(
          new SourcePosition(at.file(), line, at.column()),
          finding.severity(),
          finding.fieldPath(),
          finding.message());
    }

    Converted result() {
      findings.sort(BY_PLACE);
      return new Converted(
          source.name(), text.equals(original) ? Optional.empty() : Optional.of(text), findings);
    }
  }
}
