package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.HttpMatchRequest.UriMatch;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads the matches of HTTPRoutes and GRPCRoutes as those of a VirtualService.
 *
 * <p>Source: Istio {@code createURIMatch}, {@code createGRPCURIMatch}.
 */
final class GatewayMatchBinder {
  private static final String ANY_SERVICE = "[^/]+";

  private GatewayMatchBinder() {}

  /** How a path is compared. */
  private enum PathType {
    Exact,
    PathPrefix,
    RegularExpression
  }

  /** How other texts are compared. */
  private enum TextType {
    Exact,
    RegularExpression
  }

  /** The methods of HTTP that the Gateway API knows. */
  private enum Method {
    GET,
    HEAD,
    POST,
    PUT,
    DELETE,
    CONNECT,
    OPTIONS,
    TRACE,
    PATCH
  }

  /** The match of a rule that has none. */
  static HttpMatchRequest everyPath(SourcePosition position) {
    return match(
        position, Optional.of(new StringMatch.Prefix("/")), Optional.empty(), Map.of(), Map.of());
  }

  static HttpMatchRequest http(Fields match) {
    StringMatch path =
        match.message("path", GatewayMatchBinder::path).orElse(new StringMatch.Prefix("/"));
    return match(
        match.position(),
        Optional.of(path),
        match.choice("method", Method.class).map(method -> new StringMatch.Exact(method.name())),
        texts(match, "headers", true),
        texts(match, "queryParams", false));
  }

  static HttpMatchRequest grpc(Fields match) {
    return match(
        match.position(),
        match.message("method", GatewayMatchBinder::grpcMethod),
        Optional.empty(),
        texts(match, "headers", true),
        Map.of());
  }

  private static HttpMatchRequest match(
      SourcePosition position,
      Optional<StringMatch> path,
      Optional<StringMatch> method,
      Map<String, StringMatch> headers,
      Map<String, StringMatch> queryParams) {
    return new HttpMatchRequest(
        position,
        "",
        "",
        MatchScope.ANY,
        path.map(text -> new UriMatch(text, false)),
        Optional.empty(),
        method,
        Optional.empty(),
        headers,
        Map.of(),
        queryParams);
  }

  /** A slash at the end of a prefix says nothing. */
  private static StringMatch path(Fields path) {
    String value = path.anyText("value").orElse("/");
    return switch (path.choice("type", PathType.class).orElse(PathType.PathPrefix)) {
      case Exact -> new StringMatch.Exact(value);
      case RegularExpression -> new StringMatch.Regex(value);
      case PathPrefix -> {
        String prefix =
            value.length() > 1 && value.endsWith("/")
                ? value.substring(0, value.length() - 1)
                : value;
        yield prefix.equals("/") ? new StringMatch.Prefix("/") : new StringMatch.PathPrefix(prefix);
      }
    };
  }

  private static StringMatch grpcMethod(Fields fields) {
    TextType type = fields.choice("type", TextType.class).orElse(TextType.Exact);
    Optional<String> service = fields.text("service");
    Optional<String> method = fields.text("method");
    if (service.isEmpty() && method.isEmpty()) {
      fields.refuse("neither service nor method (expected: at least one of them)");
      return new StringMatch.Prefix("/");
    }
    if (type == TextType.Exact) {
      grpcName(fields, "service", service, Names::isGrpcService);
      grpcName(fields, "method", method, Names::isGrpcMethod);
      if (method.isEmpty()) {
        return new StringMatch.Prefix("/" + service.get() + "/");
      }
      return service
          .<StringMatch>map(name -> new StringMatch.Exact("/" + name + "/" + method.get()))
          .orElseGet(() -> new StringMatch.Regex("/" + ANY_SERVICE + "/" + method.get()));
    }
    return new StringMatch.Regex("/" + service.orElse(ANY_SERVICE) + "/" + method.orElse(".+"));
  }

  private static void grpcName(
      Fields fields, String field, Optional<String> name, Predicate<String> isValid) {
    if (name.filter(isValid.negate()).isPresent()) {
      fields.refuse(field, Quoting.quote(name.get()) + " (expected: a " + field + " of gRPC)");
    }
  }

  /** Of several conditions on one name the first one counts; header names have no case. */
  private static Map<String, StringMatch> texts(Fields match, String name, boolean noCase) {
    Map<String, StringMatch> texts = new LinkedHashMap<>();
    for (Named each : match.messages(name, GatewayMatchBinder::named)) {
      String key = noCase ? each.name().toLowerCase(Locale.ROOT) : each.name();
      if (texts.putIfAbsent(key, each.match()) != null) {
        match
            .report()
            .warn(
                each.path(), each.line(), each.column(), "said before; only the first one counts");
      }
    }
    return texts;
  }

  private record Named(String name, StringMatch match, FieldPath path, int line, int column) {}

  private static Named named(Fields fields) {
    String value = fields.textOrEmpty("value");
    TextType type = fields.choice("type", TextType.class).orElse(TextType.Exact);
    SourcePosition at = fields.position();
    return new Named(
        fields.textOrEmpty("name"),
        type == TextType.Exact ? new StringMatch.Exact(value) : new StringMatch.Regex(value),
        fields.path(),
        at.line(),
        at.column());
  }
}
