package io.librarymesh.controlplane.istio;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whom a policy is for: reads {@code selector} and {@code targetRefs}, and checks them. */
final class PolicyTargets {
  private static final int MAX_LABELS = 4096;
  private static final int MAX_REFERENCES = 16;

  private PolicyTargets() {}

  static Map<String, String> selector(Fields spec) {
    return spec.message("selector", selector -> selector.textMap("matchLabels")).orElse(Map.of());
  }

  /** Those of {@code targetRefs}, then that of {@code targetRef}, which is its older form. */
  static List<PolicyTargetReference> references(Fields spec) {
    List<PolicyTargetReference> all =
        new ArrayList<>(spec.messages("targetRefs", PolicyTargets::reference));
    spec.message("targetRef", PolicyTargets::reference).ifPresent(all::add);
    return all;
  }

  private static PolicyTargetReference reference(Fields fields) {
    return new PolicyTargetReference(
        fields.textOrEmpty("group"),
        fields.textOrEmpty("kind"),
        fields.textOrEmpty("name"),
        fields.textOrEmpty("namespace"));
  }

  static void check(
      Map<String, String> selector,
      List<PolicyTargetReference> references,
      FieldPath spec,
      ValueRules rules) {
    FieldPath labels = spec.fields("selector", "matchLabels");
    rules.selector(labels, selector);
    if (selector.size() > MAX_LABELS) {
      rules.invalid(labels, selector.size() + " labels", MAX_LABELS + " at most");
    }
    boolean single = rules.report().isWritten(spec.field("targetRef"));
    FieldPath all = spec.field("targetRefs");
    if (references.size() > MAX_REFERENCES) {
      rules.invalid(all, references.size() + " references", MAX_REFERENCES + " at most");
    }
    if (!references.isEmpty() && rules.report().isWritten(spec.field("selector"))) {
      rules
          .report()
          .invalid(
              single ? spec.field("targetRef") : all,
              "beside a selector (expected: one or the other)");
    }
    if (single && references.size() > 1) {
      rules.report().invalid(spec.field("targetRef"), "beside targetRefs (expected: targetRefs)");
    }
    for (int i = 0; i < references.size(); i++) {
      boolean last = single && i == references.size() - 1;
      check(references.get(i), last ? spec.field("targetRef") : all.index(i), rules);
    }
  }

  private static void check(PolicyTargetReference reference, FieldPath path, ValueRules rules) {
    if (reference.kind().isEmpty()) {
      rules.missing(path.field("kind"), "the kind of an object, such as Gateway");
    }
    if (reference.name().isEmpty()) {
      rules.missing(path.field("name"), "the name of an object");
    }
    if (!reference.namespace().isEmpty()) {
      rules.invalid(path.field("namespace"), reference.namespace(), "not written");
    }
  }
}
