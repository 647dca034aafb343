package io.librarymesh.okhttp;

import io.librarymesh.MeshCall;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * A response in the hands of the caller, until its body ends. The end may come from the thread that
 * reads, from one that cancels, or from the watchdog; whichever is first ends the mesh call.
 */
final class Delivery {
  private final MeshCall mesh;
  private final Attempt attempt;
  private final Caller caller;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean expired;
  private volatile @Nullable Deadline deadline;

  Delivery(MeshCall mesh, Attempt attempt, Caller caller) {
    this.mesh = mesh;
    this.attempt = attempt;
    this.caller = caller;
  }

  /** The response to give to the caller. */
  Response begin(Response response) {
    if (attempt.deliverTo(this)) {
      end(true);
      return response;
    }
    caller.whenGone(this::abandon);
    // An upgraded connection is no body; it lasts as long as its users like.
    long bound = response.socket() == null ? mesh.bodyTimeoutNanos() : Long.MAX_VALUE;
    deadline = Deadline.start(bound, this::expire);
    if (deadline == null && !caller.hasTimeout()) {
      return response;
    }
    return response.newBuilder().body(new BoundedBody(response.body(), this)).build();
  }

  /** The exchange ended: all was read, or the body was closed, or it broke off. */
  void end(boolean well) {
    if (ended.compareAndSet(false, true)) {
      Deadline.stop(deadline);
      caller.finish();
      if (well) {
        mesh.onBodyEnd();
      } else {
        mesh.onBodyFailure();
      }
    }
  }

  /** What the reader is told when reading fails. */
  IOException reason(IOException e) {
    if (!expired && !caller.isTimedOut()) {
      return e;
    }
    String text = expired ? "upstream request timeout while the body was read" : "timeout";
    InterruptedIOException timeout = new InterruptedIOException(text);
    timeout.initCause(e);
    return timeout;
  }

  private void expire() {
    expired = true;
    if (ended.compareAndSet(false, true)) {
      caller.finish();
      mesh.onBodyFailure();
      attempt.cancel();
    }
  }

  private void abandon() {
    if (ended.compareAndSet(false, true)) {
      Deadline.stop(deadline);
      caller.finish();
      mesh.cancel();
    }
    attempt.cancel();
  }
}
