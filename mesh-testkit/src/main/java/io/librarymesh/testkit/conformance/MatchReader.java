package io.librarymesh.testkit.conformance;

import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.QueryParameterMatch;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import java.util.List;

/** Reads {@code match}. */
final class MatchReader {
  private static final List<String> PATHS = List.of("prefix", "path", "separatedPrefix", "regex");
  private static final List<String> VALUES =
      List.of("exact", "prefix", "suffix", "contains", "regex", "present", "range");

  private MatchReader() {}

  static RouteMatch match(CaseNode node) {
    CaseFields fields = node.fields();
    RouteMatch match =
        new RouteMatch(
            path(fields),
            fields.list("headers", MatchReader::header),
            fields.list("queryParameters", MatchReader::query),
            fields.read("fraction", FractionalPercent.ALWAYS, MatchReader::share));
    fields.end();
    return match;
  }

  /** A share of draws: {@code 50%} or {@code 1/10000}. */
  static FractionalPercent share(CaseNode node) {
    String text = node.text();
    try {
      if (text.endsWith("%")) {
        return new FractionalPercent(Integer.parseInt(text.substring(0, text.length() - 1)), 100);
      }
      String[] parts = text.split("/", 2);
      return new FractionalPercent(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException notAShare) {
      throw node.wrong("N% or N/100, N/10000, N/1000000");
    }
  }

  private static PathMatch path(CaseFields fields) {
    boolean caseSensitive = fields.flag("caseSensitive", true);
    return fields
        .oneOf(PATHS)
        .map(node -> path(node, caseSensitive))
        .orElse(new PathMatch.Prefix("/", caseSensitive));
  }

  private static PathMatch path(CaseNode node, boolean caseSensitive) {
    return switch (node.key()) {
      case "prefix" -> new PathMatch.Prefix(node.text(), caseSensitive);
      case "path" -> new PathMatch.Exact(node.text(), caseSensitive);
      case "separatedPrefix" -> new PathMatch.SeparatedPrefix(node.text(), caseSensitive);
      default -> new PathMatch.Regex(node.text());
    };
  }

  static HeaderMatch header(CaseNode node) {
    CaseFields fields = node.fields();
    HeaderMatch match =
        new HeaderMatch(
            fields.required("name").text(),
            value(fields),
            fields.flag("invert", false),
            fields.flag("treatMissingAsEmpty", false));
    fields.end();
    return match;
  }

  private static QueryParameterMatch query(CaseNode node) {
    CaseFields fields = node.fields();
    QueryParameterMatch match =
        new QueryParameterMatch(fields.required("name").text(), value(fields));
    fields.end();
    return match;
  }

  /** A matcher that names no comparison asks for presence. */
  private static ValueMatch value(CaseFields fields) {
    boolean ignoreCase = fields.flag("ignoreCase", false);
    return fields
        .oneOf(VALUES)
        .map(node -> value(node, ignoreCase))
        .orElse(new ValueMatch.Present(true));
  }

  private static ValueMatch value(CaseNode node, boolean ignoreCase) {
    return switch (node.key()) {
      case "present" -> new ValueMatch.Present(node.flag());
      case "range" -> range(node);
      case "exact" -> new ValueMatch.Text(new StringMatch.Exact(node.text(), ignoreCase));
      case "prefix" -> new ValueMatch.Text(new StringMatch.Prefix(node.text(), ignoreCase));
      case "suffix" -> new ValueMatch.Text(new StringMatch.Suffix(node.text(), ignoreCase));
      case "contains" -> new ValueMatch.Text(new StringMatch.Contains(node.text(), ignoreCase));
      default -> new ValueMatch.Text(new StringMatch.Regex(node.text()));
    };
  }

  private static ValueMatch range(CaseNode node) {
    List<Integer> bounds = node.items(CaseNode::integer);
    if (bounds.size() != 2) {
      throw node.error("range: " + bounds + " (expected: [start, end])");
    }
    return new ValueMatch.Range(bounds.get(0), bounds.get(1));
  }
}
