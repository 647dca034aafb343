package io.librarymesh.controlplane.istio;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Rules of a Gateway of Istio; those of its TLS settings have their own class. */
final class GatewayRules {
  private static final String ALL = "*";

  private final ValueRules rules;

  private GatewayRules(ValueRules rules) {
    this.rules = rules;
  }

  static void check(Gateway gateway, FieldPath path, ValueRules rules) {
    FieldPath name = path.fields("metadata", "name");
    if (gateway.metadata().name().equals(VirtualService.MESH_GATEWAY)) {
      rules.invalid(name, "mesh", "another name, this one stands for all clients of the mesh");
    } else if (gateway.metadata().name().indexOf('.') >= 0) {
      rules.invalid(name, gateway.metadata().name(), "a name without dots");
    }
    FieldPath spec = path.field("spec");
    rules.selector(spec.field("selector"), gateway.selector());
    FieldPath servers = spec.field("servers");
    if (gateway.servers().isEmpty()) {
      rules.missing(servers, "at least one server");
    }
    GatewayRules all = new GatewayRules(rules);
    for (int i = 0; i < gateway.servers().size(); i++) {
      all.server(gateway.servers().get(i), servers.index(i));
    }
    all.uniqueNames(gateway.servers(), servers);
  }

  private void server(Gateway.Server server, FieldPath path) {
    port(server, path);
    if (server.hosts().isEmpty()) {
      rules.missing(path.field("hosts"), "at least one host, such as '*'");
    }
    for (int i = 0; i < server.hosts().size(); i++) {
      host(server.hosts().get(i), path.field("hosts").index(i));
    }
    FieldPath tls = path.field("tls");
    Protocol protocol = server.port().protocol();
    if (protocol.isTls() && server.tls().isEmpty()) {
      rules.missing(tls, "how TLS is ended, as the port is " + protocol);
    }
    server.tls().ifPresent(settings -> tls(server, settings, tls));
  }

  private void tls(Gateway.Server server, ServerTlsSettings settings, FieldPath path) {
    Protocol protocol = server.port().protocol();
    if (!protocol.isHttp() && settings.httpsRedirect()) {
      rules
          .report()
          .suspicious(path.field("httpsRedirect"), "no effect on a port that is not plain HTTP");
    }
    if (protocol.isTls()) {
      ServerTlsRules.check(settings, path, rules);
    } else if (!protocol.isHttp()) {
      rules.report().invalid(path, "on a port of " + protocol + " (expected: HTTPS or TLS)");
    } else if (!isNothingButRedirect(settings)) {
      rules
          .report()
          .invalid(path, "on a port of " + protocol + " (expected: httpsRedirect alone, or HTTPS)");
    }
  }

  private static boolean isNothingButRedirect(ServerTlsSettings settings) {
    return settings.mode() == ServerTlsSettings.Mode.PASSTHROUGH
        && settings.certificates().isEmpty()
        && !settings.needsSecrets()
        && settings.caCertificates().isEmpty();
  }

  private void port(Gateway.Server server, FieldPath path) {
    Gateway.Port port = server.port();
    FieldPath number = path.fields("port", "number");
    if (port.name().isEmpty()) {
      rules.missing(path.fields("port", "name"), "a name");
    }
    FieldPath bind = path.field("bind");
    if (server.bind().startsWith(WorkloadRules.UNIX)) {
      SidecarEgressRules.socket(server.bind(), bind, rules);
      if (port.number() != 0) {
        rules.invalid(number, port.number(), "0 for a socket");
      }
      return;
    }
    rules.port(number, port.number());
    if (!server.bind().isEmpty() && !Names.isIp(server.bind())) {
      rules.invalid(bind, server.bind(), "an IP address, or unix:///path");
    }
  }

  private void host(String entry, FieldPath path) {
    int slash = entry.indexOf('/');
    String host = entry.substring(slash + 1);
    if (slash >= 0) {
      String where = entry.substring(0, slash);
      if (!where.equals(ALL) && !where.equals(".") && !Names.isDnsLabel(where)) {
        rules.invalid(path, entry, "a namespace, '.' or '*' before the slash");
      }
    }
    if (host.equals(ALL) || Names.isIp(host)) {
      return;
    }
    if (!Names.isWildcardDomain(host)) {
      rules.invalid(
          path, entry, "[namespace/]host, a DNS name; a wildcard only as its first label");
    } else if (host.indexOf('.') < 0) {
      rules.invalid(path, entry, "a name with a dot, short names mean nothing here");
    }
  }

  private void uniqueNames(List<Gateway.Server> servers, FieldPath path) {
    Set<String> ports = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < servers.size(); i++) {
      Gateway.Server server = servers.get(i);
      FieldPath at = path.index(i);
      Optional<String> port = Optional.of(server.port().name()).filter(name -> !name.isEmpty());
      if (port.filter(name -> !ports.add(name)).isPresent()) {
        rules.invalid(at.fields("port", "name"), server.port().name(), "every name once");
      }
      if (!server.name().isEmpty() && !names.add(server.name())) {
        rules.report().suspicious(at.field("name"), server.name() + " is the name of another one");
      }
    }
  }
}
