package io.librarymesh;

import io.librarymesh.fault.ActiveFaults;
import io.librarymesh.outcome.RetryRules;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.RequestHead;
import io.librarymesh.telemetry.MeshObserver;
import io.librarymesh.time.Ticker;
import io.librarymesh.time.WallClock;

/**
 * What calls take from outside, which a test replaces, and what they have in common.
 *
 * @param hostname what this machine is called; may be empty
 * @param configTimeoutNanos how long the first call to a target waits for its configuration
 */
record Seams(
    Ticker ticker,
    WallClock wallClock,
    RandomSource random,
    MeshObserver observer,
    long configTimeoutNanos,
    String hostname,
    Semantics semantics,
    ActiveFaults activeFaults) {
  boolean isSafe() {
    return semantics == Semantics.STANDARD;
  }

  /** Whether a request may be retried after an upstream may have processed it. */
  boolean mayRepeat(RetryRules rules, RequestHead head) {
    return !isSafe() || rules.mayRepeat(head);
  }
}
