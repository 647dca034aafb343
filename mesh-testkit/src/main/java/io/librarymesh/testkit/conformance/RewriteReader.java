package io.librarymesh.testkit.conformance;

import io.librarymesh.config.HostRewrite;
import io.librarymesh.config.PathRewrite;
import io.librarymesh.config.RegexRewrite;
import io.librarymesh.config.RequestRewrite;
import io.librarymesh.config.RouteAction;
import java.util.List;

/** Reads {@code redirect} and {@code rewrite}. */
final class RewriteReader {
  private RewriteReader() {}

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
        .map(RewriteReader::rewrite)
        .orElse(PathRewrite.NONE);
  }

  /** Reads {@code rewrite}. */
  static RequestRewrite requestRewrite(CaseNode node) {
    CaseFields fields = node.fields();
    PathRewrite path =
        fields
            .oneOf(List.of("prefixRewrite", "regexRewrite"))
            .map(RewriteReader::rewrite)
            .orElse(PathRewrite.NONE);
    HostRewrite host =
        fields
            .oneOf(List.of("authority", "authorityHeader", "authorityPathRegex", "endpointName"))
            .map(RewriteReader::host)
            .orElse(HostRewrite.NONE);
    boolean appendForwardedHost = fields.flag("appendForwardedHost", false);
    fields.end();
    return new RequestRewrite(path, host, appendForwardedHost);
  }

  private static HostRewrite host(CaseNode node) {
    return switch (node.key()) {
      case "authority" -> node.check(place -> new HostRewrite.Literal(node.text()));
      case "authorityHeader" -> new HostRewrite.Header(node.text());
      case "authorityPathRegex" -> new HostRewrite.PathRegex(regex(node));
      default -> node.flag() ? new HostRewrite.Endpoint() : HostRewrite.NONE;
    };
  }

  /** A new path, the replacement of a prefix, or a regular expression with its substitution. */
  private static PathRewrite rewrite(CaseNode node) {
    return switch (node.key()) {
      case "path" -> new PathRewrite.Whole(node.text());
      case "prefixRewrite" -> new PathRewrite.Prefix(node.text());
      default -> regex(node);
    };
  }

  /** A regular expression with its substitution. */
  static RegexRewrite regex(CaseNode node) {
    CaseFields fields = node.fields();
    RegexRewrite regex =
        new RegexRewrite(fields.required("pattern").text(), fields.required("substitution").text());
    fields.end();
    return regex;
  }
}
