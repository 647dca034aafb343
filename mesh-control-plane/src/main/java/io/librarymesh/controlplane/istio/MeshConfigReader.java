package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.MeshConfigDocument.Source;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds the {@code MeshConfig} where it stands: in the ConfigMap {@code istio} as text under {@code
 * data.mesh}, in an IstioOperator under {@code spec.meshConfig}, or as a file of its own.
 */
final class MeshConfigReader {
  private static final String CONFIG_MAP = "ConfigMap";
  private static final String ISTIO = "istio";
  private static final String OPERATOR_GROUP = "install.istio.io/";

  private final String text;
  private final ReadLimits limits;
  private final FileFindings findings;
  private final Consumer<Resource> resources;

  /**
   * @param text the file, whose lines and columns findings name
   */
  MeshConfigReader(
      String text, ReadLimits limits, FileFindings findings, Consumer<Resource> resources) {
    this.text = text;
    this.limits = limits;
    this.findings = findings;
    this.resources = resources;
  }

  /** Reads the document if settings of the mesh stand in it; says whether they do. */
  boolean read(String apiVersion, String kind, YamlValue.Mapping document, FieldPath path) {
    if (apiVersion.equals("v1") && kind.equals(CONFIG_MAP) && isNamedIstio(document)) {
      Optional<YamlValue> mesh = at(document, "data", "mesh");
      mesh.ifPresent(value -> configMap(value, metadata(document, path), path));
      return mesh.isPresent();
    }
    if (apiVersion.startsWith(OPERATOR_GROUP) && kind.equals("IstioOperator")) {
      Optional<YamlValue> config = at(document, "spec", "meshConfig");
      if (config.isPresent() && config.get() instanceof YamlValue.Mapping mapping) {
        String only = "of an IstioOperator nothing but spec.meshConfig is used";
        findings.add(document.line(), document.column(), Severity.INFO, path.toString(), only);
        FieldPath at = path.fields("spec", "meshConfig");
        bind(mapping, at, metadata(document, path), Source.OPERATOR);
        return true;
      }
    }
    return false;
  }

  /** Reads a document that is nothing but the settings. */
  void read(YamlValue.Mapping settings) {
    Metadata none =
        new Metadata("file", Metadata.DEFAULT_NAMESPACE, Map.of(), Map.of(), Optional.empty());
    bind(settings, FieldPath.ROOT, none, Source.FILE);
  }

  private void configMap(YamlValue mesh, Metadata metadata, FieldPath path) {
    FieldPath at = path.fields("data", "mesh");
    if (!(mesh instanceof YamlValue.Scalar scalar)) {
      String expected = "expected a text, such as one that follows '|', found " + mesh.describe();
      findings.add(mesh.line(), mesh.column(), Severity.ERROR, at.toString(), expected);
      return;
    }
    for (YamlValue settings : YamlDocuments.read(inPlace(scalar), limits, findings)) {
      if (settings instanceof YamlValue.Mapping mapping) {
        bind(mapping, at, metadata, Source.CONFIG_MAP);
      } else {
        String expected = "expected settings of the mesh, found " + settings.describe();
        findings.add(mesh.line(), mesh.column(), Severity.ERROR, at.toString(), expected);
      }
    }
  }

  /**
   * The text of a scalar with as many blank lines before and as much room to the left as it has in
   * the file, so that everything in it keeps its place. Where it is not written line by line, the
   * line in which it begins has to do.
   */
  private String inPlace(YamlValue.Scalar scalar) {
    List<String> lines = text.lines().toList();
    boolean block =
        scalar.line() < lines.size()
            && lines.get(scalar.line() - 1).substring(scalar.column() - 1).startsWith("|");
    if (!block) {
      return "\n".repeat(scalar.line() - 1) + scalar.text();
    }
    String first =
        lines.stream().skip(scalar.line()).filter(line -> !line.isBlank()).findFirst().orElse("");
    int indent = first.length() - first.stripLeading().length();
    return "\n".repeat(scalar.line()) + scalar.text().indent(indent);
  }

  private void bind(YamlValue.Mapping settings, FieldPath path, Metadata metadata, Source source) {
    DocumentReport report = new DocumentReport(findings, settings, path);
    Fields fields = Fields.ofDocument(settings, path, "MeshConfig", report);
    MeshConfigDocument config = MeshConfigBinder.bind(fields, metadata, source);
    report.reportUnknown();
    MeshConfigRules.check(config, path, new ValueRules(report));
    if (!report.hasErrors()) {
      resources.accept(config);
    }
  }

  private Metadata metadata(YamlValue.Mapping document, FieldPath path) {
    DocumentReport report = new DocumentReport(findings, document, path);
    return MetadataBinder.bind(Fields.ofDocument(document, path, CONFIG_MAP, report));
  }

  private static boolean isNamedIstio(YamlValue.Mapping document) {
    return at(document, "metadata", "name")
        .filter(name -> name instanceof YamlValue.Scalar text && text.text().equals(ISTIO))
        .isPresent();
  }

  private static Optional<YamlValue> at(YamlValue.Mapping document, String outer, String inner) {
    return document
        .entry(outer)
        .map(YamlValue.Entry::value)
        .filter(YamlValue.Mapping.class::isInstance)
        .flatMap(value -> ((YamlValue.Mapping) value).entry(inner))
        .map(YamlValue.Entry::value);
  }
}
