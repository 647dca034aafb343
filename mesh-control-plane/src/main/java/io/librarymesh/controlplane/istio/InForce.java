package io.librarymesh.controlplane.istio;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The one table of fields that Istio has, that are read and checked, and that this release does not
 * act on. A field leaves the table when the rest of the mesh acts on it; nothing else changes.
 *
 * <p>Patterns name a field from the document's root: {@code []} stands for an entry of a list,
 * {@code {}} for a value of a map. A field that stands inside one that is listed need not be
 * listed.
 */
final class InForce {
  private static final String ACCEPTED = "accepted but not in force yet: ";

  /** The four places where Istio takes a traffic policy's blocks. */
  private static final List<String> POLICIES =
      List.of(
          "DestinationRule:spec.trafficPolicy",
          "DestinationRule:spec.trafficPolicy.portLevelSettings[]",
          "DestinationRule:spec.subsets[].trafficPolicy",
          "DestinationRule:spec.subsets[].trafficPolicy.portLevelSettings[]");

  private static final Map<String, Missing> TABLE = table();

  private InForce() {}

  /** What to say about a field that is present, when this release does not act on it. */
  static Optional<String> missing(String pattern, YamlValue value) {
    Missing missing = TABLE.get(pattern);
    return missing == null ? Optional.empty() : missing.about(value).map(what -> ACCEPTED + what);
  }

  /** All patterns, whatever values they concern. */
  static Set<String> patterns() {
    return TABLE.keySet();
  }

  /** What is missing for a value; empty when nothing is. */
  @FunctionalInterface
  private interface Missing {
    Optional<String> about(YamlValue value);
  }

  private static Map<String, Missing> table() {
    Map<String, Missing> table = new HashMap<>();
    virtualService(table);
    trafficPolicy(table);
    connectionPool(table);
    otherKinds(table);
    meshConfig(table);
    return Map.copyOf(table);
  }

  private static void virtualService(Map<String, Missing> table) {
    String rule = "VirtualService:spec.http[].";
    add(table, rule + "corsPolicy", "preflights are forwarded like any request");
    add(table, rule + "match[].statPrefix", "there are no statistics of single matches");
    String subnets = "a match with destinationSubnets never applies";
    add(table, "VirtualService:spec.tls[].match[].destinationSubnets", subnets);
    add(table, "VirtualService:spec.tcp[].match[].destinationSubnets", subnets);
  }

  private static void trafficPolicy(Map<String, Missing> table) {
    policy(
        table,
        "tls.credentialName",
        "secrets are not handed out, so calls in mode SIMPLE or MUTUAL fail with 503; name files"
            + " instead");
    policy(table, "tls.caCrl", "clients of this project look at no list, so calls fail with 503");
    wholePolicy(table, "tunnel", "nothing is tunnelled");
    wholePolicy(table, "proxyProtocol", "no PROXY header is sent");
    wholePolicy(
        table,
        "retryBudget.budgetInterval",
        "the requests in flight count, not those of an interval");
    String balancer = "loadBalancer.";
    policy(table, balancer + "zoneAwareLbSetting", "zones are not preferred");
  }

  private static void connectionPool(Map<String, Missing> table) {
    String tcp = "connectionPool.tcp.";
    String client = "the HTTP client's own setting applies";
    policy(table, tcp + "tcpKeepalive", client);
    policy(table, tcp + "maxConnectionDuration", client);
    String http = "connectionPool.http.";
    policy(table, http + "h2UpgradePolicy", client, value -> !isOneOf(value, "DEFAULT"));
    policy(table, http + "useClientProtocol", client, value -> !isOneOf(value, "false"));
    policy(table, http + "maxConcurrentStreams", client);
    policy(table, http + "http2KeepAlive", client);
  }

  private static void meshConfig(Map<String, Missing> table) {
    String config = "MeshConfig:";
    add(table, config + "zoneAwareLbSetting", "zones are not preferred");
    String client = "the HTTP client's own setting applies";
    add(table, config + "tcpKeepalive", client);
    add(table, config + "h2UpgradePolicy", client, v -> !isOneOf(v, "DO_NOT_UPGRADE"));
    String tcp = config + "defaultTrafficPolicy.connectionPool.tcp.";
    add(table, tcp + "tcpKeepalive", client);
    add(table, tcp + "maxConnectionDuration", client);
    String http = config + "defaultTrafficPolicy.connectionPool.http.";
    add(table, http + "h2UpgradePolicy", client, value -> !isOneOf(value, "DEFAULT"));
    add(table, http + "useClientProtocol", client, value -> !isOneOf(value, "false"));
    add(table, http + "maxConcurrentStreams", client);
    add(table, http + "http2KeepAlive", client);
    add(
        table,
        config + "protocolDetectionTimeout",
        "nothing is detected: clients know what they speak",
        value -> !isOneOf(value, "0s"));
    add(table, config + "proxyHttpPort", "no proxy listens", value -> !isOneOf(value, "0"));
    add(table, config + "serviceScopeConfigs", "services are those that files declare");
    add(table, config + "discoverySelectors", "services are those that files declare");
    add(table, config + "serviceSettings", "services are those that files declare");
    String provider = config + "extensionProviders[].";
    String denied = "what policies of this provider match is denied";
    add(table, provider + "envoyExtAuthzGrpc", "authorizers over gRPC are not asked, " + denied);
    String overHttp = provider + "envoyExtAuthzHttp.";
    add(table, overHttp + "includeRequestBodyInCheck", "bodies are not sent, " + denied);
    add(table, overHttp + "clearRouteCache", "servers have no routes", v -> !isOneOf(v, "false"));
  }

