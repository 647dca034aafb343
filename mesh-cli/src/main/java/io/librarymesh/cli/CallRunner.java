package io.librarymesh.cli;

import io.librarymesh.okhttp.MeshResponse;
import io.librarymesh.telemetry.ResponseFlag;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;

/** Sends one request many times, a number at a time. */
final class CallRunner {
  private static final int KEPT_BODY = 4096;

  private final OkHttpClient client;
  private final CallSummary summary;
  private final Progress progress;

  CallRunner(OkHttpClient client, CallSummary summary, Progress progress) {
    this.client = client;
    this.summary = summary;
    this.progress = progress;
  }

  /** Returns when all calls have ended, or the thread was interrupted. */
  void run(Request request, int requests, int concurrency) throws InterruptedException {
    AtomicInteger left = new AtomicInteger(requests);
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < Math.min(concurrency, requests); i++) {
      Thread worker = new Thread(() -> work(request, left), "call-" + i);
      worker.setDaemon(true);
      worker.start();
      workers.add(worker);
    }
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        progress.show("calls", summary.requests(), requests);
        worker.join(100);
      }
    }
    progress.clear();
  }

  private void work(Request request, AtomicInteger left) {
    boolean first = true;
    while (left.getAndDecrement() > 0) {
      long start = System.nanoTime();
      try (Response response = client.newCall(request).execute()) {
        CallSummary.Last last = read(response);
        summary.responded(last, System.nanoTime() - start, first);
      } catch (IOException e) {
        summary.failed(kind(e), System.nanoTime() - start, first);
      }
      first = false;
    }
  }

  private static CallSummary.Last read(Response response) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String name : response.headers().names()) {
      headers.put(name.toLowerCase(Locale.ROOT), String.join(",", response.headers(name)));
    }
    BufferedSource source = response.body().source();
    source.request(KEPT_BODY);
    byte[] head = source.getBuffer().snapshot().toByteArray();
    String body = new String(head, 0, Math.min(head.length, KEPT_BODY), StandardCharsets.UTF_8);
    // To the end, so that the connection can be used again and a broken body counts as a failure.
    while (!source.exhausted()) {
      source.skip(source.getBuffer().size());
    }
    String flag =
        MeshResponse.flags(response).stream()
            .map(ResponseFlag::shortName)
            .collect(Collectors.joining(","));
    return new CallSummary.Last(response.code(), flag, headers, body);
  }

  private static String kind(IOException e) {
    if (e instanceof UnknownHostException) {
      return "unknown-host";
    }
    if (e instanceof ConnectException) {
      return "connect";
    }
    return e instanceof InterruptedIOException ? "timeout" : "io: " + e.getMessage();
  }
}
