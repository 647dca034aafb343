package io.librarymesh.controlplane.istio;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads an alternative of a rule's {@code match}. */
final class HttpMatchBinder {
  private HttpMatchBinder() {}

  /**
   * @param namespace that of who writes it, which short names of gateways are of
   */
  static HttpMatchRequest bind(Fields match, String namespace) {
    boolean ignoreUriCase = match.flag("ignoreUriCase");
    return new HttpMatchRequest(
        match.position(),
        match.textOrEmpty("name"),
        match.textOrEmpty("statPrefix"),
        scope(match, namespace),
        match
            .message("uri", HttpMatchBinder::stringMatch)
            .filter(uri -> !(uri instanceof StringMatch.Present))
            .map(uri -> new HttpMatchRequest.UriMatch(uri, ignoreUriCase)),
        match.message("scheme", HttpMatchBinder::stringMatch),
        match.message("method", HttpMatchBinder::stringMatch),
        match.message("authority", HttpMatchBinder::stringMatch),
        conditions(match, "headers"),
        withoutHeaders(match),
        conditions(match, "queryParams"));
  }

  /** The conditions on client and port, which matches of all protocols share. */
  static MatchScope scope(Fields match, String namespace) {
    return new MatchScope(
        match.port("port"),
        match.textMap("sourceLabels"),
        match.text("sourceNamespace"),
        gateways(match, namespace));
  }

  /** The field {@code gateways}, in whole names. */
  static List<String> gateways(Fields fields, String namespace) {
    return fields.texts("gateways").stream()
        .map(written -> GatewayName.resolve(written, namespace))
        .toList();
  }

  static StringMatch stringMatch(Fields fields) {
    Optional<String> exact = fields.anyText("exact");
    Optional<String> prefix = fields.anyText("prefix");
    Optional<String> regex = fields.anyText("regex");
    List<String> written = new ArrayList<>();
    exact.ifPresent(value -> written.add("exact"));
    prefix.ifPresent(value -> written.add("prefix"));
    regex.ifPresent(value -> written.add("regex"));
    if (written.size() > 1) {
      fields.refuse(String.join(" and ", written) + " together (expected: one of them)");
    }
    return exact
        .<StringMatch>map(StringMatch.Exact::new)
        .or(() -> prefix.map(StringMatch.Prefix::new))
        .or(() -> regex.map(StringMatch.Regex::new))
        .orElseGet(StringMatch.Present::new);
  }

  private static Map<String, StringMatch> conditions(Fields match, String name) {
    return match.map(name, (at, value) -> condition(match, name, at, value));
  }

  /** Istio takes the expression {@code *}, which is no RE2, for presence here, and only here. */
  private static Map<String, StringMatch> withoutHeaders(Fields match) {
    return match.map(
        "withoutHeaders",
        (at, value) ->
            condition(match, "withoutHeaders", at, value)
                .map(
                    condition ->
                        condition.equals(new StringMatch.Regex("*"))
                            ? new StringMatch.Present()
                            : condition));
  }

  private static Optional<StringMatch> condition(
      Fields match, String name, FieldPath at, YamlValue value) {
    if (value instanceof YamlValue.Mapping condition) {
      return Optional.of(stringMatch(match.ofMapValue(at, condition, name)));
    }
    boolean nothing =
        value instanceof YamlValue.Scalar scalar && scalar.type() == YamlValue.ScalarType.NULL;
    String text = value instanceof YamlValue.Scalar scalar ? Quoting.clip(scalar.text()) : "...";
    String hint = nothing ? "write {} for \"present\"" : "write {exact: " + text + "}";
    match
        .report()
        .refuse(
            at, value, "expected exact, prefix or regex, found " + value.describe() + "; " + hint);
    return Optional.empty();
  }
}
