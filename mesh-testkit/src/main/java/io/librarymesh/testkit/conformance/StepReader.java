package io.librarymesh.testkit.conformance;

import io.librarymesh.testkit.conformance.CaseStep.Parked;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads {@code calls}: one step per line. */
final class StepReader {
  private static final List<String> KINDS =
      List.of("start", "release", "finish", "cancel", "advance", "update", "names");

  private final String target;
  private final Function<CaseNode, Given> update;

  /**
   * A reader of steps.
   *
   * @param target of calls that name none
   * @param update reads a change of configuration; called in the order of the steps
   */
  StepReader(String target, Function<CaseNode, Given> update) {
    this.target = target;
    this.update = update;
  }

  List<CaseStep> steps(CaseNode node) {
    return node.items(this::step);
  }

  private CaseStep step(CaseNode node) {
    CaseFields fields = node.fields();
    Optional<CaseNode> kind = fields.oneOf(KINDS);
    CaseStep step = kind.map(key -> step(key, fields)).orElseGet(() -> call(fields));
    fields.end();
    return step;
  }

  private CaseStep step(CaseNode kind, CaseFields fields) {
    return switch (kind.key()) {
      case "start" -> start(kind.text(), fields);
      case "release" ->
          new CaseStep.Release(
              kind.text(), fields.optional("expect").map(ExpectationReader::expectation));
      case "finish" -> new CaseStep.Finish(kind.text(), expect(fields));
      case "cancel" -> new CaseStep.Cancel(kind.text(), expect(fields));
      case "advance" -> new CaseStep.Advance(kind.nanos());
      case "names" -> new CaseStep.Names(DnsReader.answers(kind));
      default -> new CaseStep.Update(update.apply(kind));
    };
  }

  private CaseStep start(String id, CaseFields fields) {
    CallScript script = CallReader.call(id, fields, target);
    Parked parked = fields.read("parked", Parked.SENT, node -> node.constant(Parked.class));
    return new CaseStep.Start(script, parked);
  }

  private CaseStep call(CaseFields fields) {
    CallScript script = CallReader.call("", fields, target);
    return new CaseStep.Call(script, expect(fields));
  }

  private static Expectation expect(CaseFields fields) {
    return ExpectationReader.expectation(fields.required("expect"));
  }
}
