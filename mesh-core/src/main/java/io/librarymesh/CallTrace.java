package io.librarymesh;

import io.librarymesh.telemetry.AttemptRecord;
import io.librarymesh.telemetry.CallRecord;
import io.librarymesh.telemetry.MeshObserver;
import io.librarymesh.telemetry.ResponseFlag;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the attempts of one call for an observer, which cannot break the call. */
final class CallTrace {
  private static final Logger LOG = System.getLogger(CallTrace.class.getName());

  private final MeshObserver observer;
  private final List<AttemptRecord> attempts = new ArrayList<>(2);

  private CallTrace(MeshObserver observer) {
    this.observer = observer;
  }

  /** Null when nobody observes, so that an unobserved call allocates nothing for it. */
  static @Nullable CallTrace of(MeshObserver observer) {
    return observer == MeshObserver.NONE ? null : new CallTrace(observer);
  }

  void attempt(AttemptRecord attempt) {
    attempts.add(attempt);
  }

  void end(
      String authority,
      String route,
      String cluster,
      int status,
      Set<ResponseFlag> flags,
      long durationNanos) {
    try {
      observer.onCallEnd(
          new CallRecord(authority, route, cluster, status, flags, attempts, durationNanos));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the observer of the mesh failed; the call goes on", e);
    }
  }
}
