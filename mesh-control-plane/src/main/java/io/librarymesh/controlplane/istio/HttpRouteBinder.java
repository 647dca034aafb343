package io.librarymesh.controlplane.istio;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a rule of a VirtualService. */
final class HttpRouteBinder {
  private final String namespace;

  /**
   * @param namespace the VirtualService's own, for delegates and gateways without one
   */
  HttpRouteBinder(String namespace) {
    this.namespace = namespace;
  }

  HttpRoute bind(Fields rule) {
    warnOfRetiredFields(rule);
    return new HttpRoute(
        rule.position(),
        rule.textOrEmpty("name"),
        rule.messages("match", match -> HttpMatchBinder.bind(match, namespace)),
        action(rule),
        rule.message("rewrite", HttpRouteBinder::rewrite),
        rule.duration("timeout"),
        rule.message("retries", HttpRouteBinder::retries),
        rule.message("fault", FaultBinder::bind),
        mirrors(rule),
        rule.message("corsPolicy", CorsPolicyBinder::bind),
        headers(rule));
  }

  private HttpRouteAction action(Fields rule) {
    List<HttpRouteDestination> route = rule.messages("route", HttpRouteBinder::destination);
    Optional<HttpRouteAction.Redirect> redirect =
        rule.message("redirect", HttpRouteBinder::redirect);
    Optional<HttpRouteAction.DirectResponse> response =
        rule.message("directResponse", HttpRouteBinder::directResponse);
    Optional<HttpRouteAction.Delegate> delegate =
        rule.message("delegate", fields -> delegate(fields, response));
    List<String> written = written(rule, route);
    if (written.size() > 1 && !written.equals(List.of("directResponse", "delegate"))) {
      rule.refuse(String.join(" and ", written) + " together (expected: one of them)");
    }
    if (delegate.isPresent()) {
      return delegate.get();
    } else if (redirect.isPresent()) {
      return redirect.get();
    } else if (response.isPresent()) {
      return response.get();
    }
    return new HttpRouteAction.Forward(route);
  }

  private static List<String> written(Fields rule, List<HttpRouteDestination> route) {
    List<String> written = new ArrayList<>();
    if (!route.isEmpty()) {
      written.add("route");
    }
    for (String action : List.of("redirect", "directResponse", "delegate")) {
      if (rule.has(action)) {
        written.add(action);
      }
    }
    return written;
  }

  private static HttpRouteDestination destination(Fields entry) {
    return new HttpRouteDestination(
        entry.position(),
        DestinationBinder.required(entry, "destination"),
        entry.int32("weight").orElse(0),
        headers(entry));
  }

  private static HttpRouteAction.Redirect redirect(Fields fields) {
    if (fields.has("port") && fields.has("derivePort")) {
      fields.refuse("derivePort", "port and derivePort together (expected: one of them)");
    }
    return new HttpRouteAction.Redirect(
        fields.text("uri"),
        fields.text("prefixRewrite"),
        fields.text("authority"),
        fields.text("scheme"),
        fields.port("port"),
        fields.choice("derivePort", HttpRouteAction.RedirectPortSelection.class),
        fields.int32("redirectCode").filter(code -> code != 0).orElse(301));
  }

  private static HttpRouteAction.DirectResponse directResponse(Fields fields) {
    return new HttpRouteAction.DirectResponse(
        fields.int32("status").orElse(0),
        fields.message("body", HttpRouteBinder::body).flatMap(b -> b));
  }

  /** A body written as text or as bytes. */
  static Optional<HttpBody> body(Fields fields) {
    Optional<String> string = fields.anyText("string");
    Optional<String> bytes = fields.anyText("bytes");
    if (string.isPresent() && bytes.isPresent()) {
      fields.refuse("string and bytes together (expected: one of them)");
    }
    return string.<HttpBody>map(HttpBody.Text::new).or(() -> bytes.map(HttpBody.Binary::new));
  }

  private HttpRouteAction.Delegate delegate(
      Fields fields, Optional<HttpRouteAction.DirectResponse> response) {
    return new HttpRouteAction.Delegate(
        fields.textOrEmpty("name"), fields.text("namespace").orElse(namespace), response);
  }

