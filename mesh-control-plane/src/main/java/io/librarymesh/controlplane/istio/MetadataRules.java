package io.librarymesh.controlplane.istio;

/** Rules of {@code metadata}. */
final class MetadataRules {
  private MetadataRules() {}

  static void check(Metadata metadata, FieldPath path, DocumentReport report) {
    if (metadata.name().isEmpty()) {
      report.invalid(path.field("name"), "missing (expected: a name)");
    }
  }
}
