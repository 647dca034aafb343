package io.librarymesh.cli.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One of the workshop's services in a JVM of its own. It ends when its standard input does, so it
 * does not outlive this process even if that one is killed.
 */
final class ServiceProcess implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("^ready on port (\\d+)$");
  private static final int KEPT_LINES = 50;

  private final String name;
  private final Process process;
  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private final List<String> output = new ArrayList<>();

  private ServiceProcess(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /** Starts {@code mainClass} on the class path of this JVM; does not wait for it. */
  static ServiceProcess start(String name, Class<?> mainClass, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Small services that live for a minute: quick to start matters, peak speed does not.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass.getName()));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    ServiceProcess service = new ServiceProcess(name, process);
    Thread reader = new Thread(service::readOutput, name + "-output");
    reader.setDaemon(true);
    reader.start();
    return service;
  }

  /**
   * Waits until the service listens.
   *
   * @return its port
   * @throws IOException with the service's output when it ends or says nothing in time
   */
  int awaitPort(Duration timeout) throws IOException, InterruptedException {
    try {
      return port.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException(name + " did not start; its output:\n" + tail(), e);
    }
  }

  String name() {
    return name;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** The last lines that the service printed. */
  String tail() {
    synchronized (output) {
      return String.join("\n", output);
    }
  }

  /** Ends the process as a crash would, without a goodbye to the control plane. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(3, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(3, TimeUnit.SECONDS);
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void readOutput() {
    try (BufferedReader lines = new BufferedReader(process.inputReader(StandardCharsets.UTF_8))) {
      @Nullable String line;
      while ((line = lines.readLine()) != null) {
        Matcher ready = READY.matcher(line);
        if (ready.matches()) {
          port.complete(Integer.parseInt(ready.group(1)));
        }
        keep(line);
      }
    } catch (IOException e) {
      port.completeExceptionally(new UncheckedIOException(e));
    }
    port.completeExceptionally(new IllegalStateException(name + " ended"));
  }

  private void keep(String line) {
    synchronized (output) {
      output.add(line);
      if (output.size() > KEPT_LINES) {
        output.remove(0);
      }
    }
  }
}
