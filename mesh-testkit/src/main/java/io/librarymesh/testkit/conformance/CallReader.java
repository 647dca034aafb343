package io.librarymesh.testkit.conformance;

import io.librarymesh.random.Draw;
import io.librarymesh.testkit.conformance.CallScript.Head;
import io.librarymesh.testkit.conformance.CallScript.RequestBody;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Reads one call of {@code calls}. */
final class CallReader {
  private static final UpstreamScript UNREACHED = new UpstreamScript.ByAttempt(List.of());

  private CallReader() {}

  /**
   * The call without its {@code expect}, which is left in {@code fields}.
   *
   * @param target unless it names one
   */
  static CallScript call(String id, CaseFields fields, String target) {
    Head head = head(fields, target);
    UpstreamScript upstream = fields.read("upstream", UNREACHED, AnswerReader::upstream);
    Map<String, Answer> mirrors =
        fields.read("mirrors", Map.of(), node -> node.entries(AnswerReader::answer));
    return new CallScript(id, head, upstream, mirrors, rounds(fields), fields.owner().location());
  }

  static Draw draw(CaseNode value) {
    for (Draw draw : Draw.values()) {
      if (draw.name().equals(value.key())) {
        return draw;
      }
    }
    throw value.error(value.key() + ": no such draw (expected: one of " + List.of(Draw.values()));
  }

  static Map<Draw, List<Integer>> draws(CaseNode node) {
    Map<Draw, List<Integer>> draws = new LinkedHashMap<>();
    node.entries()
        .values()
        .forEach(value -> draws.put(draw(value), value.oneOrMore(CaseNode::integer)));
    return draws;
  }

  /** One value, or two with {@code ..} between them. */
  static Range range(CaseNode node, Function<CaseNode, Long> reader) {
    int dots = node.text().indexOf("..");
    if (dots < 0) {
      long value = reader.apply(node);
      return new Range(value, value);
    }
    long first = reader.apply(node.part(0, dots));
    long last = reader.apply(node.part(dots + 2, node.text().length()));
    return node.check(place -> new Range(first, last));
  }

  private static Head head(CaseFields fields, String target) {
    Map<String, List<String>> headers = new HashMap<>();
    fields
        .read("headers", Map.<String, List<String>>of(), CallReader::headers)
        .forEach((name, lines) -> headers.put(name.toLowerCase(Locale.ROOT), lines));
    return new Head(
        fields.text("method", "GET"),
        fields.text("target", target),
        fields.text("authority", ""),
        fields.text("path", "/"),
        headers,
        fields.read("body", RequestBody.NONE, node -> node.constant(RequestBody.class)));
  }

  private static Map<String, List<String>> headers(CaseNode node) {
    return node.entries(lines -> lines.oneOrMore(CaseNode::text));
  }

  /** {@code repeat} makes calls alike; {@code sweep} makes one for each value of a draw. */
  private static List<Map<Draw, List<Integer>>> rounds(CaseFields fields) {
    Map<Draw, List<Integer>> draws = fields.read("draws", Map.of(), CallReader::draws);
    if (!fields.has("sweep")) {
      return Collections.nCopies(Math.max(1, fields.integer("repeat", 1)), draws);
    }
    List<Map<Draw, List<Integer>>> rounds = List.of(draws);
    for (CaseNode bound : fields.required("sweep").entries().values()) {
      rounds = swept(rounds, draw(bound), bound.integer());
    }
    return rounds;
  }

  private static List<Map<Draw, List<Integer>>> swept(
      List<Map<Draw, List<Integer>>> rounds, Draw draw, int bound) {
    List<Map<Draw, List<Integer>>> swept = new ArrayList<>();
    for (Map<Draw, List<Integer>> round : rounds) {
      for (int value = 0; value < bound; value++) {
        Map<Draw, List<Integer>> one = new HashMap<>(round);
        one.put(draw, List.of(value));
        swept.add(one);
      }
    }
    return swept;
  }
}
