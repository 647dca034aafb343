package io.librarymesh.okhttp;

import io.librarymesh.config.Body;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Source;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A body that is copied while its caller reads it, because others will get the same answer. Used by
 * one thread at a time, as every source is.
 *
 * <p>Nobody waits longer for this. Once the exchange has ended nothing is left to wait for: what
 * OkHttp still holds, such as the rest of what was compressed, is taken at once, so that the end
 * does not depend on whether the caller reads to it. A parser that stops behind its last bracket
 * closes the body without having seen its end; then the rest is read as OkHttp does itself to use
 * the connection again, in 100 ms at most.
 */
final class CapturedSource extends ForwardingSource {
  /** What OkHttp grants a body that is closed early. */
  private static final long GRACE_MILLIS = 100;

  private static final long SEGMENT = 8192;

  private final Delivery delivery;
  private final int most;

  /** Read before the caller asked for it. */
  private final Buffer ahead = new Buffer();

  /** Null when nothing is copied any more. */
  private @Nullable Buffer copy = new Buffer();

  private boolean exhausted;
  private @Nullable IOException failure;

  /**
   * @param most the bytes that are wanted at most
   */
  CapturedSource(Source delegate, int most, Delivery delivery) {
    super(delegate);
    this.most = most;
    this.delivery = delivery;
  }

  @Override
  public long read(Buffer sink, long byteCount) throws IOException {
    if (!ahead.exhausted()) {
      return ahead.read(sink, byteCount);
    }
    if (failure != null) {
      throw failure;
    }
    if (exhausted) {
      return -1;
    }
    long read = fetch(sink, byteCount);
    readAhead();
    return read;
  }

  @Override
  public void close() throws IOException {
    if (copy != null) {
      readRest();
    }
    drop();
    super.close();
  }

  /** Takes what is left of an exchange that has ended. */
  void readAhead() {
    while (copy != null && delivery.exchangeOver()) {
      try {
        fetch(ahead, SEGMENT);
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  private long fetch(Buffer sink, long byteCount) throws IOException {
    long read;
    try {
      read = super.read(sink, byteCount);
    } catch (IOException | RuntimeException e) {
      drop();
      throw e;
    }
    if (read == -1) {
      exhausted = true;
      end();
    } else {
      keep(sink, read);
    }
    return read;
  }

  private void keep(Buffer from, long last) {
    if (copy != null && copy.size() + last > most) {
      copy = null;
      delivery.tooLarge();
    } else if (copy != null) {
      from.copyTo(copy, from.size() - last, last);
    }
  }

  private void end() {
    if (copy != null) {
      byte[] bytes = copy.readByteArray();
      copy = null;
      delivery.captured(Body.of(bytes));
    }
  }

  private void drop() {
    if (copy != null) {
      copy = null;
      delivery.notCaptured();
    }
  }

  private void readRest() {
    Timeout timeout = timeout();
    boolean bounded = timeout.hasDeadline();
    long bound = bounded ? timeout.deadlineNanoTime() : 0;
    timeout.deadline(GRACE_MILLIS, TimeUnit.MILLISECONDS);
    if (bounded && bound < timeout.deadlineNanoTime()) {
      timeout.deadlineNanoTime(bound);
    }
    try {
      while (copy != null) {
        fetch(ahead, SEGMENT);
      }
    } catch (IOException e) {
      // The caller has what it wanted; the copy is given up.
      failure = e;
    } finally {
      if (bounded) {
        timeout.deadlineNanoTime(bound);
      } else {
        timeout.clearDeadline();
      }
    }
  }
}
