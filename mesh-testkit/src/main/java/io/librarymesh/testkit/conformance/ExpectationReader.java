package io.librarymesh.testkit.conformance;

import io.librarymesh.random.Draw;
import io.librarymesh.telemetry.ResponseFlag;
import io.librarymesh.testkit.conformance.CallOutcome.Attempted;
import io.librarymesh.testkit.conformance.Expectation.Check;
import io.librarymesh.testkit.conformance.Expectation.Observed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads {@code expect}. */
final class ExpectationReader {
  private final CaseFields fields;
  private final List<Check> each = new ArrayList<>();
  private final List<Check> all = new ArrayList<>();

  private ExpectationReader(CaseFields fields) {
    this.fields = fields;
  }

  /**
   * An expectation names the status and where the attempts went; flags that it does not name must
   * not be there.
   */
  static Expectation expectation(CaseNode node) {
    return new ExpectationReader(node.fields()).read();
  }

  private Expectation read() {
    requireStatusAndHosts();
    answer();
    attempts();
    mirrors();
    times();
    totals();
    fields.end();
    return new Expectation(each, all);
  }

  private void requireStatusAndHosts() {
    if (!fields.has("status") && !fields.has("statusCounts")) {
      throw fields.owner().error("status: missing (expected: what the caller sees)");
    }
    if (List.of("hosts", "attempts", "hostCounts", "distinctHosts").stream()
        .noneMatch(fields::has)) {
      throw fields.owner().error("hosts: missing (expected: where the attempts went)");
    }
  }

  private void answer() {
    each("status", CaseNode::integer, outcome -> outcome.answer().status());
    each("body", CaseNode::text, outcome -> outcome.answer().body());
    fields
        .optional("bodyStarts")
        .map(CaseNode::text)
        .ifPresent(
            wanted -> each.add(check("bodyStarts", false, o -> starts(wanted, o.answer().body()))));
    each("complete", CaseNode::flag, outcome -> outcome.answer().complete());
    each("cluster", CaseNode::text, CallOutcome::cluster);
    headers("headers", outcome -> outcome.answer().headers());
    Set<ResponseFlag> flags =
        fields.read("flags", Set.of(), node -> Set.copyOf(node.items(ExpectationReader::flag)));
    // A burst that expects several statuses cannot name the flags of each call, only count them.
    if (!fields.has("statusCounts")) {
      Set<ResponseFlag> sorted = sorted(flags);
      each.add(check("flags", false, outcome -> differs(sorted, sorted(outcome.flags()))));
    }
  }

  private void attempts() {
    each("hosts", node -> node.items(CaseNode::text), CallOutcome::hosts);
    each("attempts", CaseNode::integer, outcome -> outcome.attempts().size());
    fields
        .optional("sent")
        .map(node -> node.items(HeaderExpectation::read))
        .ifPresent(
            wanted -> each.add(check("sent", false, o -> sentDiffers(wanted, o.attempts()))));
  }

  /** Copies that are not expected must not be there. */
  private void mirrors() {
    List<String> hosts = fields.read("mirrors", List.of(), node -> node.items(CaseNode::text));
    each.add(
        check(
            "mirrors",
            false,
            o -> differs(hosts, o.mirrors().stream().map(Attempted::host).toList())));
    fields
        .optional("mirrored")
        .map(node -> node.items(HeaderExpectation::read))
        .ifPresent(
            wanted -> each.add(check("mirrored", false, o -> sentDiffers(wanted, o.mirrors()))));
  }

  private void times() {
    fields
        .optional("waits")
        .map(node -> node.items(ExpectationReader::times))
        .ifPresent(wanted -> each.add(check("waits", true, o -> waitsDiffer(wanted, o.waits()))));
    fields
        .optional("elapsed")
        .map(ExpectationReader::times)
        .ifPresent(wanted -> each.add(check("elapsed", true, o -> out(wanted, o.elapsedNanos()))));
    fields
        .optional("bounds")
        .ifPresent(
            node ->
                node.entries()
                    .forEach(
                        (name, bounds) -> bounds(draw(bounds), bounds.items(CaseNode::integer))));
  }

  private void totals() {
    counts("hostCounts", outcome -> outcome.hosts());
    counts("statusCounts", outcome -> List.of(Integer.toString(outcome.answer().status())));
    counts("flagCounts", outcome -> outcome.flags().stream().map(ResponseFlag::shortName).toList());
    fields
        .optional("distinctHosts")
        .map(ExpectationReader::count)
        .ifPresent(
            wanted ->
                all.add(
                    new Check("distinctHosts", false, calls -> out(wanted, distinctHosts(calls)))));
  }

