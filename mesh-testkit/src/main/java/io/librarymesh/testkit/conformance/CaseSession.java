package io.librarymesh.testkit.conformance;

import io.librarymesh.dns.NameResolver.Answer;
import io.librarymesh.testkit.conformance.CaseStep.Parked;
import java.util.Map;
import java.util.Optional;

/**
 * One case under way. Called from one thread. What goes against the script, such as an attempt that
 * nobody wrote an answer for, is an {@link AssertionError}; comparing with what is expected is the
 * runner's work.
 */
public interface CaseSession extends AutoCloseable {
  /** The hosts of the case. */
  HostBinding binding();

  /** Makes one call and comes back when its body has ended. */
  CallOutcome call(CallScript script) throws Exception;

  /**
   * Starts a call and comes back when it stands still: its upstream holds the answer, or it waits
   * for its turn. A turn that comes, and a timeout, are taken without being told.
   */
  Parked start(CallScript script) throws Exception;

  /**
   * Lets the upstream of a started call answer; comes back when the call is at an upstream again,
   * which again holds its answer, or has a response whose body the upstream holds back ({@link
   * Answer.Body#endsAfterNanos} is not zero), or has ended.
   *
   * @return what it came to; empty while it goes on
   */
  Optional<CallOutcome> release(String id) throws Exception;

  /** Lets a started call go on to its end; no answer is held any more. */
  CallOutcome finish(String id) throws Exception;

  /** Ends a started call as its caller would. */
  CallOutcome cancel(String id) throws Exception;

  /** Lets time pass; only for drivers with {@code time.exact}. */
  void advance(long nanos) throws Exception;

  /**
   * Says what names stand for from now on, and to lookups that wait for it; only for drivers with
   * {@code dns}.
   *
   * @param answers by name; their addresses are logical hosts
   */
  default void names(Map<String, Answer> answers) {
    throw new AssertionError("names: " + answers + " (expected: a driver with the feature dns)");
  }

  /**
   * Changes the configuration; when this comes back, new calls see it.
   *
   * @throws RejectedConfigException when the mesh refuses it
   */
  void update(Given given) throws Exception;

  /** Tears everything down. */
  @Override
  void close();
}