  private static void otherKinds(Map<String, Missing> table) {
    add(
        table,
        "ServiceEntry:spec.addresses",
        "clients reach the service by its hosts and single addresses, not by blocks",
        InForce::hasCidrBlock);
    add(
        table,
        "WorkloadGroup:spec.probe",
        "nothing is probed: a workload that registers says itself whether it is ready");
    add(
        table,
        "WorkloadGroup:spec.metadata.annotations",
        "nothing of a registered workload depends on annotations");
    for (String workload :
        List.of(
            "ServiceEntry:spec.endpoints[].",
            "WorkloadEntry:spec.",
            "WorkloadGroup:spec.template.")) {
      add(
          table,
          workload + "network",
          "endpoints are reached directly, not by a network's gateway");
      add(
          table,
          workload + "address",
          "clients do not connect to unix sockets, so that the endpoint is never used",
          value -> value instanceof YamlValue.Scalar s && s.text().startsWith("unix://"));
    }
    sidecar(table);
    gateway(table);
    security(table);
    for (String kind : List.of("HTTPRoute", "GRPCRoute")) {
      add(table, kind + ":spec.rules[].sessionPersistence", "requests are not sticky");
    }
    String preflights = "preflights are forwarded like any request";
    add(table, "HTTPRoute:spec.rules[].filters[].cors", preflights);
    String service = "Service:spec.";
    add(table, service + "sessionAffinity", "requests are not sticky", v -> !isOneOf(v, "None"));
    add(table, service + "sessionAffinityConfig", "requests are not sticky");
    add(table, service + "publishNotReadyAddresses", "workloads serve from when they register");
  }

  private static void security(Map<String, Missing> table) {
    for (String kind : List.of("AuthorizationPolicy", "RequestAuthentication")) {
      String nowhere =
          "a policy with it is for gateways and waypoints, of which there are none, and in force"
              + " nowhere; write selector";
      add(table, kind + ":spec.targetRef", nowhere);
      add(table, kind + ":spec.targetRefs", nowhere);
    }
  }

  private static void sidecar(Map<String, Missing> table) {
    String inbound = "what a workload takes is up to its own server";
    add(table, "Sidecar:spec.ingress", inbound);
    add(table, "Sidecar:spec.inboundConnectionPool", inbound);
    String egress = "Sidecar:spec.egress[].";
    String address = "calls are known by their host and port, nothing listens for them";
    add(table, egress + "bind", address);
    add(table, egress + "captureMode", address, value -> isOneOf(value, "NONE"));
    add(
        table,
        egress + "port.protocol",
        "no proxy listens on the port",
        value -> isOneOf(value, "HTTP_PROXY"));
  }

  private static void gateway(Map<String, Missing> table) {
    String server = "Gateway:spec.servers[].";
    String credentials = "credentials are not handed out, so nothing listens for this server";
    for (String name : List.of("credentialName", "credentialNames", "caCertCredentialName")) {
      add(table, server + "tls." + name, credentials);
    }
    add(table, server + "tls.tlsCertificates[].caCertificates", "write caCertificates of tls");
    add(
        table,
        server + "tls.mode",
        "gateways get no certificates of the mesh, so nothing listens for this server",
        value -> isOneOf(value, "ISTIO_MUTUAL", "AUTO_PASSTHROUGH"));
    add(
        table,
        server + "port.protocol",
        "nothing listens for datagrams",
        value -> value instanceof YamlValue.Scalar s && s.text().equalsIgnoreCase("UDP"));
  }

  /** A field that the policy of a single port does not have. */
  private static void wholePolicy(Map<String, Missing> table, String field, String what) {
    POLICIES.stream()
        .filter(policy -> !policy.endsWith("[]"))
        .forEach(policy -> add(table, policy + "." + field, what));
  }

  private static void policy(Map<String, Missing> table, String field, String what) {
    policy(table, field, what, InForce::always);
  }

  private static void policy(
      Map<String, Missing> table, String field, String what, Predicate<YamlValue> when) {
    POLICIES.forEach(policy -> add(table, policy + "." + field, what, when));
  }

  private static void add(Map<String, Missing> table, String pattern, String what) {
    add(table, pattern, what, InForce::always);
  }

  private static void add(
      Map<String, Missing> table, String pattern, String what, Predicate<YamlValue> when) {
    table.put(pattern, value -> when.test(value) ? Optional.of(what) : Optional.empty());
  }

  private static boolean always(YamlValue value) {
    return true;
  }

  private static boolean isOneOf(YamlValue value, String... texts) {
    return value instanceof YamlValue.Scalar scalar && Set.of(texts).contains(scalar.text());
  }

  private static boolean hasCidrBlock(YamlValue value) {
    return value instanceof YamlValue.Sequence list
        && list.items().stream()
            .anyMatch(item -> item instanceof YamlValue.Scalar s && s.text().contains("/"));
  }
}
