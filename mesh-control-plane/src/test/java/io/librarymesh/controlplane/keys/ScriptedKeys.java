package io.librarymesh.controlplane.keys;

import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.testkit.FakeTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A cache whose documents are those of a test, which also moves its time. */
public final class ScriptedKeys {

  /** By URI. */
  public final Map<String, String> documents = new ConcurrentHashMap<>();

  /** What was asked for. */
  public final List<String> asked = new CopyOnWriteArrayList<>();

  public final FakeTime time = new FakeTime();
  public final Metrics metrics = new Metrics();
  public final KeyCache cache;

  final List<Runnable> waiting = new ArrayList<>();
  Duration timeout = Duration.ZERO;
  boolean refused;
  private boolean held;

  public ScriptedKeys() {
    cache =
        new KeyCache(
            new KeyDownload(this::get),
            task -> {
              if (held) {
                waiting.add(task);
              } else {
                task.run();
              }
            },
            (task, delay) -> time.schedule(task, delay)::cancel,
            time::nanos,
            new KeyMetrics(metrics),
            () -> {});
  }

  /** Has what is asked for from now on wait for {@link #answer}. */
  void hold() {
    held = true;
  }

  void answer() {
    List<Runnable> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(Runnable::run);
  }

  private String get(String uri, Duration limit) throws IOException {
    asked.add(uri);
    timeout = limit;
    if (refused) {
      throw new RefusedAddress("10.0.0.1 is private");
    }
    String document = documents.get(uri);
    if (document == null) {
      throw new IOException("HTTP 503 (expected: 200)");
    }
    return document;
  }

  /** A set with one new key. */
  public static String newSet() {
    return TestKeys.set(TestKeys.ec("a"));
  }
}
