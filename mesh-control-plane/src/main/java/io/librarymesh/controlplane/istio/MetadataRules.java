package io.librarymesh.controlplane.istio;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rules of {@code metadata}. */
final class MetadataRules {
  private static final String OWN_PREFIX = "librarymesh.io/";

  /** Annotations of ours, all of them with a value of true or false. */
  private static final List<String> OF_VIRTUAL_SERVICES =
      List.of(VirtualService.RETRY_ANY_METHOD, VirtualService.HEDGE_ON_PER_TRY_TIMEOUT);

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
    Map<String, String> labels = new LinkedHashMap<>(metadata.labels());
    if (service || resource.kind() == Resource.Kind.SERVICE_ENTRY) {
      session(labels, path.field("labels"), rules);
    }
    rules.labels(path.field("labels"), labels);
    annotations(resource, path.field("annotations"), rules);
  }

  /** The one label whose value may be none in Kubernetes. */
  private static void session(Map<String, String> labels, FieldPath path, ValueRules rules) {
    String value = labels.getOrDefault(PersistentSession.COOKIE_LABEL, "");
    int colon = value.indexOf(':');
    if (colon < 0) {
      return;
    }
    labels.remove(PersistentSession.COOKIE_LABEL);
    String name = value.substring(0, colon);
    if (!Names.isLabelValue(name) || name.isEmpty() || !value.startsWith("/", colon + 1)) {
      rules.invalid(
          path.field(PersistentSession.COOKIE_LABEL), value, "a cookie's name, or NAME:/PATH");
    }
  }

  private static void annotations(Resource resource, FieldPath path, ValueRules rules) {
    Metadata metadata = resource.metadata();
    for (String annotation : metadata.annotations().keySet()) {
      if (RESERVED.contains(annotation)) {
        rules.report().invalid(path.field(annotation), "reserved by Istio (expected: not written)");
      } else if (annotation.equals(AuthorizationPolicy.DRY_RUN)
          && !(resource instanceof AuthorizationPolicy)) {
        rules.invalid(path.field(annotation), "present", "only on an AuthorizationPolicy");
      } else if (annotation.startsWith(OWN_PREFIX)) {
        own(resource, annotation, path.field(annotation), rules);
      }
    }
  }

  /** A slip of the pen must not leave a rule without what was meant to be said of it. */
  private static void own(Resource resource, String annotation, FieldPath path, ValueRules rules) {
    if (!OF_VIRTUAL_SERVICES.contains(annotation)
        || !(resource instanceof VirtualService virtualService)) {
      rules.invalid(
          path,
          "present",
          "of ours only " + String.join(" or ", OF_VIRTUAL_SERVICES) + " on a VirtualService");
      return;
    }
    String value = resource.metadata().annotations().getOrDefault(annotation, "");
    if (!value.equals("true") && !value.equals("false")) {
      rules.invalid(path, value, "true or false, in quotes");
    } else if (annotation.equals(VirtualService.HEDGE_ON_PER_TRY_TIMEOUT)
        && value.equals("true")
        && virtualService.http().stream().noneMatch(MetadataRules::mayHedge)) {
      rules.invalid(
          path, value, "true beside a rule with retries.perTryTimeout, when the next try begins");
    }
  }

  /** A rule that delegates may find the timeout where it delegates to. */
  private static boolean mayHedge(HttpRoute rule) {
    return rule.action() instanceof HttpRouteAction.Delegate
        || rule.retries().flatMap(HttpRetry::perTryTimeout).isPresent();
  }
}
