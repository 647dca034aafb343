package io.librarymesh.server;

import io.librarymesh.identity.SvidRefusal;
import io.librarymesh.time.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What came in and what was refused, since the start. Any thread. */
public final class InboundCounts {
  private static final Logger LOG = System.getLogger(InboundCounts.class.getName());
  private static final long QUIET_NANOS = 1_000_000_000L;

  private final Map<InboundRefusal, Refused> refused = new EnumMap<>(InboundRefusal.class);
  private final Map<SvidRefusal, LongAdder> certificates = new EnumMap<>(SvidRefusal.class);
  private final LongAdder plaintext = new LongAdder();
  private final LongAdder mutualTls = new LongAdder();
  private final LongAdder requests = new LongAdder();
  private final LongAdder shadowAllowed = new LongAdder();
  private final LongAdder shadowDenied = new LongAdder();
  private final LongAdder failedOpen = new LongAdder();
  private final AtomicLong failedOpenLogged;
  private final Ticker ticker = Ticker.system();

  /** Nothing came yet. */
  public InboundCounts() {
    failedOpenLogged = new AtomicLong(ticker.nanos() - QUIET_NANOS);
    for (InboundRefusal reason : InboundRefusal.values()) {
      refused.put(reason, new Refused(ticker.nanos() - QUIET_NANOS));
    }
    for (SvidRefusal why : SvidRefusal.values()) {
      certificates.put(why, new LongAdder());
    }
  }

  /** Connections in plaintext that were let in. */
  public long plaintextConnections() {
    return plaintext.sum();
  }

  /** Connections over mutual TLS that were let in. */
  public long mutualTlsConnections() {
    return mutualTls.sum();
  }

  /** Requests that went on to the application. */
  public long allowedRequests() {
    return requests.sum();
  }

  /** Connections and requests that were refused for this reason. */
  public long refused(InboundRefusal reason) {
    return of(reason).count.sum();
  }

  /**
   * Connections whose caller has shown a certificate that does not prove who it is; each is one of
   * {@link InboundRefusal#TLS}, of which the others have shown none, or have failed before.
   */
  public long refused(SvidRefusal why) {
    LongAdder count = certificates.get(why);
    return count == null ? 0 : count.sum();
  }

  /** Requests that policies which are tried out would have let in, one for each such policy set. */
  public long shadowAllowed() {
    return shadowAllowed.sum();
  }

  /** Requests that policies which are tried out would have denied, one for each such policy set. */
  public long shadowDenied() {
    return shadowDenied.sum();
  }

  /**
   * Requests that were let in although their authorizer gave no answer, because its provider says
   * {@code failOpen}.
   */
  public long failedOpen() {
    return failedOpen.sum();
  }

  void failOpen(String message) {
    failedOpen.increment();
    long now = ticker.nanos();
    long last = failedOpenLogged.get();
    if (now - last >= QUIET_NANOS && failedOpenLogged.compareAndSet(last, now)) {
      LOG.log(
          Level.WARNING,
          "library-mesh: not decided by the authorizer, let in: {0}",
          clear(message));
    }
  }

  void shadow(boolean allowed) {
    (allowed ? shadowAllowed : shadowDenied).increment();
  }

  void connected(boolean overTls) {
    (overTls ? mutualTls : plaintext).increment();
  }

  void refuse(SvidRefusal why) {
    LongAdder count = certificates.get(why);
    if (count != null) {
      count.increment();
    }
  }

  void allowed() {
    requests.increment();
  }

  /** Counts, and logs at most once a second for each reason: strangers must not fill the disk. */
  void refuse(InboundRefusal reason, String message) {
    Refused of = of(reason);
    of.count.increment();
    long now = ticker.nanos();
    long last = of.logged.get();
    if (now - last >= QUIET_NANOS && of.logged.compareAndSet(last, now)) {
      LOG.log(Level.WARNING, "library-mesh: refused ({0}): {1}", reason, clear(message));
    }
  }

  private Refused of(InboundRefusal reason) {
    Refused found = refused.get(reason);
    if (found == null) {
      throw new IllegalStateException(reason.name());
    }
    return found;
  }

  /** What strangers sent can be part of it: a line has to stay a line. */
  private static String clear(String message) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < Math.min(message.length(), 500); i++) {
      char c = message.charAt(i);
      out.append(c < ' ' || (c >= 0x7f && c < 0xa0) || c == '\u2028' || c == '\u2029' ? '?' : c);
    }
    return out.toString();
  }

  private static final class Refused {
    private final LongAdder count = new LongAdder();
    private final AtomicLong logged;

    Refused(long logged) {
      this.logged = new AtomicLong(logged);
    }
  }
}
