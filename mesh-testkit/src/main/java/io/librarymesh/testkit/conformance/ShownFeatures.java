package io.librarymesh.testkit.conformance;

import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.random.Draw;
import io.librarymesh.testkit.conformance.ConformanceCase.DrawScript;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What a case needs of a driver, as its own text shows. */
final class ShownFeatures {
  private ShownFeatures() {}

  static Set<String> of(Given given, Map<Draw, DrawScript> draws, List<CaseStep> steps) {
    Set<String> shown = new TreeSet<>();
    if (given instanceof Given.Istio) {
      shown.add("istio");
    }
    if (!draws.isEmpty()) {
      shown.add("draws.scripted");
    }
    steps.forEach(step -> add(step, shown));
    return shown;
  }

  private static void add(CaseStep step, Set<String> shown) {
    if (step instanceof CaseStep.Advance) {
      shown.add("time.exact");
    } else if (step instanceof CaseStep.Names) {
      shown.add("dns");
    } else if (step instanceof CaseStep.Update) {
      shown.add("config.update");
    } else if (step instanceof CaseStep.Start start) {
      shown.add("calls.held");
      add(start.script(), shown);
    } else if (step instanceof CaseStep.Call call) {
      add(call.script(), shown);
    }
  }

  private static void add(CallScript script, Set<String> shown) {
    if (script.rounds().stream().anyMatch(round -> !round.isEmpty())) {
      shown.add("draws.scripted");
    }
    for (Answer answer : answers(script.upstream())) {
      if (!answer.connectsAtOnce()) {
        shown.add("transport.connecting");
      }
      if (answer instanceof Answer.Fail fail) {
        add(fail, shown);
      }
    }
  }

  private static void add(Answer.Fail fail, Set<String> shown) {
    boolean connected = fail.failure() != TransportFailure.CONNECT_FAILURE;
    if (connected && !fail.requestSent()) {
      shown.add("transport.unsent");
    }
    if (fail.failure() == TransportFailure.REMOTE_RESET
        || fail.failure() == TransportFailure.REFUSED_STREAM) {
      shown.add("transport.http2");
    }
  }

  private static Collection<Answer> answers(UpstreamScript script) {
    if (script instanceof UpstreamScript.ByAttempt byAttempt) {
      return byAttempt.answers();
    }
    List<Answer> answers = new ArrayList<>();
    if (script instanceof UpstreamScript.ByHost byHost) {
      answers.addAll(byHost.answers().values());
    }
    return answers;
  }
}
