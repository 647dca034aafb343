package io.librarymesh.controlplane.istio;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a WorkloadGroup. */
final class WorkloadGroupBinder {
  private WorkloadGroupBinder() {}

  private record Common(Map<String, String> labels, Map<String, String> annotations) {
    static final Common NONE = new Common(Map.of(), Map.of());
  }

  static WorkloadGroup bind(Fields document, Metadata metadata, Fields spec) {
    Common common =
        spec.message("metadata", m -> new Common(m.textMap("labels"), m.textMap("annotations")))
            .orElse(Common.NONE);
    Optional<WorkloadEntry.Spec> template = spec.message("template", WorkloadBinder::spec);
    if (template.isEmpty() && !spec.has("template")) {
      spec.refuse("no template (expected: what the workloads have in common, or {})");
    }
    return new WorkloadGroup(
        document.position(),
        metadata,
        common.labels,
        common.annotations,
        template.orElseGet(() -> nothing(document.position())),
        spec.message("probe", WorkloadGroupBinder::probe));
  }

  private static WorkloadEntry.Spec nothing(SourcePosition position) {
    return new WorkloadEntry.Spec(position, Optional.empty(), Map.of(), Map.of(), "", "", 1, "");
  }

  private static WorkloadGroup.Probe probe(Fields probe) {
    List<WorkloadGroup.Method> methods = new ArrayList<>();
    probe.message("httpGet", WorkloadGroupBinder::httpGet).ifPresent(methods::add);
    probe.message("tcpSocket", WorkloadGroupBinder::tcpSocket).ifPresent(methods::add);
    probe
        .message("exec", exec -> new WorkloadGroup.Exec(exec.texts("command")))
        .ifPresent(methods::add);
    probe.message("grpc", WorkloadGroupBinder::grpc).ifPresent(methods::add);
    return new WorkloadGroup.Probe(
        probe.int32("initialDelaySeconds"),
        probe.int32("timeoutSeconds"),
        probe.int32("periodSeconds"),
        probe.int32("successThreshold"),
        probe.int32("failureThreshold"),
        methods);
  }

  private static WorkloadGroup.HttpGet httpGet(Fields get) {
    get.skip("path", "host");
    return new WorkloadGroup.HttpGet(
        get.port("port").orElse(0),
        get.textOrEmpty("scheme"),
        get.messages("httpHeaders", WorkloadGroupBinder::headerName));
  }

  private static String headerName(Fields header) {
    header.skip("value");
    return header.textOrEmpty("name");
  }

  private static WorkloadGroup.TcpSocket tcpSocket(Fields socket) {
    socket.skip("host");
    return new WorkloadGroup.TcpSocket(socket.port("port").orElse(0));
  }

  private static WorkloadGroup.Grpc grpc(Fields grpc) {
    grpc.skip("port", "service");
    return new WorkloadGroup.Grpc();
  }
}
