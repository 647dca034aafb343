package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.Headers;
import io.librarymesh.controlplane.istio.HttpMirrorPolicy;
import io.librarymesh.controlplane.istio.HttpRewrite;
import io.librarymesh.controlplane.istio.HttpRoute;
import io.librarymesh.controlplane.istio.HttpRouteAction;
import io.librarymesh.controlplane.istio.HttpRouteAction.RedirectPortSelection;
import io.librarymesh.controlplane.istio.StringMatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** What a rule of a VirtualService does to requests, as the filters of a rule of an HTTPRoute. */
final class RouteFilters {
  private static final Pattern HOST =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  /** These say where a request goes, which a header modifier may not. */
  private static final Set<String> AUTHORITY = Set.of("host", ":authority");

  private final HttpRoute rule;
  private final String field;
  private final List<RouteMatches.Match> matches;
  private final RouteBackends backends;
  private final List<Outcome.Problem> problems;
  private final List<Object> filters = new ArrayList<>();

  private RouteFilters(
      HttpRoute rule,
      String field,
      List<RouteMatches.Match> matches,
      RouteBackends backends,
      List<Outcome.Problem> problems) {
    this.rule = rule;
    this.field = field;
    this.matches = matches;
    this.backends = backends;
    this.problems = problems;
  }

  static List<Object> of(
      HttpRoute rule,
      String field,
      List<RouteMatches.Match> matches,
      RouteBackends backends,
      List<Outcome.Problem> problems) {
    RouteFilters all = new RouteFilters(rule, field, matches, backends, problems);
    all.headers();
    rule.rewrite().ifPresent(all::rewrite);
    rule.mirrors().forEach(all::mirror);
    if (rule.action() instanceof HttpRouteAction.Redirect redirect) {
      all.redirect(redirect);
    }
    return all.filters;
  }

  private void headers() {
    filters.addAll(headers(rule.headers(), problem -> problem("headers", problem)));
  }

  /** The modifiers of headers, of a rule or of one of its destinations. */
  static List<Object> headers(Headers headers, Consumer<String> problems) {
    List<Object> filters = new ArrayList<>();
    operations("Request", headers.request(), problems).ifPresent(filters::add);
    operations("Response", headers.response(), problems).ifPresent(filters::add);
    return filters;
  }

