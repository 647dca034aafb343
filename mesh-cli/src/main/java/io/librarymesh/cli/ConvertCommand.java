package io.librarymesh.cli;

import io.librarymesh.controlplane.convert.Conversion;
import io.librarymesh.controlplane.convert.Conversion.Converted;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.store.RawFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code meshctl convert}: the same in the spelling of today, or as other kinds of resources. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Writes files, and directories with all below them, anew so that they mean the same: API versions and fields in the"
          + " spelling of today, security resources that Istio has retired (authentication.istio.io, rbac.istio.io) as those of today,"
          + " and with --to one kind of resource as another.",
      "Spellings are changed where they stand, with all comments and layout left as they are. A resource that becomes one of"
          + " another kind is written anew: comments inside it are lost, those before and after it stay.",
      "A resource is converted as a whole or stays as it was: for everything that the other form cannot say there is a line"
          + " FILE:LINE:COL: warning: FIELD.PATH: message on standard error. A file with an error stays as it was.",
      "Exit code 0 when all is said, 1 when there is a warning or an error."
    },
    footer = {
      "",
      "Examples:",
      "  meshctl convert old.yaml                              # to standard output",
      "  meshctl convert ./mesh --in-place",
      "  meshctl convert ./mesh --to gateway-api --output ./routes"
    })
final class ConvertCommand implements Callable<Integer> {
  private static final String SEPARATOR = "---\n";

  @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files or directories.")
  List<Path> paths = new ArrayList<>();

  @Option(
      names = "--to",
      converter = To.Converter.class,
      completionCandidates = To.Words.class,
      paramLabel = "FORM",
      description = {
        "Which kinds to make of others: ${COMPLETION-CANDIDATES}. istio: VirtualServices of HTTPRoutes and GRPCRoutes for"
            + " services, Gateways and VirtualServices of Ingresses. gateway-api: HTTPRoutes of VirtualServices for the callers of services. Without it kinds stay, but for those that Istio has retired."
      })
  @Nullable To to;

  @ArgGroup Destination destination = new Destination();

  /** Where the files go; at most one of these. */
  static final class Destination {
    @Option(names = "--in-place", description = "Change the files themselves.")
    boolean inPlace;

    @Option(
        names = {"-o", "--output"},
        paramLabel = "DIR",
        description = "Write all files, those that stay the same too, into this directory.")
    @Nullable Path directory;
  }

  /** What kinds become. */
  enum To {
    ISTIO("istio", Conversion.Form.ISTIO),
    GATEWAY_API("gateway-api", Conversion.Form.GATEWAY_API);

    private final String word;
    private final Conversion.Form form;

    To(String word, Conversion.Form form) {
      this.word = word;
      this.form = form;
    }

    /** The words that may be written. */
    static final class Words extends ArrayList<String> {
      private static final long serialVersionUID = 1L;

      Words() {
        Stream.of(values()).map(to -> to.word).forEach(this::add);
      }
    }

    /** From the word. */
    static final class Converter implements ITypeConverter<To> {
      @Override
      public To convert(String written) {
        return Stream.of(values())
            .filter(to -> to.word.equals(written))
            .findFirst()
            .orElseThrow(
                () ->
                    new TypeConversionException(
                        "'" + written + "' (expected: " + String.join(", ", new Words()) + ")"));
      }
    }
  }

  @Override
  public Integer call() throws IOException {
    Options.requireExisting(paths);
    RawFiles raw = RawFiles.of(paths);
    List<Conversion.Source> sources = new ArrayList<>();
    raw.files()
        .forEach((path, bytes) -> sources.add(new Conversion.Source(path.toString(), bytes)));
    List<Converted> files = Conversion.of(sources, to == null ? Conversion.Form.TODAY : to.form);
    List<Finding> findings = new ArrayList<>(raw.troubles());
    files.forEach(file -> findings.addAll(file.findings()));
    write(raw, files);
    FindingsReport.print(findings, System.err);
    long changed = files.stream().filter(file -> file.text().isPresent()).count();
    System.err.println(
        FindingsReport.counted(files.size(), "file")
            + ", "
            + changed
            + " changed, "
            + FindingsReport.counted(FindingsReport.count(findings, Severity.ERROR), "error")
            + ", "
            + FindingsReport.counted(FindingsReport.count(findings, Severity.WARNING), "warning"));
    return findings.stream().allMatch(f -> f.severity() == Severity.INFO) ? 0 : 1;
  }

  private void write(RawFiles raw, List<Converted> files) throws IOException {
    Path directory = destination.directory;
    if (directory != null) {
      Map<Path, String> texts = new LinkedHashMap<>();
      for (Converted file : files) {
        Path to = directory.resolve(below(Path.of(file.name())));
        if (texts.putIfAbsent(to, text(raw, file)) != null) {
          throw new Options.UsageException("--output: two of the files would be " + to);
        }
      }
      for (Map.Entry<Path, String> text : texts.entrySet()) {
        Files.createDirectories(text.getKey().toAbsolutePath().getParent());
        Files.writeString(text.getKey(), text.getValue());
      }
    } else if (destination.inPlace) {
      for (Converted file : files) {
        if (file.text().isPresent()) {
          Files.writeString(Path.of(file.name()), file.text().get());
        }
      }
    } else {
      print(raw, files);
    }
  }

  /** A file as it is called from the path on that was given. */
  private Path below(Path file) {
    for (Path path : paths) {
      if (Files.isDirectory(path) && file.startsWith(path)) {
        return path.relativize(file);
      }
    }
    return file.getFileName();
  }

  private static void print(RawFiles raw, List<Converted> files) {
    StringBuilder all = new StringBuilder();
    for (Converted file : files) {
      String text = text(raw, file);
      if (!all.isEmpty() && !text.startsWith(SEPARATOR)) {
        all.append(all.charAt(all.length() - 1) == '\n' ? "" : "\n").append(SEPARATOR);
      }
      all.append(text);
    }
    System.out.print(all);
    System.out.flush();
  }

  private static String text(RawFiles raw, Converted file) {
    byte[] before = raw.files().getOrDefault(Path.of(file.name()), new byte[0]);
    return file.text().orElseGet(() -> new String(before, StandardCharsets.UTF_8));
  }
}
