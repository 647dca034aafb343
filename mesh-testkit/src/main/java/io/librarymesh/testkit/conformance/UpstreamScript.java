package io.librarymesh.testkit.conformance;

import java.util.List;
import java.util.Map;

/** What the upstreams answer to the attempts of one call. */
public sealed interface UpstreamScript {
  /** The n-th attempt gets the n-th answer, wherever it goes; each answer must be asked for. */
  record ByAttempt(List<Answer> answers) implements UpstreamScript {
    public ByAttempt {
      answers = List.copyOf(answers);
    }
  }

  /**
   * Every attempt at a host gets that host's answer.
   *
   * @param answers by logical host; {@code *} stands for all others
   */
  record ByHost(Map<String, Answer> answers) implements UpstreamScript {
    public ByHost {
      answers = Map.copyOf(answers);
    }
  }

  /**
   * The answer to one attempt.
   *
   * @param attempt counted from one
   * @throws AssertionError when the script does not foresee this attempt
   */
  default Answer answer(int attempt, String host) {
    if (this instanceof ByAttempt script) {
      if (attempt > script.answers().size()) {
        throw new AssertionError(
            "attempt " + attempt + " at " + host + " (expected: " + script.answers().size() + ")");
      }
      return script.answers().get(attempt - 1);
    }
    Map<String, Answer> byHost = ((ByHost) this).answers();
    Answer answer = byHost.getOrDefault(host, byHost.get("*"));
    if (answer == null) {
      throw new AssertionError(
          "attempt at " + host + " (expected: one of " + byHost.keySet() + ")");
    }
    return answer;
  }
}
