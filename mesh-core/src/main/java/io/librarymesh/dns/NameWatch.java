package io.librarymesh.dns;

import io.librarymesh.config.DnsDiscovery;
import io.librarymesh.config.DnsDiscovery.AfterFailure;
import io.librarymesh.config.DnsDiscovery.Refresh;
import io.librarymesh.dns.NameResolver.Answer;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.time.Scheduler;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One name that is looked up again and again, and its last good answer. Source: Envoy {@code
 * StrictDnsClusterImpl::ResolveTarget} and {@code LogicalDnsCluster}.
 *
 * <p>Any thread. What {@link #onChange} runs is called without a lock.
 */
final class NameWatch {
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  /** Who waits for a name longer goes without; the lookup itself goes on. */
  static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final int MAX_DOUBLINGS = 30;

  private final String name;
  private final DnsDiscovery discovery;
  private final NameResolver resolver;
  private final Scheduler scheduler;
  private final RandomSource random;
  private final Runnable onChange;

  /** The addresses in force. Volatile for those who only look. */
  private volatile List<String> addresses = List.of();

  private volatile boolean answered;

  /** Guarded by {@code this}, as is all that follows. */
  private boolean asked;

  private boolean closed;
  private int failures;
  private Scheduler.@Nullable Cancellable next;
  private Scheduler.@Nullable Cancellable patience;

  NameWatch(
      String name,
      DnsDiscovery discovery,
      NameResolver resolver,
      Scheduler scheduler,
      RandomSource random,
      Runnable onChange) {
    this.name = name;
    this.discovery = discovery;
    this.resolver = resolver;
    this.scheduler = scheduler;
    this.random = random;
    this.onChange = onChange;
  }

  /** The last good answer; empty before there is one. */
  List<String> addresses() {
    return addresses;
  }

  /** Whether the first lookup has ended, well or not, or has taken too long. */
  boolean answered() {
    return answered;
  }

  /** Starts a lookup, unless the last one is still on its way. */
  void lookup() {
    synchronized (this) {
      next = null;
      if (closed || asked) {
        return;
      }
      asked = true;
      patience = scheduler.schedule(this::stopWaiting, ANSWER_NANOS);
    }
    try {
      resolver.resolve(name, this::onAnswer);
    } catch (RuntimeException e) {
      onAnswer(new Answer.Failure(e.toString()));
    }
  }

  synchronized void close() {
    closed = true;
    cancel(next);
    cancel(patience);
  }

  private static void cancel(Scheduler.@Nullable Cancellable task) {
    if (task != null) {
      task.cancel();
    }
  }

  private void stopWaiting() {
    if (!answered) {
      answered = true;
      onChange.run();
    }
  }

  private void onAnswer(Answer answer) {
    boolean changed;
    synchronized (this) {
      if (closed || !asked) {
        return;
      }
      asked = false;
      cancel(patience);
      changed = !answered;
      answered = true;
      if (answer instanceof Answer.Addresses found) {
        failures = 0;
        changed |= take(LookupFamily.of(discovery.family(), found.addresses()));
      } else {
        failures++;
      }
      next = scheduler.schedule(this::lookup, delayNanos(answer));
    }
    if (changed) {
      onChange.run();
    }
  }

  /** Whether that is news: answers come in any order, which matters only to a lone host. */
  private boolean take(List<String> found) {
    boolean one = discovery.hosts() == DnsDiscovery.Hosts.ONE_FOR_THE_NAME;
    if (one && found.isEmpty()) {
      return false;
    }
    List<String> taken = one ? found.subList(0, 1) : found;
    if (new HashSet<>(taken).equals(new HashSet<>(addresses))) {
      return false;
    }
    addresses = List.copyOf(taken);
    return true;
  }

  private long delayNanos(Answer answer) {
    Refresh refresh = discovery.refresh();
    if (answer instanceof Answer.Addresses found) {
      boolean byTtl = refresh.respectsTtl() && found.ttlNanos() > 0;
      long interval = byTtl ? Math.max(MILLISECOND, found.ttlNanos()) : refresh.intervalNanos();
      return interval + drawn(refresh.jitterNanos(), Draw.DNS_JITTER);
    }
    AfterFailure failure = refresh.failure();
    if (failure.baseNanos() == 0) {
      return refresh.intervalNanos();
    }
    long bound = failure.maxNanos() >> Math.min(MAX_DOUBLINGS, failures - 1);
    long ceiling =
        failure.baseNanos() > bound
            ? failure.maxNanos()
            : failure.baseNanos() << Math.min(MAX_DOUBLINGS, failures - 1);
    return Math.max(MILLISECOND, drawn(ceiling, Draw.DNS_BACK_OFF));
  }

  private long drawn(long widthNanos, Draw draw) {
    int millis = (int) Math.min(Integer.MAX_VALUE, widthNanos / MILLISECOND);
    return millis <= 0 ? 0 : random.nextInt(millis, draw) * MILLISECOND;
  }
}
