package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.retired.Made;
import io.librarymesh.controlplane.retired.Remark;
import io.librarymesh.controlplane.retired.RetiredResources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says of resources of APIs that Istio has retired as what they are in force, and what changed. */
final class RetiredFindings {
  private RetiredFindings() {}

  static List<Finding> of(PushContext context) {
    MeshConfig config = context.meshConfig();
    RetiredResources retired =
        RetiredResources.of(context.resources(), config.domain(), config.rootNamespace());
    List<Finding> findings = new ArrayList<>();
    Map<Resource, List<String>> names = new LinkedHashMap<>();
    for (Made made : retired.made()) {
      for (Resource from : made.from()) {
        names.computeIfAbsent(from, f -> new ArrayList<>()).add(name(made.document()));
      }
    }
    names.forEach(
        (from, all) ->
            findings.add(
                new Finding(
                    from.position(),
                    Severity.INFO,
                    "",
                    "Istio has retired its API; it is in force as "
                        + String.join(", ", all)
                        + ", as meshctl convert writes it")));
    for (Remark remark : retired.remarks()) {
      Severity severity = remark.kind() == Remark.Kind.KNOWN ? Severity.INFO : Severity.WARNING;
      findings.add(new Finding(remark.position(), severity, remark.field(), remark.message()));
    }
    retired.findings().stream()
        .filter(finding -> finding.severity() != Severity.INFO)
        .map(
            finding ->
                new Finding(
                    finding.position(),
                    finding.severity(),
                    "",
                    "as it is in force: " + finding.fieldPath() + ": " + finding.message()))
        .forEach(findings::add);
    return findings;
  }

  private static String name(Map<String, Object> document) {
    Object name =
        document.get("metadata") instanceof Map<?, ?> metadata ? metadata.get("name") : "";
    return document.get("kind") + " " + name;
  }
}
