package io.librarymesh.controlplane.istio;

import java.util.Map;

/** Reads a WorkloadEntry, and the endpoints of a ServiceEntry, which are the same message. */
final class WorkloadBinder {
  private WorkloadBinder() {}

  static WorkloadEntry bind(Fields document, Metadata metadata, Fields spec) {
    return new WorkloadEntry(document.position(), metadata, spec(spec));
  }

  static WorkloadEntry.Spec spec(Fields fields) {
    Scalars scalars = new Scalars(fields.report());
    Map<String, Integer> ports =
        fields.map(
            "ports",
            (at, value) -> scalars.whole(at, value, 0, Integer.MAX_VALUE).map(Long::intValue));
    return new WorkloadEntry.Spec(
        fields.position(),
        fields.text("address"),
        ports,
        fields.textMap("labels"),
        fields.textOrEmpty("network"),
        fields.textOrEmpty("locality"),
        fields.uint32("weight").filter(weight -> weight != 0).orElse(1L),
        fields.textOrEmpty("serviceAccount"));
  }
}
