package io.librarymesh.controlplane.istio;

/** The rules that a well-formed resource must keep; each kind has its own class. */
final class Validation {
  private Validation() {}

  /**
   * Reports every rule that the resource breaks.
   *
   * @param path where the document stands in its file
   */
  static void validate(Resource resource, FieldPath path, DocumentReport report) {
    MetadataRules.check(resource.metadata(), path.field("metadata"), report);
  }
}
