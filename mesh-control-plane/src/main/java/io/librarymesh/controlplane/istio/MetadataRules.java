package io.librarymesh.controlplane.istio;

import java.util.List;

/** Rules of {@code metadata}. */
final class MetadataRules {
  private static final String DRY_RUN = "istio.io/dry-run";
  private static final String OWN_PREFIX = "librarymesh.io/";

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
    annotations(resource, path.field("annotations"), rules);
  }

  private static void annotations(Resource resource, FieldPath path, ValueRules rules) {
    Metadata metadata = resource.metadata();
    for (String annotation : metadata.annotations().keySet()) {
      if (RESERVED.contains(annotation)) {
        rules.report().invalid(path.field(annotation), "reserved by Istio (expected: not written)");
      } else if (annotation.equals(DRY_RUN)) {
        rules.invalid(path.field(annotation), "present", "only on an AuthorizationPolicy");
      } else if (annotation.startsWith(OWN_PREFIX)) {
        own(resource, annotation, path.field(annotation), rules);
      }
    }
  }

  /** A slip of the pen must not leave a rule without what was meant to be said of it. */
  private static void own(Resource resource, String annotation, FieldPath path, ValueRules rules) {
    boolean known =
        annotation.equals(VirtualService.RETRY_ANY_METHOD)
            && resource.kind() == Resource.Kind.VIRTUAL_SERVICE;
    if (!known) {
      rules.invalid(
          path,
          "present",
          "of ours only " + VirtualService.RETRY_ANY_METHOD + " on a VirtualService");
      return;
    }
    String value = resource.metadata().annotations().getOrDefault(annotation, "");
    if (!value.equals("true") && !value.equals("false")) {
      rules.invalid(path, value, "true or false, in quotes");
    }
  }
}
