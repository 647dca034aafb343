package io.librarymesh.cli;

import io.librarymesh.telemetry.AttemptRecord;
import io.librarymesh.telemetry.CallRecord;
import io.librarymesh.telemetry.MeshObserver;
import io.librarymesh.telemetry.ResponseFlag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a series of calls came to: counted on the caller's side and, as an observer, inside the
 * mesh. Any thread.
 */
final class CallSummary implements MeshObserver {
  private static final int MAX_FAILURES = 20;
  private static final int LONGEST_LINE = 300;

  private final Map<String, Integer> statuses = new TreeMap<>();
  private final Map<String, Integer> flags = new TreeMap<>();
  private final Map<String, Integer> errors = new TreeMap<>();
  private final Map<String, EndpointCount> endpoints = new TreeMap<>();
  private final Latencies latencies = new Latencies();
  private final Latencies firstLatencies = new Latencies();
  private final Map<String, String> failures = new TreeMap<>();
  private int requests;
  private int attempts;
  private @Nullable Last last;

  /**
   * The last response as the caller saw it.
   *
   * @param flag the response flags, joined with a comma; empty when there are none
   * @param body its first 4 KiB
   */
  record Last(int status, String flag, Map<String, String> headers, String body) {}

  /** Attempts at one endpoint; {@code ok} are answers below 500. */
  record EndpointCount(
      String address, Map<String, String> labels, int attempts, int ok, int failed) {
    EndpointCount plus(boolean good) {
      return new EndpointCount(
          address, labels, attempts + 1, ok + (good ? 1 : 0), failed + (good ? 0 : 1));
    }
  }

  /**
   * The caller got a response.
   *
   * @param first whether it is the first of its thread, which loads code and connects
   */
  synchronized void responded(Last response, long durationNanos, boolean first) {
    requests++;
    statuses.merge(Integer.toString(response.status()), 1, Integer::sum);
    latencies(first).add(durationNanos);
    last = response;
    if (response.status() >= 400 && failures.size() < MAX_FAILURES) {
      String kind = (response.status() + " " + response.flag()).strip();
      failures.putIfAbsent(kind, firstLine(response.body()));
    }
  }

  private static String firstLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "..." : line;
  }

  /** The caller got an exception. */
  synchronized void failed(String kind, long durationNanos, boolean first) {
    requests++;
    errors.merge(kind, 1, Integer::sum);
    latencies(first).add(durationNanos);
  }

  private Latencies latencies(boolean first) {
    return first ? firstLatencies : latencies;
  }

  /** Of the calls that had nothing to start up; where there are none, of the others. */
  private Latencies measured() {
    return latencies.size() == 0 ? firstLatencies : latencies;
  }

  @Override
  public synchronized void onCallEnd(CallRecord call) {
    for (ResponseFlag flag : call.flags()) {
      flags.merge(flag.shortName(), 1, Integer::sum);
    }
    for (AttemptRecord attempt : call.attempts()) {
      attempts++;
      if (attempt.endpoint() != null) {
        boolean good = attempt.status() > 0 && attempt.status() < 500;
        String address = attempt.endpoint().hostPort();
        EndpointCount before =
            endpoints.getOrDefault(
                address, new EndpointCount(address, attempt.endpoint().labels(), 0, 0, 0));
        endpoints.put(address, before.plus(good));
      }
    }
  }

  synchronized int requests() {
    return requests;
  }

  synchronized Map<String, Integer> statuses() {
    return Map.copyOf(statuses);
  }

  synchronized Map<String, Integer> flags() {
    return Map.copyOf(flags);
  }

  synchronized Map<String, Integer> errors() {
    return Map.copyOf(errors);
  }

  /** Whether a call got no response, or one of 500 and more. */
  synchronized boolean anyFailed() {
    return !errors.isEmpty()
        || statuses.keySet().stream().anyMatch(status -> Integer.parseInt(status) >= 500);
  }

  synchronized List<EndpointCount> endpoints() {
    return List.copyOf(endpoints.values());
  }

  /** The keys that {@code meshctl call -o json} prints, in their order. */
  synchronized Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("requests", requests);
    json.put("attempts", attempts);
    json.put("statuses", new TreeMap<>(statuses));
    json.put("flags", new TreeMap<>(flags));
    json.put("errors", new TreeMap<>(errors));
    json.put("endpoints", new ArrayList<>(endpoints.values()));
    json.put("latency_ms", measured().milliseconds());
    json.put("latency_includes_start_up", latencies.size() == 0);
    json.put("start_up_ms", firstLatencies.milliseconds().get("max"));
    if (last != null) {
      json.put("last", last);
    }
    return json;
  }

  /** The same for people. */
  synchronized String toTable() {
    StringBuilder out = new StringBuilder();
    line(out, "requests", requests + ", in " + attempts + " attempts");
    line(out, "statuses", counts(statuses));
    line(out, "flags", counts(flags));
    line(out, "errors", counts(errors));
    line(
        out,
        "latency",
        measured().milliseconds().entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue() + " ms")
                .collect(Collectors.joining(", "))
            + startUp());
    if (!endpoints.isEmpty()) {
      out.append(
          String.format(
              "%n%-24s %10s %8s %8s  %s%n", "endpoint", "attempts", "ok", "failed", "labels"));
      for (EndpointCount e : endpoints.values()) {
        out.append(
            String.format(
                "%-24s %10d %8d %8d  %s%n",
                e.address(), e.attempts(), e.ok(), e.failed(), labels(e)));
      }
    }
    if (requests > 1 && !failures.isEmpty()) {
      out.append(String.format("%nthe first of each kind of failure%n"));
      failures.forEach((kind, text) -> out.append(String.format("%-10s %s%n", kind, text)));
    }
    if (last != null && requests == 1) {
      out.append(String.format("%n%s%n", last.body()));
    }
    return out.toString();
  }

  /** What of the times is that code had to be loaded and connections to be made. */
  private String startUp() {
    if (latencies.size() == 0) {
      return "; with start-up";
    }
    String first =
        firstLatencies.size() == 1
            ? "the first call, with start-up, "
            : "the first calls of " + firstLatencies.size() + " threads, with start-up, up to ";
    return "; left out: " + first + firstLatencies.milliseconds().get("max") + " ms";
  }

  private static void line(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      out.append(String.format("%-10s %s%n", name, value));
    }
  }

  private static String counts(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .map(e -> e.getKey() + ": " + e.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String labels(EndpointCount endpoint) {
    return new TreeMap<>(endpoint.labels())
        .entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(","));
  }
}
