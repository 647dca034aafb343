package io.librarymesh.testkit.conformance;

import io.librarymesh.config.StatefulSession;
import java.util.List;

/** Reads the {@code session} of a route. */
final class SessionReader {
  private static final long NANOS_OF_SECOND = 1_000_000_000L;

  private SessionReader() {}

  static StatefulSession session(CaseNode node) {
    CaseFields fields = node.fields();
    CaseNode where =
        fields
            .oneOf(List.of("cookie", "header"))
            .orElseThrow(() -> node.error("no state (expected: cookie or header)"));
    StatefulSession.State state =
        node.check(
            place ->
                where.key().equals("cookie")
                    ? new StatefulSession.Cookie(
                        where.text(),
                        fields.nanos("ttl", 0) / NANOS_OF_SECOND,
                        fields.text("path", ""),
                        HashPolicyReader.attributes(fields))
                    : new StatefulSession.Header(where.text()));
    boolean strict = fields.flag("strict", false);
    fields.end();
    return new StatefulSession(state, strict);
  }
}
