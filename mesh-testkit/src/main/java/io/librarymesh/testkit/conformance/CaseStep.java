package io.librarymesh.testkit.conformance;

import io.librarymesh.dns.NameResolver.Answer;
import java.util.Map;
import java.util.Optional;

/** One line of a case's {@code calls}. */
public sealed interface CaseStep {
  /** Calls and waits for the end, as often as the script says. */
  record Call(CallScript script, Expectation expect) implements CaseStep {}

  /** Starts a call, which must come to stand where {@code parked} says. */
  record Start(CallScript script, Parked parked) implements CaseStep {}

  /**
   * Lets the upstream give a started call its next answer. The call goes on until it is at an
   * upstream again or has ended.
   *
   * @param expect what the call has come to; empty when it must not have ended
   */
  record Release(String id, Optional<Expectation> expect) implements CaseStep {}

  /** Lets a started call go on to its end. */
  record Finish(String id, Expectation expect) implements CaseStep {}

  /** The caller of a started call goes away. */
  record Cancel(String id, Expectation expect) implements CaseStep {}

  /** Time passes. */
  record Advance(long nanos) implements CaseStep {}

  /** What names stand for from now on; addresses are logical hosts. */
  record Names(Map<String, Answer> answers) implements CaseStep {
    public Names {
      answers = Map.copyOf(answers);
    }
  }

  /** The configuration changes. */
  record Update(Given given) implements CaseStep {}

  /** Where a started call stands. */
  enum Parked {
    /** An upstream has the request, or is being connected to. */
    SENT,
    /** The call waits for its turn. */
    QUEUED
  }
}
