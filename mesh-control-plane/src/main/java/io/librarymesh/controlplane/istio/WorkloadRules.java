package io.librarymesh.controlplane.istio;

import java.util.Optional;

/** Rules of a WorkloadEntry's spec and of an endpoint of a ServiceEntry. */
final class WorkloadRules {
  static final String UNIX = "unix://";

  private WorkloadRules() {}

  static void check(WorkloadEntry.Spec workload, FieldPath path, ValueRules rules) {
    if (workload.address().isEmpty() && workload.network().isEmpty()) {
      rules.missing(
          path.field("address"), "an IP address, a DNS name or unix:///path; or a network");
    }
    properties(workload, path, rules);
  }

  /** The rules of one that need not say where it is. */
  static void properties(WorkloadEntry.Spec workload, FieldPath path, ValueRules rules) {
    FieldPath address = path.field("address");
    Optional<String> written = workload.address();
    if (written.isEmpty()) {
      ports(workload, path, rules);
      return;
    }
    if (written.get().startsWith(UNIX)) {
      socket(written.get().substring(UNIX.length()), workload, path, rules);
    } else if (!Names.isIp(written.get()) && !Names.isFqdn(written.get())) {
      rules.invalid(address, written.get(), "an IP address, a DNS name or unix:///path");
    }
    ports(workload, path, rules);
  }

  private static void ports(WorkloadEntry.Spec workload, FieldPath path, ValueRules rules) {
    workload
        .ports()
        .forEach(
            (name, port) -> {
              FieldPath at = path.field("ports").field(name);
              if (!Names.isDnsLabel(name)) {
                rules.invalid(at, Quoting.quote(name), "a port's name: letters, digits and '-'");
              }
              rules.port(at, port);
            });
    rules.labels(path.field("labels"), workload.labels());
  }

  private static void socket(
      String socket, WorkloadEntry.Spec workload, FieldPath path, ValueRules rules) {
    boolean absolute = socket.startsWith("/") || socket.startsWith("@");
    if (!absolute || socket.endsWith("/")) {
      rules.invalid(path.field("address"), UNIX + socket, "an absolute path of a socket");
    }
    if (!workload.ports().isEmpty()) {
      rules.report().invalid(path.field("ports"), "with a unix socket (expected: none)");
    }
  }
}
