package io.librarymesh.controlplane.istio;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Knows where a field belongs that stands where nobody reads it: by the neighbourhood, by a table
 * of mistakes that people make, by spelling.
 */
final class Misplaced {
  private static final Map<String, String> KNOWN_MISTAKES = knownMistakes();

  private static final String INSIDE_HTTP = "it belongs inside an entry of 'http'";
  private static final String INSIDE_POLICY = "it belongs inside 'trafficPolicy'";
  private static final String INSIDE_TCP_POOL = "it belongs inside connectionPool.tcp";
  private static final String INSIDE_HTTP_POOL = "it belongs inside connectionPool.http";

  private Misplaced() {}

  /**
   * What to say after {@code unknown field}; empty when nothing comes to mind.
   *
   * @param pattern the message that the field stands in, such as {@code
   *     VirtualService:spec.http[].fault}
   * @param known the fields of that message
   * @param parentKnown the fields of the message around it
   * @param children the fields of the messages inside it, by their names
   */
  static String hint(
      String pattern,
      String field,
      Collection<String> known,
      Set<String> parentKnown,
      Map<String, Set<String>> children) {
    Optional<String> mistake =
        Optional.ofNullable(KNOWN_MISTAKES.get(pattern + " " + field))
            .or(() -> Optional.ofNullable(KNOWN_MISTAKES.get(lastSegment(pattern) + " " + field)));
    if (mistake.isPresent()) {
      return "; " + mistake.get();
    }
    for (Map.Entry<String, Set<String>> child : children.entrySet()) {
      if (child.getValue().contains(field)) {
        return "; it belongs inside '" + child.getKey() + "'";
      }
    }
    if (parentKnown.contains(field)) {
      return "; it belongs one level up, beside '" + lastSegment(pattern).replace("[]", "") + "'";
    }
    return Spelling.hint(field, known);
  }

  /** What to say when something else stands where a message is expected. */
  static String expectedMapping(String name, YamlValue found) {
    String message = "expected a mapping, found " + found.describe();
    if (found instanceof YamlValue.Sequence) {
      return message + "; leave out the \"- \"";
    }
    String text = found instanceof YamlValue.Scalar scalar ? Quoting.clip(scalar.text()) : "";
    return switch (name) {
      case "port" -> message + "; write port: {number: " + text + "}";
      case "uri", "scheme", "method", "authority" ->
          message + "; write {exact: " + text + "} or {prefix: " + text + "}";
      case "mirror", "destination" -> message + "; write " + name + ": {host: " + text + "}";
      case "delegate" -> message + "; write delegate: {name: " + text + "}";
      default -> message;
    };
  }

  /** What to say when something else stands where a map of names is expected. */
  static String expectedMap(YamlValue found) {
    String hint = found instanceof YamlValue.Sequence ? "; write name: value without \"- \"" : "";
    return "expected a mapping of names to values, found " + found.describe() + hint;
  }

  private static String lastSegment(String pattern) {
    return pattern.substring(Math.max(pattern.lastIndexOf('.'), pattern.lastIndexOf(':')) + 1);
  }

  private static Map<String, String> knownMistakes() {
    Map<String, String> table = new HashMap<>();
    virtualService(table);
    fault(table);
    destinationRule(table);
    resiliencePolicy(table);
    document(table);
    return Map.copyOf(table);
  }

  private static void put(Map<String, String> table, String where, String hint, String... fields) {
    for (String field : fields) {
      table.put(where + " " + field, hint);
    }
  }

  private static void virtualService(Map<String, String> table) {
    String spec = "VirtualService:spec";
    put(table, spec, INSIDE_HTTP, "match", "route", "redirect", "rewrite", "timeout", "retries");
    put(table, spec, INSIDE_HTTP, "fault", "mirror", "corsPolicy", "directResponse", "headers");
    put(table, spec, "subsets belong to a DestinationRule", "subsets");
    put(table, spec, "policies belong to a DestinationRule", "trafficPolicy");
    String insideRetries = "it belongs inside 'retries'";
    put(table, "http[]", insideRetries, "attempts", "perTryTimeout", "retryOn", "backoff");
    String insideRoute = "it belongs inside an entry of 'route'";
    put(table, "http[]", insideRoute, "destination", "weight");
    String insideDestination = "it belongs inside the 'destination' of an entry of 'route'";
    put(table, "http[]", insideDestination, "host", "subset", "port");
    put(table, "http[]", "it belongs inside an entry of 'match'", "uri", "method", "queryParams");
    put(table, "http[]", "it belongs inside 'fault'", "delay", "abort");
    put(table, "http[]", "did you mean 'retries'?", "retry", "httpRetry", "retryPolicy");
    put(table, "match[]", "it belongs inside 'uri'", "prefix", "exact", "regex");
    String version = "choose a version with destination.subset and a DestinationRule";
    put(table, "route[]", version, "labels", "tags");
    put(table, "destination", version, "labels", "tags", "version");
    put(table, "mirror", version, "labels", "tags", "version");
    put(table, "route[]", "it belongs inside 'destination'", "host", "subset", "port");
    put(table, "destination", "write host", "name", "service");
    put(table, "port", "ports are chosen by number: write number", "name");
  }

  private static void fault(Map<String, String> table) {
    put(table, "fault", "it belongs inside 'delay'", "fixedDelay", "exponentialDelay");
    put(table, "fault", "it belongs inside 'abort'", "httpStatus", "grpcStatus");
    put(table, "fault", "it belongs inside 'delay' or 'abort'", "percentage", "percent");
    String other = "it belongs inside 'fault', beside '%s'";
    put(table, "delay", other.formatted("delay"), "abort");
    put(table, "abort", other.formatted("abort"), "delay");
    put(table, "delay", "it belongs inside 'abort'", "httpStatus", "grpcStatus");
    put(table, "abort", "it belongs inside 'delay'", "fixedDelay");
  }

