package io.librarymesh.okhttp;

import io.librarymesh.MeshCall;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.MediaType;
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
    caller.bodyBegan();
    if (lastsAsLongAsItLikes(response)) {
      caller.unbound();
    }
    if (attempt.deliverTo(this)) {
      end(null);
      return response;
    }
    caller.whenGone(this::abandon);
    // An upgraded connection is no body; it lasts as long as its users like.
    long bound = response.socket() == null ? mesh.bodyTimeoutNanos() : Long.MAX_VALUE;
    deadline = Deadline.start(caller.scheduler(), bound, this::expire);
    if (deadline == null && !caller.hasTimeout()) {
      return response;
    }
    return response.newBuilder().body(new BoundedBody(response.body(), this)).build();
  }

  /** Neither does OkHttp bound these by its call timeout. */
  private static boolean lastsAsLongAsItLikes(Response response) {
    MediaType type = response.body().contentType();
    boolean events =
        type != null && type.type().equals("text") && type.subtype().equals("event-stream");
    return events || response.socket() != null;
  }

  /**
   * The exchange ended: all was read, or the body was closed, or it broke off.
   *
   * @param failure null when it ended well
   */
  void end(@Nullable IOException failure) {
    if (ended.compareAndSet(false, true)) {
      Deadline.stop(deadline);
      if (failure == null) {
        mesh.onBodyEnd();
      } else {
        mesh.onBodyFailure();
      }
      caller.bodyEnded(failure);
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
      mesh.onBodyFailure();
      attempt.cancel();
      caller.bodyEnded(new InterruptedIOException("timeout"));
    }
  }

  private void abandon() {
    if (ended.compareAndSet(false, true)) {
      Deadline.stop(deadline);
      mesh.cancel();
      caller.bodyEnded(new IOException("Canceled"));
    }
    attempt.cancel();
  }
}
