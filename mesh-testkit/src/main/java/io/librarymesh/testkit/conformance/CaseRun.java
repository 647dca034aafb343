package io.librarymesh.testkit.conformance;

import io.librarymesh.testkit.ScriptedDraws;
import io.librarymesh.testkit.ScriptedDraws.Drawn;
import io.librarymesh.testkit.conformance.Expectation.Observed;
import java.util.ArrayList;
import java.util.List;

/** One run of one case. */
final class CaseRun {
  private final ConformanceDriver driver;
  private final ConformanceCase test;
  private final ScriptedDraws draws;

  CaseRun(ConformanceDriver driver, ConformanceCase test) {
    this.driver = driver;
    this.test = test;
    this.draws = ConformanceRunner.draws(test);
  }

  void run() throws Exception {
    if (test.rejected().isPresent()) {
      checkRejected(test.rejected().get());
      return;
    }
    try (CaseSession session = driver.open(test, draws)) {
      for (int i = 0; i < test.steps().size(); i++) {
        step(session, test.steps().get(i), i + 1);
      }
    }
    draws.assertScriptsUsedUp();
  }

  private void checkRejected(String expected) throws Exception {
    String message;
    if (test.given() instanceof Given.Refused refused) {
      message = refused.message();
    } else {
      message = rejection(expected);
    }
    if (!message.contains(expected)) {
      throw new AssertionError("rejected: " + message + " (expected: with " + expected + ")");
    }
  }

  private String rejection(String expected) throws Exception {
    try {
      driver.open(test, draws).close();
    } catch (RejectedConfigException rejected) {
      return String.valueOf(rejected.getMessage());
    }
    throw new AssertionError("configuration accepted (expected: " + expected + ")");
  }

  private void step(CaseSession session, CaseStep step, int number) throws Exception {
    String place = "step " + number + ": ";
    if (step instanceof CaseStep.Call call) {
      compare(place, call.expect(), calls(session, call.script()));
    } else if (step instanceof CaseStep.Start start) {
      start(place, session, start);
    } else if (step instanceof CaseStep.Release release) {
      release(place, session, release);
    } else if (step instanceof CaseStep.Finish finish) {
      int before = draws.drawn().size();
      CallOutcome outcome = named(session, session.finish(finish.id()));
      compare(place, finish.expect(), List.of(new Observed(outcome, since(before))));
    } else if (step instanceof CaseStep.Cancel cancel) {
      CallOutcome outcome = named(session, session.cancel(cancel.id()));
      compare(place, cancel.expect(), List.of(new Observed(outcome, List.of())));
    } else if (step instanceof CaseStep.Advance advance) {
      session.advance(advance.nanos());
    } else if (step instanceof CaseStep.Names names) {
      session.names(names.answers());
    } else if (step instanceof CaseStep.Update update) {
      session.update(update.given());
    }
  }

  private List<Observed> calls(CaseSession session, CallScript script) throws Exception {
    List<Observed> calls = new ArrayList<>();
    CallScript bound = bound(session, script);
    for (int round = 0; round < script.rounds().size(); round++) {
      int before = draws.drawn().size();
      scriptRound(script, round);
      calls.add(new Observed(named(session, session.call(bound)), since(before)));
    }
    return calls;
  }

  private void start(String place, CaseSession session, CaseStep.Start start) throws Exception {
    scriptRound(start.script(), 0);
    CaseStep.Parked parked = session.start(bound(session, start.script()));
    if (parked != start.parked()) {
      throw new AssertionError(place + "parked: " + parked + " (expected: " + start.parked() + ")");
    }
  }

  private void release(String place, CaseSession session, CaseStep.Release release)
      throws Exception {
    int before = draws.drawn().size();
    var outcome = session.release(release.id());
    if (outcome.isPresent() != release.expect().isPresent()) {
      throw new AssertionError(
          place
              + (outcome.isPresent() ? "ended with " + outcome.get() : "goes on")
              + " (expected: the other)");
    }
    if (outcome.isPresent()) {
      Observed observed = new Observed(named(session, outcome.get()), since(before));
      compare(place, release.expect().orElseThrow(), List.of(observed));
    }
  }

  /** Only cases of sessions have addresses in their headers. */
  private CallScript bound(CaseSession session, CallScript script) {
    return hasSessions() ? session.binding().sessionHosts().bind(script) : script;
  }

  private CallOutcome named(CaseSession session, CallOutcome outcome) {
    return hasSessions() ? session.binding().sessionHosts().name(outcome) : outcome;
  }

  private boolean hasSessions() {
    return test.features().contains("lb.sessions");
  }

  private void scriptRound(CallScript script, int round) {
    script
        .rounds()
        .get(round)
        .forEach(
            (draw, values) ->
                draws.then(draw, values.stream().mapToInt(Integer::intValue).toArray()));
  }

  private List<Drawn> since(int before) {
    List<Drawn> all = draws.drawn();
    return all.subList(before, all.size());
  }

  private void compare(String place, Expectation expect, List<Observed> calls) {
    boolean exactTime = driver.features().contains("time.exact");
    List<String> mismatches = expect.mismatches(calls, exactTime);
    if (!mismatches.isEmpty()) {
      throw new AssertionError(place + String.join("; ", mismatches));
    }
  }
}
