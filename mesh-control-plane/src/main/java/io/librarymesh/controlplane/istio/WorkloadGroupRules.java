package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Rules of a WorkloadGroup. */
final class WorkloadGroupRules {
  private static final Set<String> SCHEMES = Set.of("", "HTTP", "HTTPS");
  private static final Pattern HEADER = Pattern.compile("[-_A-Za-z0-9]+");

  private WorkloadGroupRules() {}

  static void check(WorkloadGroup group, FieldPath spec, ValueRules rules) {
    rules.labels(spec.fields("metadata", "labels"), group.labels());
    FieldPath template = spec.field("template");
    WorkloadRules.properties(group.template(), template, rules);
    if (group.template().address().isPresent()) {
      rules
          .report()
          .suspicious(
              template.field("address"),
              "without effect: each workload has its own address (expected: none)");
    }
    group.probe().ifPresent(probe -> probe(probe, spec.field("probe"), rules));
  }

  private static void probe(WorkloadGroup.Probe probe, FieldPath path, ValueRules rules) {
    rules.notNegative(path.field("initialDelaySeconds"), probe.initialDelaySeconds());
    rules.notNegative(path.field("timeoutSeconds"), probe.timeoutSeconds());
    rules.notNegative(path.field("periodSeconds"), probe.periodSeconds());
    rules.notNegative(path.field("successThreshold"), probe.successThreshold());
    rules.notNegative(path.field("failureThreshold"), probe.failureThreshold());
    if (probe.methods().size() != 1 || probe.methods().get(0) instanceof WorkloadGroup.Grpc) {
      rules.report().invalid(path, "unknown method (expected: one of httpGet, tcpSocket, exec)");
    }
    for (WorkloadGroup.Method method : probe.methods()) {
      method(method, path, rules);
    }
  }

  private static void method(WorkloadGroup.Method method, FieldPath path, ValueRules rules) {
    if (method instanceof WorkloadGroup.HttpGet get) {
      FieldPath at = path.field("httpGet");
      rules.port(at.field("port"), get.port());
      if (!SCHEMES.contains(get.scheme())) {
        rules.invalid(at.field("scheme"), get.scheme(), "HTTP or HTTPS");
      }
      headers(get.headers(), at.field("httpHeaders"), rules);
    } else if (method instanceof WorkloadGroup.TcpSocket socket) {
      rules.port(path.fields("tcpSocket", "port"), socket.port());
    } else if (method instanceof WorkloadGroup.Exec exec
        && (exec.command().isEmpty() || exec.command().contains(""))) {
      rules.missing(path.fields("exec", "command"), "a command, and no empty arguments");
    }
  }

  private static void headers(List<String> names, FieldPath path, ValueRules rules) {
    for (int i = 0; i < names.size(); i++) {
      if (!HEADER.matcher(names.get(i)).matches()) {
        rules.invalid(
            path.index(i).field("name"),
            Quoting.quote(names.get(i)),
            "letters, digits, '-' and '_'");
      }
    }
  }
}
