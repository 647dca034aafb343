package io.librarymesh.controlplane.keys;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Fetches keys and keeps them fresh: every 20 minutes; after a failure seven times more, 1 s apart,
 * then after 1 minute, doubling to an hour. Keys that were fetched stay while newer ones cannot be
 * had, for 7 days. What no rule asks for any more is forgotten at once.
 *
 * <p>Methods may be called from any thread. The listener is called with a lock held and must not
 * wait.
 */
public final class KeyCache implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(KeyCache.class.getName());

  private static final int MAX_SOURCES = 200;
  private static final int RETRIES = 7;
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long REFRESH_NANOS = TimeUnit.MINUTES.toNanos(20);
  private static final long FIRST_BACK_OFF_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long LAST_BACK_OFF_NANOS = TimeUnit.MINUTES.toNanos(60);
  private static final long EVICTION_NANOS = TimeUnit.DAYS.toNanos(7);
  private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(30);

  private final KeyDownload download;
  private final Executor fetching;
  private final KeyTimer timer;
  private final LongSupplier nanoTime;
  private final KeyMetrics metrics;
  private final Runnable end;
  private final Map<KeySource, Entry> entries = new LinkedHashMap<>();
  private final Map<KeySource, String> turnedAway = new HashMap<>();
  private final List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
  private Listener listener = (now, changed) -> {};
  private boolean closed;

  /** Hears of keys. */
  @FunctionalInterface
  public interface Listener {

    /**
     * Something is different.
     *
     * @param changed of which the keys are others; empty when problems alone are
     */
    void changed(KeySets now, Set<KeySource> changed);
  }

  /** What is known of the keys of one place; guarded by the cache. */
  private static final class Entry {
    private final KeySource source;
    private Duration timeout;
    private @Nullable String set;
    private long fetchedAt;
    private @Nullable String problem;
    private boolean attempted;
    private int retries;
    private long backOff = FIRST_BACK_OFF_NANOS;
    private Runnable cancel = () -> {};

    private Entry(KeySource source, Duration timeout) {
      this.source = source;
      this.timeout = timeout;
    }
  }

  /** Fetches with threads of its own, which live while there is something to fetch. */
  public static KeyCache fetching(KeySettings settings, KeyMetrics metrics) {
    KeyThreads threads = new KeyThreads();
    return new KeyCache(
        new KeyDownload(new GuardedFetch(settings)),
        threads::fetch,
        threads,
        System::nanoTime,
        metrics,
        threads::close);
  }

  KeyCache(
      KeyDownload download,
      Executor fetching,
      KeyTimer timer,
      LongSupplier nanoTime,
      KeyMetrics metrics,
      Runnable end) {
    this.download = download;
    this.fetching = fetching;
    this.timer = timer;
    this.nanoTime = nanoTime;
    this.metrics = metrics;
    this.end = end;
  }

  /** Tells of every change from now on, one call at a time. */
  public synchronized void follow(Listener newListener) {
    listener = newListener;
  }

  /**
   * Fetches these from now on, and no others; those that are known stay.
   *
   * @param wanted how long each may take
   */
  public synchronized void want(Map<KeySource, Duration> wanted) {
    if (closed) {
      return;
    }
    entries.values().stream()
        .filter(entry -> !wanted.containsKey(entry.source))
        .forEach(entry -> entry.cancel.run());
    boolean changed = entries.keySet().retainAll(wanted.keySet());
    changed |= !turnedAway.isEmpty();
    turnedAway.clear();
    List<Entry> added = new ArrayList<>();
    for (Map.Entry<KeySource, Duration> each : wanted.entrySet()) {
      Entry known = entries.get(each.getKey());
      if (known != null) {
        known.timeout = each.getValue();
      } else if (entries.size() < MAX_SOURCES) {
        Entry entry = new Entry(each.getKey(), each.getValue());
        entries.put(each.getKey(), entry);
        added.add(entry);
      } else {
        turnedAway.put(
            each.getKey(),
            each.getKey().address()
                + ": not fetched (expected: at most "
                + MAX_SOURCES
                + " places with keys in a mesh)");
        changed = true;
      }
    }
    if (changed) {
      tell(Set.of());
    }
    count();
    added.forEach(this::start);
    settle();
  }

  /** Completes when each of those that are wanted now has been tried once, well or not. */
  public synchronized CompletableFuture<Boolean> settled() {
    CompletableFuture<Boolean> settled = new CompletableFuture<>();
    waiting.add(settled);
    settle();
    return settled;
  }

  private void settle() {
    if (entries.values().stream().allMatch(entry -> entry.attempted)) {
      waiting.forEach(each -> each.complete(true));
      waiting.clear();
    }
  }

  private void start(Entry entry) {
    Duration timeout =
        entry.timeout.compareTo(LONGEST_TIMEOUT) < 0 ? entry.timeout : LONGEST_TIMEOUT;
    fetching.execute(
        () -> {
          try {
            succeeded(entry, download.keys(entry.source, timeout));
          } catch (RefusedAddress e) {
            failed(entry, message(e), false);
          } catch (IOException | RuntimeException e) {
            failed(entry, message(e), true);
          }
        });
  }

  private static String message(Exception e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private synchronized void succeeded(Entry entry, String set) {
    if (isForgotten(entry)) {
      return;
    }
    metrics.fetched(true);
    boolean different = !set.equals(entry.set);
    if (entry.problem != null) {
      LOG.log(Level.INFO, "library-mesh: keys of {0} are there", entry.source.address());
    }
    boolean solved = entry.problem != null;
    entry.set = set;
    entry.fetchedAt = nanoTime.getAsLong();
    entry.problem = null;
    entry.retries = 0;
    entry.backOff = FIRST_BACK_OFF_NANOS;
    again(entry, REFRESH_NANOS);
    attempted(entry, different, different || solved);
  }

  private synchronized void failed(Entry entry, String problem, boolean transientOne) {
    if (isForgotten(entry)) {
      return;
    }
    metrics.fetched(false);
    boolean news = !problem.equals(entry.problem);
    if (news) {
      LOG.log(Level.WARNING, "library-mesh: no keys: {0}", problem);
    }
    entry.problem = problem;
    boolean dropped = entry.set != null && nanoTime.getAsLong() - entry.fetchedAt >= EVICTION_NANOS;
    if (dropped) {
      entry.set = null;
    }
    if (transientOne && entry.retries < RETRIES) {
      entry.retries++;
      again(entry, RETRY_NANOS);
    } else {
      entry.retries = 0;
      again(entry, entry.backOff);
      entry.backOff = Math.min(2 * entry.backOff, LAST_BACK_OFF_NANOS);
    }
    attempted(entry, dropped, dropped || news);
  }

  private boolean isForgotten(Entry entry) {
    return closed || entries.get(entry.source) != entry;
  }

  private void again(Entry entry, long delayNanos) {
    entry.cancel = timer.schedule(() -> startAgain(entry), delayNanos);
  }

  private synchronized void startAgain(Entry entry) {
    if (!isForgotten(entry)) {
      start(entry);
    }
  }

  private void attempted(Entry entry, boolean different, boolean news) {
    entry.attempted = true;
    if (news) {
      tell(different ? Set.of(entry.source) : Set.of());
    }
    count();
    settle();
  }

  private void count() {
    long with = entries.values().stream().filter(entry -> entry.set != null).count();
    metrics.known(entries.size(), entries.size() - (int) with);
  }

  private void tell(Set<KeySource> changed) {
    Map<KeySource, String> sets = new HashMap<>();
    Map<KeySource, String> problems = new HashMap<>(turnedAway);
    entries.forEach(
        (source, entry) -> {
          if (entry.set != null) {
            sets.put(source, entry.set);
          }
          if (entry.problem != null) {
            problems.put(source, entry.problem);
          }
        });
    listener.changed(new KeySets(true, sets, problems), changed);
  }

  /** Fetches nothing any more, and tells nobody. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      entries.values().forEach(entry -> entry.cancel.run());
      entries.clear();
      waiting.forEach(each -> each.complete(false));
      waiting.clear();
      end.run();
    }
  }
}
