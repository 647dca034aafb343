package io.librarymesh.controlplane.istio;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/** Reads {@code metadata}. */
final class MetadataBinder {
  private MetadataBinder() {}

  static Metadata bind(Fields document) {
    Optional<Metadata> metadata = document.message("metadata", MetadataBinder::metadata);
    return metadata.orElseGet(MetadataBinder::none);
  }

  private static Metadata metadata(Fields fields) {
    // Written by an API server, for itself.
    fields.skip("uid", "resourceVersion", "generation", "selfLink", "managedFields", "finalizers");
    fields.skip("ownerReferences", "generateName", "deletionTimestamp");
    fields.skip("deletionGracePeriodSeconds");
    return new Metadata(
        fields.textOrEmpty("name"),
        fields.text("namespace").orElse(Metadata.DEFAULT_NAMESPACE),
        fields.textMap("labels"),
        fields.textMap("annotations"),
        timestamp(fields));
  }

  private static Optional<Instant> timestamp(Fields fields) {
    Optional<String> written = fields.text("creationTimestamp");
    try {
      return written.map(Instant::parse);
    } catch (DateTimeParseException notATime) {
      fields.refuse(
          "creationTimestamp",
          "expected a time such as 2026-01-31T12:00:00Z, found "
              + Quoting.quote(written.orElse("")));
      return Optional.empty();
    }
  }

  private static Metadata none() {
    return new Metadata("", Metadata.DEFAULT_NAMESPACE, Map.of(), Map.of(), Optional.empty());
  }
}
