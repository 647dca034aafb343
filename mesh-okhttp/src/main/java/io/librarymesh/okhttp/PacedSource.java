package io.librarymesh.okhttp;

import io.librarymesh.fault.ResponsePace;
import io.librarymesh.time.Scheduler;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;

/**
 * A body that is given to its caller no faster than the mesh wants. Used by one thread at a time,
 * as every source is; that thread waits, without a lock, until there is more for it or the call is
 * over, and looks at Okio's own timeout before and after.
 */
final class PacedSource extends ForwardingSource {
  private final BufferedSource body;
  private final ResponsePace pace;
  private final Scheduler scheduler;
  private final Delivery delivery;

  PacedSource(BufferedSource body, ResponsePace pace, Scheduler scheduler, Delivery delivery) {
    super(body);
    this.body = body;
    this.pace = pace;
    this.scheduler = scheduler;
    this.delivery = delivery;
  }

  @Override
  public long read(Buffer sink, long byteCount) throws IOException {
    long available = pace.available();
    while (available == 0) {
      if (isAtEnd()) {
        return -1;
      }
      await(pace.nanosToNext());
      available = pace.available();
    }
    long read = super.read(sink, Math.min(byteCount, available));
    if (read > 0) {
      pace.read(read);
    }
    if (read < 0 || delivery.exchangeOver()) {
      boolean unused = isAtEnd();
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    delivery.paced();
    super.close();
  }

  /** Whether the caller has all there is; the delivery hears of it. */
  private boolean isAtEnd() throws IOException {
    boolean end = body.exhausted();
    if (end) {
      delivery.paced();
    }
    return end;
  }

  private void await(long nanos) throws IOException {
    timeout().throwIfReached();
    Slice slice = new Slice();
    Scheduler.Cancellable alarm = scheduler.schedule(slice, nanos);
    try {
      delivery.whenBroken(slice);
      slice.over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      delivery.whenBroken(null);
      alarm.cancel();
    }
    delivery.throwIfBroken();
    timeout().throwIfReached();
  }

  /** Wakes the reader. */
  static final class Slice implements Runnable {
    private final CountDownLatch over = new CountDownLatch(1);

    @Override
    public void run() {
      over.countDown();
    }
  }
}