  private static long distinctHosts(List<Observed> calls) {
    return calls.stream().flatMap(call -> call.outcome().hosts().stream()).distinct().count();
  }

  private <T> void each(String name, Function<CaseNode, T> reader, Function<CallOutcome, T> seen) {
    fields
        .optional(name)
        .map(reader)
        .ifPresent(wanted -> each.add(check(name, false, o -> differs(wanted, seen.apply(o)))));
  }

  private void headers(String name, Function<CallOutcome, Map<String, List<String>>> seen) {
    fields
        .optional(name)
        .map(HeaderExpectation::read)
        .ifPresent(
            wanted -> each.add(check(name, false, o -> headersDiffer(wanted, seen.apply(o)))));
  }

  private void bounds(Draw draw, List<Integer> wanted) {
    each.add(
        new Check(
            "bounds of " + draw,
            false,
            calls ->
                differs(
                    wanted,
                    calls.get(0).draws().stream()
                        .filter(drawn -> drawn.draw() == draw)
                        .map(drawn -> drawn.bound())
                        .toList())));
  }

  /** Counts over all calls of the step; a key may name several values, divided by blanks. */
  private void counts(String name, Function<CallOutcome, List<String>> seen) {
    fields
        .optional(name)
        .map(CaseNode::entries)
        .orElse(Map.of())
        .forEach(
            (key, node) -> {
              Range wanted = count(node);
              List<String> values = List.of(key.split(" "));
              all.add(
                  new Check(
                      name + " of " + key,
                      false,
                      calls -> out(wanted, occurrences(values, calls, seen))));
            });
  }

  private static long occurrences(
      List<String> values, List<Observed> calls, Function<CallOutcome, List<String>> seen) {
    return calls.stream()
        .flatMap(call -> seen.apply(call.outcome()).stream())
        .filter(values::contains)
        .count();
  }

  private static Check check(
      String field, boolean exactTime, Function<CallOutcome, Optional<String>> rule) {
    return new Check(field, exactTime, calls -> rule.apply(calls.get(0).outcome()));
  }

  private static Optional<String> differs(Object wanted, Object seen) {
    return wanted.equals(seen) ? Optional.empty() : mismatch(wanted, seen);
  }

  private static Optional<String> starts(String wanted, String seen) {
    return seen.startsWith(wanted) ? Optional.empty() : mismatch(wanted, seen);
  }

  private static Optional<String> out(Range wanted, long seen) {
    return wanted.contains(seen) ? Optional.empty() : mismatch(wanted, seen);
  }

  private static Optional<String> headersDiffer(
      HeaderExpectation wanted, Map<String, List<String>> seen) {
    return wanted.isMetBy(seen) ? Optional.empty() : mismatch(wanted, seen);
  }

  private static Optional<String> sentDiffers(
      List<HeaderExpectation> wanted, List<Attempted> attempts) {
    List<Map<String, List<String>>> seen = attempts.stream().map(Attempted::headers).toList();
    boolean well = wanted.size() == seen.size();
    for (int i = 0; well && i < wanted.size(); i++) {
      well = wanted.get(i).isMetBy(seen.get(i));
    }
    return well ? Optional.empty() : mismatch(wanted, seen);
  }

  private static Optional<String> waitsDiffer(List<Range> wanted, List<Long> seen) {
    boolean well = wanted.size() == seen.size();
    for (int i = 0; well && i < wanted.size(); i++) {
      well = wanted.get(i).contains(seen.get(i));
    }
    return well ? Optional.empty() : mismatch(wanted, seen);
  }

  private static Optional<String> mismatch(Object wanted, Object seen) {
    return Optional.of(seen + " (expected: " + wanted + ")");
  }

  private static Set<ResponseFlag> sorted(Set<ResponseFlag> flags) {
    Set<ResponseFlag> sorted = EnumSet.noneOf(ResponseFlag.class);
    sorted.addAll(flags);
    return Collections.unmodifiableSet(sorted);
  }

  private static ResponseFlag flag(CaseNode node) {
    return node.constant(ResponseFlag.class);
  }

  private static Draw draw(CaseNode value) {
    return CallReader.draw(value);
  }

  /** {@code 25ms} or {@code 0ms..25ms}, both ends included. */
  private static Range times(CaseNode node) {
    return CallReader.range(node, CaseNode::nanos);
  }

  private static Range count(CaseNode node) {
    return CallReader.range(node, value -> (long) value.integer());
  }
}
