package io.librarymesh.testkit.conformance;

import io.librarymesh.config.PathRewrite;
import io.librarymesh.config.RouteAction;
import java.util.List;

/** Reads {@code redirect}, and how a path is rewritten. */
final class RedirectReader {
  private RedirectReader() {}

  static RouteAction redirect(CaseNode node) {
    CaseFields fields = node.fields();
    int status = fields.integer("status", 301);
    String scheme = fields.text("scheme", "");
    String host = fields.text("host", "");
    int port = fields.integer("port", 0);
    PathRewrite path = path(fields);
    boolean stripQuery = fields.flag("stripQuery", false);
    fields.end();
    return node.check(
        place -> new RouteAction.Redirect(status, scheme, host, port, path, stripQuery));
  }

  private static PathRewrite path(CaseFields fields) {
    return fields
        .oneOf(List.of("path", "prefixRewrite", "regexRewrite"))
        .map(RedirectReader::rewrite)
        .orElse(PathRewrite.NONE);
  }

  /** A new path, the replacement of a prefix, or a regular expression with its substitution. */
  static PathRewrite rewrite(CaseNode node) {
    return switch (node.key()) {
      case "path" -> new PathRewrite.Whole(node.text());
      case "prefixRewrite" -> new PathRewrite.Prefix(node.text());
      default -> regex(node);
    };
  }

  private static PathRewrite regex(CaseNode node) {
    CaseFields fields = node.fields();
    PathRewrite.Regex regex =
        new PathRewrite.Regex(
            fields.required("pattern").text(), fields.required("substitution").text());
    fields.end();
    return regex;
  }
}
