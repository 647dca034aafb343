package io.librarymesh.okhttp;

import io.librarymesh.config.Endpoint;
import io.librarymesh.telemetry.CallRecord;
import io.librarymesh.testkit.RecordingObserver;
import io.librarymesh.testkit.conformance.CallOutcome;
import io.librarymesh.testkit.conformance.CallOutcome.Answered;
import io.librarymesh.testkit.conformance.CallOutcome.Attempted;
import io.librarymesh.testkit.conformance.ConformanceCase;
import io.librarymesh.testkit.conformance.HostBinding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the mesh tells its observer of the calls of a case. It must agree with what callers and
 * upstreams saw.
 */
final class CallRecords {
  private final RecordingObserver observer;
  private final HostBinding binding;
  private final Set<CallRecord> taken = Collections.newSetFromMap(new IdentityHashMap<>());

  CallRecords(RecordingObserver observer, HostBinding binding) {
    this.observer = observer;
    this.binding = binding;
  }

  /** What a call that has ended came to. */
  CallOutcome outcome(ScriptedCall call) {
    CallRecord told = take(call);
    return new CallOutcome(
        call.answered(),
        told.cluster(),
        told.flags(),
        call.attempts(),
        call.mirrors(),
        call.waits(),
        call.elapsedNanos());
  }

  /** Of calls that end together, those that look alike are the same to everybody. */
  private CallRecord take(ScriptedCall call) {
    List<CallRecord> left = new ArrayList<>(observer.calls());
    left.removeIf(taken::contains);
    for (CallRecord told : left) {
      if (agrees(told, call)) {
        taken.add(told);
        return told;
      }
    }
    throw new AssertionError(
        "observer was told " + left + " (expected: " + call.answered() + " after " + call + ")");
  }

  private boolean agrees(CallRecord told, ScriptedCall call) {
    if (told.status() != call.answered().status() || told.durationNanos() != call.elapsedNanos()) {
      return false;
    }
    List<String> hosts = call.attempts().stream().map(Attempted::host).toList();
    return call.answered().equals(Answered.NOTHING) || hosts.equals(hosts(told));
  }

  private List<String> hosts(CallRecord told) {
    return told.attempts().stream().map(attempt -> host(attempt.endpoint())).toList();
  }

  private String host(@Nullable Endpoint endpoint) {
    return endpoint == null
        ? ConformanceCase.ORIGINAL_DESTINATION
        : binding.host(endpoint.address(), endpoint.port());
  }
}
