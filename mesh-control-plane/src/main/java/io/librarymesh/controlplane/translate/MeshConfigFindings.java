package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.MeshConfigDocument;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.translate.MeshConfig.Setting;
import java.util.ArrayList;
import java.util.List;

/** Warns of settings of the mesh that are not in force: another document, or an option, is. */
final class MeshConfigFindings {

  private MeshConfigFindings() {}

  static List<Finding> of(PushContext context) {
    List<MeshConfigDocument> documents = MeshConfig.documents(context.resources());
    List<Finding> findings = new ArrayList<>();
    for (int i = 1; i < documents.size(); i++) {
      String first = "the settings at " + documents.get(0).position() + " are in force, as a whole";
      findings.add(warning(documents.get(i), "", first + " (expected: one MeshConfig)"));
    }
    if (!documents.isEmpty()) {
      MeshConfigDocument document = documents.get(0);
      for (Setting setting : context.meshConfig().decided()) {
        if (setting.isIn(document)) {
          String option = "an option says otherwise, which wins (expected: one of the two)";
          findings.add(warning(document, setting.key(), option));
        }
      }
    }
    return findings;
  }

  private static Finding warning(MeshConfigDocument document, String path, String message) {
    return new Finding(document.position(), Severity.WARNING, path, message);
  }
}
