package io.librarymesh.okhttp.upstream;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads for what blocks: shared by all cases, since a case needs many for a moment. */
public final class Daemons {
  /** Takes any number of tasks at a time. */
  public static final ExecutorService POOL =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "conformance");
            thread.setDaemon(true);
            // OkHttp tells the call of it and throws it once more.
            thread.setUncaughtExceptionHandler((failed, e) -> {});
            return thread;
          });

  private Daemons() {}

  /** Runs what ends with the connection that it reads. */
  static Future<?> run(Reading task) {
    return POOL.submit(
        () -> {
          try {
            task.run();
          } catch (IOException closed) {
            // By either side.
          }
        });
  }

  @FunctionalInterface
  interface Reading {
    void run() throws IOException;
  }
}