  private static Optional<Object> operations(
      String message, Headers.Operations operations, Consumer<String> problems) {
    if (operations.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Object> modifier = new LinkedHashMap<>();
    named("set", operations.set(), modifier, problems);
    named("add", operations.add(), modifier, problems);
    if (!operations.remove().isEmpty()) {
      modifier.put("remove", operations.remove());
    }
    return Optional.of(
        filter(
            message + "HeaderModifier",
            message.toLowerCase(Locale.ROOT) + "HeaderModifier",
            modifier));
  }

  private static void named(
      String operation,
      Map<String, String> headers,
      Map<String, Object> modifier,
      Consumer<String> problems) {
    List<Object> list = new ArrayList<>();
    headers.forEach(
        (name, value) -> {
          if (AUTHORITY.contains(name.toLowerCase(Locale.ROOT))) {
            problems.accept(
                "a header modifier changes no " + name + ", a rewrite of the host does");
          } else if (value.isEmpty()) {
            problems.accept("a header modifier gives " + name + " a value that is not empty");
          }
          Map<String, Object> header = Values.of("name", name);
          header.put("value", value);
          list.add(header);
        });
    if (!list.isEmpty()) {
      modifier.put(operation, list);
    }
  }

  private void rewrite(HttpRewrite rewrite) {
    Map<String, Object> map = new LinkedHashMap<>();
    rewrite.authority().ifPresent(authority -> map.put("hostname", host("rewrite", authority)));
    rewrite.uri().flatMap(uri -> path("rewrite.uri", uri)).ifPresent(p -> map.put("path", p));
    rewrite
        .uriRegexRewrite()
        .ifPresent(
            regex ->
                problem("rewrite.uriRegexRewrite", "an HTTPRoute replaces no parts of a path"));
    if (!map.isEmpty()) {
      filters.add(filter("URLRewrite", "urlRewrite", map));
    }
  }

  /** What replaces the path, whole where the match is of a whole one. */
  private Optional<Map<String, Object>> path(String name, String replacement) {
    boolean root = matches.stream().allMatch(m -> RoutePath.isRoot(m.written().uri()));
    boolean whole =
        matches.stream()
            .allMatch(
                m ->
                    m.written()
                        .uri()
                        .filter(uri -> !(uri.match() instanceof StringMatch.Prefix))
                        .isPresent());
    if (whole) {
      return Optional.of(modifier("ReplaceFullPath", "replaceFullPath", replacement));
    }
    if (root && replacement.equals("/")) {
      return Optional.empty(); // Nothing changes.
    }
    boolean onePrefix =
        matches.size() == 1 && matches.get(0).path().type().equals(RoutePath.PREFIX);
    if (!onePrefix || !replacement.endsWith("/")) {
      problem(
          name,
          "an HTTPRoute replaces whole segments of a path: a prefix of characters, or one by"
              + " something without a slash at its end, it does not");
    }
    return Optional.of(modifier("ReplacePrefixMatch", "replacePrefixMatch", replacement));
  }

  private static Map<String, Object> modifier(String type, String name, String value) {
    Map<String, Object> map = Values.of("type", type);
    map.put(name, value);
    return map;
  }

  private void mirror(HttpMirrorPolicy mirror) {
    Map<String, Object> map =
        Values.of("backendRef", backends.ref(mirror.destination(), field + ".mirror", problems));
    double percent = mirror.percentage().value();
    if (percent == Math.rint(percent)) {
      if (percent != 100) {
        map.put("percent", (long) percent);
      }
    } else {
      Map<String, Object> fraction = Values.of("numerator", Math.round(percent * 10_000));
      fraction.put("denominator", 1_000_000);
      map.put("fraction", fraction);
    }
    filters.add(filter("RequestMirror", "requestMirror", map));
  }

  private void redirect(HttpRouteAction.Redirect redirect) {
    Map<String, Object> map = new LinkedHashMap<>();
    redirect.scheme().ifPresent(scheme -> map.put("scheme", scheme));
    redirect.authority().ifPresent(authority -> map.put("hostname", host("redirect", authority)));
    redirect
        .uri()
        .map(uri -> modifier("ReplaceFullPath", "replaceFullPath", uri))
        .or(() -> redirect.prefixRewrite().flatMap(p -> path("redirect.prefixRewrite", p)))
        .ifPresent(path -> map.put("path", path));
    redirect.port().ifPresent(port -> map.put("port", port));
    boolean fromRequest =
        redirect.derivePort().filter(RedirectPortSelection.FROM_REQUEST_PORT::equals).isPresent();
    if (redirect.port().isEmpty() && fromRequest == redirect.scheme().isPresent()) {
      problem(
          "redirect",
          "an HTTPRoute keeps the port of the request where no scheme is written, and only there");
    }
    boolean ofScheme = redirect.port().isEmpty() && redirect.scheme().isPresent();
    if (ofScheme && redirect.authority().isEmpty() && !backends.port().equals(Optional.of(80))) {
      problem(
          "redirect.scheme",
          "an HTTPRoute leads to the port of the scheme, and a VirtualService stays at that of the"
              + " request where it is not 80");
    }
    map.put("statusCode", redirect.redirectCode());
    filters.add(filter("RequestRedirect", "requestRedirect", map));
  }

  private String host(String name, String authority) {
    if (!HOST.matcher(authority).matches()) {
      problem(name + ".authority", "an HTTPRoute has a host in lower case and without a port");
    }
    return authority;
  }

  private static Map<String, Object> filter(String type, String name, Object value) {
    Map<String, Object> filter = Values.of("type", type);
    filter.put(name, value);
    return filter;
  }

  private void problem(String name, String message) {
    problems.add(new Outcome.Problem(rule.position(), field + "." + name, message));
  }
}
