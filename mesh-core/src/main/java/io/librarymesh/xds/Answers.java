package io.librarymesh.xds;

import io.librarymesh.time.Scheduler.Cancellable;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Acknowledges and refuses the responses of one type on one stream. Event loop only. */
final class Answers {
  /** A server's log is no place for more. */
  private static final int MAX_ERROR_CHARS = 8_192;

  /** Sends an answer. */
  @FunctionalInterface
  interface Sender {
    /**
     * Sends one.
     *
     * @param error what was wrong; empty to acknowledge
     */
    void send(String nonce, Optional<com.google.rpc.Status> error);
  }

  private final EventLoop loop;
  private final Sender sender;
  private final NackPace pace = new NackPace();
  private @Nullable Refusal pending;

  Answers(EventLoop loop, Sender sender) {
    this.loop = loop;
    this.sender = sender;
  }

  /** Answers a response, which has been dealt with. */
  void answer(String nonce, List<String> errors) {
    if (errors.isEmpty()) {
      sendPending();
      pace.accepted();
      sender.send(nonce, Optional.empty());
      return;
    }
    cancel(); // the later response is the one to speak of
    pending = new Refusal(nonce, errors);
    long wait = pace.waitNanos(loop.nanos());
    if (wait <= 0) {
      sendPending();
    } else {
      pending.timer = loop.schedule(this::sendPending, wait);
    }
  }

  /** Sends a refusal that waits, now; returns whether there was one. */
  boolean sendPending() {
    Refusal refusal = pending;
    if (refusal == null) {
      return false;
    }
    cancel();
    pace.refused(loop.nanos());
    sender.send(refusal.nonce, Optional.of(status(refusal.errors)));
    return true;
  }

  void cancel() {
    if (pending != null) {
      pending.timer.cancel();
      pending = null;
    }
  }

  private static com.google.rpc.Status status(List<String> errors) {
    String text = String.join("\n", errors);
    return com.google.rpc.Status.newBuilder()
        .setCode(io.grpc.Status.Code.INVALID_ARGUMENT.value())
        .setMessage(
            text.length() <= MAX_ERROR_CHARS
                ? text
                : text.substring(0, MAX_ERROR_CHARS) + "\n(cut short)")
        .build();
  }

  private static final class Refusal {
    final String nonce;
    final List<String> errors;
    Cancellable timer = () -> {};

    Refusal(String nonce, List<String> errors) {
      this.nonce = nonce;
      this.errors = errors;
    }
  }
}
