package io.librarymesh.controlplane.istio;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rules of what a Sidecar lets its workloads call. */
final class SidecarEgressRules {
  private static final String ALL = "*";

  private final ValueRules rules;
  private final String namespace;
  private final Set<Integer> ports = new HashSet<>();
  private final Set<String> sockets = new HashSet<>();

  private SidecarEgressRules(ValueRules rules, String namespace) {
    this.rules = rules;
    this.namespace = namespace;
  }

  static void check(Sidecar sidecar, FieldPath path, ValueRules rules) {
    SidecarEgressRules egress = new SidecarEgressRules(rules, sidecar.metadata().namespace());
    List<Sidecar.Egress> entries = sidecar.egress();
    for (int i = 0; i < entries.size(); i++) {
      FieldPath at = path.index(i);
      Sidecar.Egress entry = entries.get(i);
      if (entry.port().isEmpty() && i < entries.size() - 1) {
        rules.missing(at.field("port"), "a port; only the last entry may have none");
      }
      entry.port().ifPresent(port -> egress.listener(port, entry, at));
      egress.hosts(entry.hosts(), at.field("hosts"));
    }
  }

  private void listener(Sidecar.Port port, Sidecar.Egress entry, FieldPath at) {
    FieldPath bind = at.field("bind");
    if (port.number() != 0) {
      SidecarRules.port(port, at.field("port"), ports, rules);
      if (!entry.bind().isEmpty() && !Names.isIp(entry.bind())) {
        rules.invalid(bind, entry.bind(), "an IP address");
      }
      return;
    }
    SidecarRules.portName(port, at.field("port"), rules);
    if (!entry.bind().startsWith(WorkloadRules.UNIX)) {
      rules.invalid(at.fields("port", "number"), 0, "a port, or bind: unix:///path");
      return;
    }
    socket(entry.bind(), bind, rules);
    if (entry.captureMode() == Sidecar.CaptureMode.IPTABLES) {
      rules.invalid(at.field("captureMode"), entry.captureMode(), "DEFAULT or NONE for a socket");
    }
    if (!sockets.add(entry.bind())) {
      rules.invalid(bind, entry.bind(), "every socket once");
    }
  }

  /** The path of a unix domain socket, after {@code unix://}. */
  static void socket(String address, FieldPath path, ValueRules rules) {
    String socket = address.substring(WorkloadRules.UNIX.length());
    boolean absolute = socket.startsWith("/") || socket.startsWith("@");
    if (!absolute || socket.endsWith("/")) {
      rules.invalid(path, address, "an absolute path of a socket");
    }
  }

  private void hosts(List<String> hosts, FieldPath path) {
    if (hosts.isEmpty()) {
      rules.missing(path, "what may be called: namespace/host, ./*, */* or ~/*");
    }
    Map<String, Set<String>> seen = new HashMap<>();
    for (int i = 0; i < hosts.size(); i++) {
      host(hosts.get(i), path.index(i));
      duplicate(hosts.get(i), seen, path.index(i));
    }
    boolean all = seen.getOrDefault(ALL, Set.of()).contains(ALL);
    if (all && hosts.size() > 1) {
      rules.report().suspicious(path, "*/* is everything, so the others say nothing");
    }
  }

  private void host(String entry, FieldPath path) {
    int slash = entry.indexOf('/');
    if (slash < 0) {
      String full = fullName(entry, namespace);
      rules.invalid(path, entry, "namespace/host, such as ./" + full + " or */" + full);
      return;
    }
    String where = entry.substring(0, slash);
    String host = entry.substring(slash + 1);
    boolean special = where.equals(ALL) || where.equals(".") || where.equals("~");
    if (where.startsWith("~") && !special) {
      rules.invalid(
          path, entry, "what may be called; what may not has no released form, besides ~/*");
    } else if (!special && !Names.isLowerDnsLabel(where)) {
      rules.invalid(path, entry, "a namespace, '.', '*' or '~' before the slash");
    }
    if (host.equals(ALL) || Names.isIp(host)) {
      return;
    }
    boolean partial = host.startsWith(ALL) && !host.startsWith("*.");
    if (partial || !Names.isWildcardDomain(host)) {
      rules.invalid(path, entry, "a DNS name, *.domain or * behind the slash");
    } else if (host.indexOf('.') < 0) {
      rules.invalid(
          path,
          entry,
          "a full name behind the slash, such as " + fullName(host, special ? namespace : where));
    }
  }

  private static String fullName(String host, String in) {
    boolean complete = host.isEmpty() || host.equals(ALL) || host.indexOf('.') >= 0;
    return complete ? host : host + "." + in + ".svc.cluster.local";
  }

  private void duplicate(String entry, Map<String, Set<String>> seen, FieldPath path) {
    int slash = entry.indexOf('/');
    String where = entry.substring(0, Math.max(slash, 0));
    String host = entry.substring(slash + 1);
    Set<String> here =
        seen.computeIfAbsent(where.equals(".") ? namespace : where, w -> new HashSet<>());
    boolean covered = here.contains(host) || here.contains(ALL);
    if (covered || (host.equals(ALL) && !here.isEmpty())) {
      rules.report().suspicious(path, entry + " is said twice, by an entry before it");
    }
    here.add(host);
  }
}
