package io.librarymesh.testkit.conformance;

import io.librarymesh.config.HashPolicy;
import io.librarymesh.config.HashPolicy.CookieAttribute;
import io.librarymesh.config.RegexRewrite;
import java.util.ArrayList;
import java.util.List;

/** Reads an entry of {@code hashPolicies}. */
final class HashPolicyReader {
  private static final long NANOS_OF_SECOND = 1_000_000_000L;

  private HashPolicyReader() {}

  static HashPolicy policy(CaseNode node) {
    CaseFields fields = node.fields();
    boolean terminal = fields.flag("terminal", false);
    CaseNode what =
        fields
            .oneOf(List.of("header", "cookie", "query", "source"))
            .orElseThrow(() -> node.error("no policy (expected: header or the like)"));
    HashPolicy policy =
        switch (what.key()) {
          case "header" ->
              new HashPolicy.Header(
                  what.text(),
                  fields.read("regexRewrite", RegexRewrite.NONE, RewriteReader::regex),
                  terminal);
          case "cookie" -> cookie(what.text(), fields, terminal);
          case "query" -> new HashPolicy.QueryParameter(what.text(), terminal);
          default -> new HashPolicy.Source(terminal);
        };
    fields.end();
    return policy;
  }

  /** Made up when it has a {@code ttl}. */
  private static HashPolicy cookie(String name, CaseFields fields, boolean terminal) {
    if (!fields.has("ttl")) {
      return new HashPolicy.Cookie(name, terminal);
    }
    return new HashPolicy.GeneratedCookie(
        name,
        fields.nanos("ttl", 0) / NANOS_OF_SECOND,
        fields.text("path", ""),
        attributes(fields),
        terminal);
  }

  /** In the order they stand. */
  static List<CookieAttribute> attributes(CaseFields cookie) {
    List<CookieAttribute> attributes = new ArrayList<>();
    cookie
        .optional("attributes")
        .ifPresent(
            node ->
                node.entries(CaseNode::text)
                    .forEach((key, value) -> attributes.add(new CookieAttribute(key, value))));
    return attributes;
  }
}
