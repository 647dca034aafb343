package io.librarymesh.cli.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.ConnectionPool;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Sends requests to helloweb from outside the mesh, as a browser would. */
final class Load implements AutoCloseable {
  private final HttpUrl url;
  private final OkHttpClient client =
      new OkHttpClient.Builder()
          .connectionPool(new ConnectionPool(128, 1, TimeUnit.MINUTES))
          .readTimeout(20, TimeUnit.SECONDS)
          .build();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "load");
            thread.setDaemon(true);
            return thread;
          });

  Load(int port) {
    this.url = new HttpUrl.Builder().scheme("http").host("127.0.0.1").port(port).build();
  }

  /**
   * One answer.
   *
   * @param version of the greeter that answered; empty when none did
   * @param route name of the rule that the call to the greeter took
   * @param caller whom the greeter saw in the certificate of its caller; empty in plaintext
   * @param flags response flags of the call to the greeter, joined with commas
   * @param atNanos when it came, on the clock of {@link System#nanoTime}
   */
  record Answer(
      int status,
      String version,
      String route,
      String caller,
      String flags,
      long tookNanos,
      long atNanos) {
    boolean flagged(String flag) {
      return List.of(flags.split(",")).contains(flag);
    }

    long tookMillis() {
      return TimeUnit.NANOSECONDS.toMillis(tookNanos);
    }
  }

  /**
   * Sends {@code requests}, {@code concurrency} at a time, and returns their answers in the order
   * of arrival.
   */
  Answers send(int requests, int concurrency, Map<String, String> headers)
      throws IOException, InterruptedException {
    AtomicInteger left = new AtomicInteger(requests);
    List<Future<List<Answer>>> workers = new ArrayList<>();
    for (int i = 0; i < concurrency; i++) {
      workers.add(
          threads.submit(
              () -> {
                List<Answer> mine = new ArrayList<>();
                while (left.getAndDecrement() > 0) {
                  mine.add(sendOne(headers));
                }
                return mine;
              }));
    }
    List<Answer> all = new ArrayList<>();
    for (Future<List<Answer>> worker : workers) {
      all.addAll(result(worker));
    }
    return new Answers(all);
  }

  /** Sends {@code requests} one after the other, none before {@code interval} after the last. */
  Answers sendEvery(Duration interval, int requests, Map<String, String> headers)
      throws IOException, InterruptedException {
    List<Answer> answers = new ArrayList<>();
    long due = System.nanoTime();
    for (int i = 0; i < requests; i++) {
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      due = System.nanoTime() + interval.toNanos();
      answers.add(sendOne(headers));
    }
    return new Answers(answers);
  }

  Answer sendOne(Map<String, String> headers) throws IOException {
    long start = System.nanoTime();
    Request request = new Request.Builder().url(url).headers(Headers.of(headers)).build();
    try (Response response = client.newCall(request).execute()) {
      response.body().bytes();
      long end = System.nanoTime();
      return new Answer(
          response.code(),
          response.header("x-version", ""),
          response.header("x-route", ""),
          response.header("x-caller", ""),
          response.header("x-mesh-response-flags", ""),
          end - start,
          end);
    }
  }

  ExecutorService threads() {
    return threads;
  }

  static <T> T result(Future<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IOException("a request to helloweb failed", e.getCause());
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    client.connectionPool().evictAll();
  }
}