  private static HttpRewrite rewrite(Fields fields) {
    return new HttpRewrite(
        fields.text("uri"),
        fields.text("authority"),
        fields.message(
            "uriRegexRewrite",
            regex ->
                new HttpRewrite.RegexRewrite(
                    regex.textOrEmpty("match"), regex.textOrEmpty("rewrite"))));
  }

  static HttpRetry retries(Fields fields) {
    return new HttpRetry(
        fields.int32("attempts").orElse(0),
        fields.duration("perTryTimeout"),
        retryOn(fields),
        fields.optionalFlag("retryIgnorePreviousHosts"),
        fields.optionalFlag("retryRemoteLocalities"),
        fields.duration("backoff"));
  }

  private static List<String> retryOn(Fields fields) {
    Optional<String> written = fields.text("retryOn");
    if (written.isEmpty()) {
      return List.of();
    }
    List<String> tokens = List.of(written.get().split(",", -1)).stream().map(String::trim).toList();
    String trimmed = String.join(",", tokens);
    if (!trimmed.equals(written.get())) {
      fields.warn("retryOn", "blanks are not allowed by Istio and ignored here; write " + trimmed);
    }
    return tokens;
  }

  private static List<HttpMirrorPolicy> mirrors(Fields rule) {
    Optional<Destination> single = rule.message("mirror", DestinationBinder::bind);
    Percent percentage = mirrorPercentage(rule);
    List<HttpMirrorPolicy> mirrors = rule.messages("mirrors", HttpRouteBinder::mirror);
    if (single.isEmpty()) {
      return mirrors;
    }
    if (rule.has("mirrors")) {
      rule.refuse("mirrors", "mirror and mirrors together (expected: one of them)");
    }
    return List.of(new HttpMirrorPolicy(single.get(), percentage, true));
  }

  private static Percent mirrorPercentage(Fields rule) {
    Optional<Percent> percentage = Percentages.read(rule, "mirrorPercentage");
    Optional<Long> old = rule.uint32("mirrorPercent");
    if (old.isPresent()) {
      rule.warn(
          "mirrorPercent",
          percentage.isPresent()
              ? "ignored beside mirrorPercentage; leave it out"
              : "old spelling; write mirrorPercentage: {value: " + old.get() + "}");
    }
    return percentage.or(() -> old.map(Percent::new)).orElse(Percent.ALL);
  }

  private static HttpMirrorPolicy mirror(Fields entry) {
    return new HttpMirrorPolicy(
        DestinationBinder.required(entry, "destination"),
        Percentages.read(entry, "percentage").orElse(Percent.ALL),
        false);
  }

  private static Headers headers(Fields fields) {
    return fields
        .message(
            "headers",
            headers ->
                new Headers(
                    headers
                        .message("request", HttpRouteBinder::operations)
                        .orElse(Headers.Operations.NONE),
                    headers
                        .message("response", HttpRouteBinder::operations)
                        .orElse(Headers.Operations.NONE)))
        .orElse(Headers.NONE);
  }

  private static Headers.Operations operations(Fields fields) {
    return new Headers.Operations(
        fields.texts("remove"), fields.textMap("set"), fields.textMap("add"));
  }

  /** Fields of Istio before 1.1, which its API no longer has. */
  private static void warnOfRetiredFields(Fields rule) {
    if (rule.has("websocketUpgrade")) {
      rule.warn("websocketUpgrade", "retired, has no effect: upgrades to WebSocket always pass");
    }
    warnOfRetired(rule, "appendHeaders", "headers.request.add");
    warnOfRetired(rule, "appendRequestHeaders", "headers.request.add");
    warnOfRetired(rule, "removeRequestHeaders", "headers.request.remove");
    warnOfRetired(rule, "appendResponseHeaders", "headers.response.add");
    warnOfRetired(rule, "removeResponseHeaders", "headers.response.remove");
  }

  private static void warnOfRetired(Fields rule, String name, String today) {
    if (rule.has(name)) {
      rule.warn(name, "retired, has no effect; write " + today);
    }
  }
}
