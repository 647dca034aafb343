package io.librarymesh.okhttp;

import io.librarymesh.MeshCall;
import io.librarymesh.config.Body;
import io.librarymesh.fault.ResponsePace;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import okhttp3.MediaType;
import okhttp3.Response;
import okio.BufferedSource;
import okio.Source;
import org.jspecify.annotations.Nullable;

/**
 * A response in the hands of the caller, until its body ends. The end may come from the thread that
 * reads, from one that cancels, or from the timer; whichever is first ends the mesh call.
 */
final class Delivery {
  private final MeshCall mesh;
  private final Attempt attempt;
  private final Caller caller;

  /** What ran out; null while nothing has. */
  private volatile @Nullable String expired;

  private volatile boolean exchangeOver;
  private volatile boolean broken;
  private volatile @Nullable Runnable waiting;
  private volatile @Nullable Deadline deadline;
  private volatile @Nullable Deadline moving;

  // Under the lock, which orders what threads tell the mesh call.
  private boolean ended;

  /** Whether the caller gets the body more slowly than it comes, so that its end is not the end. */
  private boolean pacing;

  /** The response whose body is copied; null when none is, or not any more. */
  private @Nullable Response captured;

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
    // An upgraded connection is no body; it lasts as long as its users like.
    boolean upgraded = response.socket() != null;
    int wanted = upgraded ? 0 : mesh.wantedBytes();
    CapturedSource copied = wanted > 0 ? capture(response, wanted) : null;
    Optional<ResponsePace> pace = upgraded ? Optional.empty() : mesh.bodyPace();
    setPacing(pace.isPresent());
    if (attempt.deliverTo(this)) {
      setPacing(false);
      end(null);
      if (copied == null) {
        return response;
      }
      copied.readAhead();
      return withBody(response, copied);
    }
    caller.whenGone(this::abandon);
    long bound = upgraded ? Long.MAX_VALUE : mesh.bodyTimeoutNanos();
    deadline = Deadline.start(caller.scheduler(), bound, this::expire);
    boolean watched = !upgraded && mesh.boundsSilence();
    if (watched) {
      moving = Deadline.ofSilence(caller.scheduler(), mesh, this::expire);
    }
    if (copied != null) {
      return withBody(response, copied);
    }
    if (pace.isPresent()) {
      BufferedSource body = response.body().source();
      return withBody(response, new PacedSource(body, pace.get(), caller.scheduler(), this));
    }
    boolean bounded = deadline != null || watched || caller.hasTimeout();
    return bounded ? withBody(response, response.body().source()) : response;
  }

  private synchronized void setPacing(boolean slowed) {
    pacing = slowed;
  }

  /** The caller has the whole body, or wants no more of it. */
  void paced() {
    setPacing(false);
    if (exchangeOver) {
      end(null);
    }
  }

  /** Runs {@code action}, once or twice, when nothing more can be read; at once if that is so. */
  void whenBroken(@Nullable Runnable action) {
    waiting = action;
    if (broken && action != null) {
      action.run();
    }
  }

  void throwIfBroken() throws IOException {
    if (broken) {
      throw new IOException("Canceled");
    }
  }

  private void breakOff() {
    broken = true;
    Runnable now = waiting;
    if (now != null) {
      now.run();
    }
    attempt.cancel();
  }

  private CapturedSource capture(Response response, int wanted) {
    synchronized (this) {
      captured = response;
    }
    return new CapturedSource(response.body().source(), wanted, this);
  }

  private Response withBody(Response response, Source content) {
    return response.newBuilder().body(new BoundedBody(response.body(), content, this)).build();
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
    exchangeOver = true;
    synchronized (this) {
      if (failure == null && (captured != null || pacing)) {
        // The last bytes are on their way yet: OkHttp tells this before it hands them out.
        return;
      }
    }
    if (first()) {
      stopClocks();
      tell(failure);
      caller.bodyEnded(failure);
    }
  }

  /** Whether nothing more comes over the network. */
  boolean exchangeOver() {
    return exchangeOver;
  }

  /** The body is there as a whole. */
  void captured(Body body) {
    Response response;
    synchronized (this) {
      response = captured;
      captured = null;
    }
    if (response != null && first()) {
      stopClocks();
      mesh.onBodyEnd(StoredAnswer.of(response, body));
      caller.bodyEnded(null);
    }
  }

  /** The body is more than is wanted; it goes on. */
  void tooLarge() {
    synchronized (this) {
      captured = null;
      if (!ended) {
        mesh.onBodyTooLarge();
      }
    }
    if (exchangeOver) {
      end(null);
    }
  }

  /** The body was closed or broke off before it was there as a whole. */
  void notCaptured() {
    synchronized (this) {
      captured = null;
    }
    if (exchangeOver) {
      end(null);
    }
  }

  private void tell(@Nullable IOException failure) {
    if (failure == null) {
      mesh.onBodyEnd();
    } else if (failure instanceof InterruptedIOException) {
      // The caller's own read timeout or its thread; the upstream has done nothing wrong.
      mesh.cancel();
    } else {
      mesh.onBodyFailure(attempt.brokenOff(failure));
    }
  }

  /** What the reader is told when reading fails. */
  IOException reason(IOException e) {
    String words = expired;
    if (words == null && !caller.isTimedOut()) {
      return e;
    }
    String text = words == null ? "timeout" : words + " while the body was read";
    InterruptedIOException timeout = new InterruptedIOException(text);
    timeout.initCause(e);
    return timeout;
  }

  private synchronized boolean first() {
    boolean first = !ended;
    ended = true;
    return first;
  }

  private void stopClocks() {
    Deadline.stop(deadline);
    Deadline.stop(moving);
  }

  /** Some of the body is there. */
  void received() {
    mesh.onBytesReceived();
  }

  private void expire() {
    if (first()) {
      stopClocks();
      expired = mesh.onBodyTimeout();
      breakOff();
      caller.bodyEnded(new InterruptedIOException("timeout"));
    }
  }

  private void abandon() {
    if (first()) {
      stopClocks();
      mesh.cancel();
      caller.bodyEnded(new IOException("Canceled"));
    }
    breakOff();
  }
}