  private static void destinationRule(Map<String, String> table) {
    String[] blocks = {
      "loadBalancer", "connectionPool", "outlierDetection", "tls", "portLevelSettings"
    };
    put(table, "DestinationRule:spec", INSIDE_POLICY, blocks);
    put(table, "subsets[]", INSIDE_POLICY, blocks);
    put(table, "DestinationRule:spec", "a DestinationRule has one 'host'", "hosts");
    put(table, "subsets[]", "it belongs inside 'labels'", "version", "app");
    put(table, "trafficPolicy", "it belongs beside 'trafficPolicy', one level up", "subsets");
    put(table, "trafficPolicy", "it belongs inside 'loadBalancer'", "simple", "consistentHash");
    String[] tcp = {"maxConnections", "connectTimeout", "tcpKeepalive", "maxConnectionDuration"};
    String[] http = {
      "http1MaxPendingRequests",
      "http2MaxRequests",
      "maxRetries",
      "h2UpgradePolicy",
      "useClientProtocol",
      "maxConcurrentStreams",
      "maxRequestsPerConnection",
      "http2KeepAlive"
    };
    put(table, "trafficPolicy", INSIDE_TCP_POOL, tcp);
    put(table, "connectionPool", INSIDE_TCP_POOL, tcp);
    put(table, "http", INSIDE_TCP_POOL, tcp);
    put(table, "trafficPolicy", INSIDE_HTTP_POOL, http);
    put(table, "connectionPool", INSIDE_HTTP_POOL, http);
    put(table, "tcp", INSIDE_HTTP_POOL, http);
    String outlier =
        "the limits stand directly in 'outlierDetection': write consecutive5xxErrors"
            + " or consecutiveGatewayErrors";
    put(table, "outlierDetection", outlier, "http", "tcp");
    put(
        table,
        "trafficPolicy",
        "it belongs inside 'outlierDetection'",
        "consecutive5xxErrors",
        "consecutiveGatewayErrors",
        "consecutiveErrors",
        "interval",
        "baseEjectionTime",
        "maxEjectionPercent",
        "minHealthPercent");
  }

  /** Among others the names that Resilience4j and Envoy have for the same things. */
  private static void resiliencePolicy(Map<String, String> table) {
    String spec = "ResiliencePolicy:spec";
    put(table, spec, INSIDE_HTTP, "match", "coalesce", "rateLimit", "bulkhead", "fallback");
    put(table, spec, INSIDE_HTTP, "adaptiveConcurrency");
    String rule = spec + ".http[]";
    String adaptive = rule + ".adaptiveConcurrency";
    put(table, adaptive, "write its fields here", "gradientControllerConfig");
    String limit = "it belongs inside 'concurrencyLimitParams'";
    put(table, adaptive, limit, "maxConcurrencyLimit", "concurrencyUpdateInterval");
    String minRtt = "it belongs inside 'minRttCalcParams'";
    put(table, adaptive, minRtt, "interval", "requestCount", "jitter", "buffer", "fixedValue");
    put(table, adaptive, minRtt, "minConcurrency");
    String routing = "it belongs to a VirtualService";
    put(table, rule, routing, "route", "retries", "timeout", "fault", "rewrite", "headers");
    put(table, rule, "it belongs to a DestinationRule", "outlierDetection", "connectionPool");
    put(table, rule, "did you mean 'rateLimit'?", "rateLimiter", "ratelimiter", "localRateLimit");
    put(table, rule, "it belongs inside 'rateLimit'", "requests", "interval");
    put(table, rule, "it belongs inside 'bulkhead'", "maxConcurrentCalls");
    String rate = rule + ".rateLimit";
    put(table, rate, "write requests", "limitForPeriod", "maxTokens", "tokensPerFill", "limit");
    put(table, rate, "write interval", "limitRefreshPeriod", "fillInterval", "period", "unit");
    put(table, rate, "write maxWait", "timeoutDuration", "maxWaitDuration", "timeout");
    put(table, rate, "write requests and interval", "tokenBucket");
    String bulkhead = rule + ".bulkhead";
    put(table, bulkhead, "write maxWait", "maxWaitDuration", "timeout");
    String fallback = rule + ".fallback";
    put(table, fallback, "did you mean 'response'?", "directResponse", "static");
    put(table, fallback, "did you mean 'lastGoodResponse'?", "lastGood", "cache", "stale");
    put(table, rule, "it belongs inside 'fallback'", "lastGoodResponse", "response");
    put(table, rule, "did you mean 'coalesce'?", "singleFlight", "coalescing", "collapse");
    put(table, fallback, "write destination: {host: ...}", "host", "cluster", "route");
    put(table, fallback, "it belongs inside 'response'", "status", "headers", "body");
    put(table, fallback, "write on, as a list", "retryOn", "when");
    put(table, bulkhead, "write maxConcurrentCalls", "maxConcurrent", "maxRequests", "limit");
  }

  private static void document(Map<String, String> table) {
    for (Resource.Kind kind : Resource.Kind.values()) {
      String top = kind.yamlName() + ":";
      put(
          table,
          top,
          "it belongs inside 'spec'",
          "host",
          "hosts",
          "http",
          "tcp",
          "tls",
          "gateways");
      put(table, top, "it belongs inside 'spec'", "subsets", "trafficPolicy", "ports", "endpoints");
      put(table, top, "it belongs inside 'spec'", "exportTo", "selector", "address", "resolution");
      put(table, top, "it belongs inside 'metadata'", "name", "namespace", "labels", "annotations");
    }
  }
}
