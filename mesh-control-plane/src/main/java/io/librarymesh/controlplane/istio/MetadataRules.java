package io.librarymesh.controlplane.istio;

import java.util.List;

/** Rules of {@code metadata}. */
final class MetadataRules {
  private static final String DRY_RUN = "istio.io/dry-run";

  /** Annotations by which Istio's own translation marks what it generated. */
  private static final List<String> RESERVED =
      List.of(
          "internal.istio.io/parents",
          "internal.istio.io/route-semantics",
          "internal.istio.io/webhook-always-reject");

  private MetadataRules() {}

  static void check(Resource resource, FieldPath path, ValueRules rules) {
    Metadata metadata = resource.metadata();
    FieldPath name = path.field("name");
    boolean service = resource.kind() == Resource.Kind.KUBERNETES_SERVICE;
    if (metadata.name().isEmpty()) {
      rules.missing(name, "a name");
    } else if (service && !Names.isServiceName(metadata.name())) {
      rules.invalid(
          name, metadata.name(), "lower-case letters, digits and '-', beginning with a letter");
    } else if (!Names.isDnsSubdomain(metadata.name())) {
      rules.invalid(name, metadata.name(), "lower-case letters, digits, '-' and '.'");
    }
    if (!Names.isLowerDnsLabel(metadata.namespace())) {
      rules.invalid(
          path.field("namespace"), metadata.namespace(), "lower-case letters, digits and '-'");
    }
    rules.labels(path.field("labels"), metadata.labels());
    annotations(metadata, path.field("annotations"), rules);
  }

  private static void annotations(Metadata metadata, FieldPath path, ValueRules rules) {
    for (String annotation : metadata.annotations().keySet()) {
      if (RESERVED.contains(annotation)) {
        rules.report().invalid(path.field(annotation), "reserved by Istio (expected: not written)");
      } else if (annotation.equals(DRY_RUN)) {
        rules.invalid(path.field(annotation), "present", "only on an AuthorizationPolicy");
      }
    }
  }
}
