package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.Destination;
import io.librarymesh.controlplane.istio.Headers;
import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.HttpMirrorPolicy;
import io.librarymesh.controlplane.istio.HttpRetry;
import io.librarymesh.controlplane.istio.HttpRewrite;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.HttpRouteAction;
import io.librarymesh.controlplane.istio.HttpRouteDestination;
import io.librarymesh.controlplane.istio.StringMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a VirtualService as a file writes them, as far as routes of the Gateway API and
 * Ingresses can say them. Their paths by segments, which a VirtualService does not have, become two
 * matches: the path itself, and what goes on behind a slash.
 */
final class RulesYaml {
  private static final String ROOT = "/";

  private final UnaryOperator<String> written;
  private final Set<String> names;

  /**
   * @param written how a host is written
   * @param names the names of rules that somebody gave them; others are left out
   */
  RulesYaml(UnaryOperator<String> written, Set<String> names) {
    this.written = written;
    this.names = Set.copyOf(names);
  }

  /** All rules; neighbours that differ in nothing but their match become one. */
  List<Object> rules(List<HttpRoute> rules) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (HttpRoute rule : rules) {
      for (Map<String, Object> each : rule(rule)) {
        Map<String, Object> before = all.isEmpty() ? Map.of() : all.get(all.size() - 1);
        if (isSameBesidesMatch(before, each)) {
          Map<String, Object> joined = new LinkedHashMap<>(before);
          joined.put("match", joined(before.get("match"), each.get("match")));
          all.set(all.size() - 1, joined);
        } else {
          all.add(each);
        }
      }
    }
    return List.copyOf(all);
  }

  private static boolean isSameBesidesMatch(Map<String, Object> one, Map<String, Object> other) {
    if (!one.containsKey("match") || !other.containsKey("match")) {
      return false;
    }
    Map<String, Object> withOthers = new LinkedHashMap<>(one);
    withOthers.put("match", other.getOrDefault("match", List.of()));
    return withOthers.equals(other);
  }

  private static List<Object> joined(@Nullable Object one, @Nullable Object other) {
    List<Object> joined = new ArrayList<>();
    if (one instanceof List<?> list) {
      joined.addAll(list);
    }
    if (other instanceof List<?> list) {
      joined.addAll(list);
    }
    return joined;
  }

  private List<Map<String, Object>> rule(HttpRoute rule) {
    HttpMatchRequest match =
        rule.match().isEmpty() ? HttpMatchRequest.everything(rule.position()) : rule.match().get(0);
    Optional<StringMatch> path = match.uri().map(HttpMatchRequest.UriMatch::match);
    Optional<String> replacement = replacement(rule);
    if (!(path.orElse(null) instanceof StringMatch.PathPrefix prefix)) {
      return List.of(rule(rule, List.of(match(match, path)), replacement.map(RulesYaml::behind)));
    }
    StringMatch itself = new StringMatch.Exact(prefix.value());
    StringMatch below = new StringMatch.Prefix(prefix.value() + ROOT);
    if (replacement.isEmpty()) {
      List<Object> both =
          List.of(match(match, Optional.of(itself)), match(match, Optional.of(below)));
      return List.of(rule(rule, both, Optional.empty()));
    }
    return List.of(
        whole(rule, List.of(match(match, Optional.of(itself))), replacement.get()),
        rule(rule, List.of(match(match, Optional.of(below))), replacement.map(RulesYaml::behind)));
  }

  /** What replaces a prefix that ends with a slash has to end with one. */
  private static String behind(String replacement) {
    return replacement.endsWith(ROOT) ? replacement : replacement + ROOT;
  }

  private static Optional<String> replacement(HttpRoute rule) {
    return rule.action() instanceof HttpRouteAction.Redirect redirect
        ? redirect.prefixRewrite()
        : rule.rewrite().flatMap(HttpRewrite::uri);
  }

  /** A rule for one whole path: there a rewrite replaces it, and a redirect has a word for it. */
  private Map<String, Object> whole(HttpRoute rule, List<Object> matches, String replacement) {
    Map<String, Object> map = rule(rule, matches, Optional.of(replacement));
    if (map.get("redirect") instanceof Map<?, ?> redirect) {
      Map<String, Object> today = new LinkedHashMap<>();
      redirect.forEach(
          (key, value) ->
              today.put(key.equals("prefixRewrite") ? "uri" : String.valueOf(key), value));
      map.put("redirect", today);
    }
    return map;
  }

  private Map<String, Object> rule(
      HttpRoute rule, List<Object> matches, Optional<String> replacement) {
    Map<String, Object> map = new LinkedHashMap<>();
    if (names.contains(rule.name())) {
      map.put("name", rule.name());
    }
    if (!rule.match().isEmpty()) {
      map.put("match", matches);
    }
    action(rule.action(), replacement, map);
    rule.rewrite().ifPresent(rewrite -> rewrite(rewrite, replacement, map));
    retries(rule, map);
    if (!rule.mirrors().isEmpty()) {
      map.put("mirrors", rule.mirrors().stream().map(this::mirror).toList());
    }
    headers(rule.headers(), map);
    return map;
  }

  private static Map<String, Object> match(HttpMatchRequest match, Optional<StringMatch> path) {
    Map<String, Object> map = new LinkedHashMap<>();
    path.ifPresent(uri -> map.put("uri", text(uri)));
    match.method().ifPresent(method -> map.put("method", text(method)));
    texts("headers", match.headers(), map);
    texts("queryParams", match.queryParams(), map);
    match.scope().port().ifPresent(port -> map.put("port", port));
    return map;
  }

  private static void texts(
      String field, Map<String, StringMatch> texts, Map<String, Object> match) {
    if (!texts.isEmpty()) {
      Map<String, Object> map = new LinkedHashMap<>();
      texts.forEach((name, text) -> map.put(name, text(text)));
      match.put(field, map);
    }
  }

  private static Map<String, Object> text(StringMatch match) {
    if (match instanceof StringMatch.Exact exact) {
      return Values.of("exact", exact.value());
    } else if (match instanceof StringMatch.Prefix prefix) {
      return Values.of("prefix", prefix.value());
    } else if (match instanceof StringMatch.Regex regex) {
      return Values.of("regex", regex.value());
    }
    return Map.of();
  }

  private void action(
      HttpRouteAction action, Optional<String> replacement, Map<String, Object> map) {
    if (action instanceof HttpRouteAction.Forward forward) {
      map.put("route", forward.destinations().stream().map(this::destination).toList());
    } else if (action instanceof HttpRouteAction.Redirect redirect) {
      map.put("redirect", redirect(redirect, replacement));
    } else if (action instanceof HttpRouteAction.DirectResponse response) {
      map.put("directResponse", Values.of("status", response.status()));
    }
  }

  private Map<String, Object> destination(HttpRouteDestination destination) {
    Map<String, Object> map = Values.of("destination", destination(destination.destination()));
    map.put("weight", destination.weight());
    headers(destination.headers(), map);
    return map;
  }

  private Map<String, Object> destination(Destination destination) {
    Map<String, Object> map = Values.of("host", written.apply(destination.host()));
    destination.port().ifPresent(port -> map.put("port", Values.of("number", port)));
    return map;
  }

  private static Map<String, Object> redirect(
      HttpRouteAction.Redirect redirect, Optional<String> replacement) {
    Map<String, Object> map = new LinkedHashMap<>();
    redirect.uri().ifPresent(uri -> map.put("uri", uri));
    redirect
        .prefixRewrite()
        .flatMap(prefix -> replacement)
        .ifPresent(prefix -> map.put("prefixRewrite", prefix));
    redirect.authority().ifPresent(authority -> map.put("authority", authority));
    redirect.scheme().ifPresent(scheme -> map.put("scheme", scheme));
    redirect.port().ifPresent(port -> map.put("port", port));
    redirect.derivePort().ifPresent(derived -> map.put("derivePort", derived.name()));
    map.put("redirectCode", redirect.redirectCode());
    return map;
  }

  private static void rewrite(
      HttpRewrite rewrite, Optional<String> replacement, Map<String, Object> rule) {
    Map<String, Object> map = new LinkedHashMap<>();
    rewrite.uri().flatMap(uri -> replacement).ifPresent(uri -> map.put("uri", uri));
    rewrite.authority().ifPresent(authority -> map.put("authority", authority));
    rewrite
        .uriRegexRewrite()
        .ifPresent(
            regex -> {
              Map<String, Object> both = Values.of("match", regex.match());
              both.put("rewrite", regex.rewrite());
              map.put("uriRegexRewrite", both);
            });
    rule.put("rewrite", map);
  }

  /** Where nothing is tried again the limit of one try is that of the call. */
  private static void retries(HttpRoute rule, Map<String, Object> map) {
    Optional<Duration> timeout = rule.timeout();
    boolean off = rule.retries().filter(retries -> retries.attempts() == 0).isPresent();
    if (off) {
      timeout = rule.retries().flatMap(HttpRetry::perTryTimeout).or(rule::timeout);
    }
    timeout.ifPresent(limit -> map.put("timeout", Values.duration(limit)));
    rule.retries().ifPresent(retries -> map.put("retries", retries(retries, off)));
  }

  private static Map<String, Object> retries(HttpRetry retries, boolean off) {
    Map<String, Object> map = Values.of("attempts", retries.attempts());
    if (!off) {
      retries.perTryTimeout().ifPresent(limit -> map.put("perTryTimeout", Values.duration(limit)));
      if (!retries.retryOn().isEmpty()) {
        map.put("retryOn", String.join(",", retries.retryOn()));
      }
      retries.backoff().ifPresent(backoff -> map.put("backoff", Values.duration(backoff)));
    }
    return map;
  }

  private Map<String, Object> mirror(HttpMirrorPolicy mirror) {
    Map<String, Object> map = Values.of("destination", destination(mirror.destination()));
    map.put("percentage", Values.of("value", Values.number(mirror.percentage().value())));
    return map;
  }

  private static void headers(Headers headers, Map<String, Object> owner) {
    if (!headers.isEmpty()) {
      Map<String, Object> map = new LinkedHashMap<>();
      operations("request", headers.request(), map);
      operations("response", headers.response(), map);
      owner.put("headers", map);
    }
  }

  private static void operations(
      String message, Headers.Operations operations, Map<String, Object> headers) {
    if (!operations.isEmpty()) {
      Map<String, Object> map = new LinkedHashMap<>();
      if (!operations.remove().isEmpty()) {
        map.put("remove", operations.remove());
      }
      if (!operations.set().isEmpty()) {
        map.put("set", operations.set());
      }
      if (!operations.add().isEmpty()) {
        map.put("add", operations.add());
      }
      headers.put(message, map);
    }
  }
}
