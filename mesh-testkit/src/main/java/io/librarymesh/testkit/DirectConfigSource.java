package io.librarymesh.testkit;

import io.librarymesh.config.ConfigSource;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.time.Scheduler;
import io.librarymesh.time.Scheduler.Cancellable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Configuration that a test hands over itself. What was handed over last is what a new watcher gets
 * first. Any thread; watchers run on the scheduler's thread, one at a time when that is one thread.
 */
public final class DirectConfigSource implements ConfigSource {
  private final Scheduler scheduler;
  private final Map<String, Update> known = new HashMap<>();
  private final Map<String, List<Watcher>> watchers = new HashMap<>();

  /**
   * A source that knows nothing yet.
   *
   * @param scheduler where watchers are called; with {@link FakeTime} they are called by the next
   *     move of the clock, even one of no length
   */
  public DirectConfigSource(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Configures the target that {@code config} names. */
  public void put(TargetConfig config) {
    publish(config.authority(), new Update.Resolved(config));
  }

  /** Says that there is no such target. */
  public void remove(String authority, String reason) {
    publish(authority, new Update.Absent(reason));
  }

  /** Says that nothing is known of the target yet. */
  public void hold(String authority, String reason) {
    publish(authority, new Update.Pending(reason));
  }

  /** Says that what there is of the target is broken. */
  public void refuse(String authority, String reason) {
    publish(authority, new Update.Refused(reason));
  }

  /** The targets that are being watched. */
  public synchronized List<String> watched() {
    return watchers.keySet().stream().sorted().toList();
  }

  @Override
  public synchronized Cancellable watch(String authority, Watcher watcher) {
    watchers.computeIfAbsent(authority, name -> new ArrayList<>()).add(watcher);
    Update update = known.get(authority);
    if (update != null) {
      scheduler.schedule(() -> deliver(authority, watcher, update), 0);
    }
    return () -> forget(authority, watcher);
  }

  @Override
  public synchronized void close() {
    watchers.clear();
  }

  private synchronized void publish(String authority, Update update) {
    known.put(authority, update);
    for (Watcher watcher : watchers.getOrDefault(authority, List.of())) {
      scheduler.schedule(() -> deliver(authority, watcher, update), 0);
    }
  }

  private void deliver(String authority, Watcher watcher, Update update) {
    synchronized (this) {
      if (!watchers.getOrDefault(authority, List.of()).contains(watcher)) {
        return;
      }
    }
    watcher.onUpdate(update);
  }

  private synchronized void forget(String authority, Watcher watcher) {
    List<Watcher> following = watchers.get(authority);
    if (following != null && following.remove(watcher) && following.isEmpty()) {
      watchers.remove(authority);
    }
  }
}
