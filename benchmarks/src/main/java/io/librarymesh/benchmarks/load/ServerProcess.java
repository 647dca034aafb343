package io.librarymesh.benchmarks.load;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link LoadServer} in a process of its own, which ends with this one. */
final class ServerProcess implements AutoCloseable {

  private static final long END_SECONDS = 20;

  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader answers;

  /**
   * Starts the process, which does not serve yet.
   *
   * @param kind see {@link LoadServer#main}
   * @param options of its Java machine
   */
  ServerProcess(String kind, int services, List<String> options) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    line.addAll(options);
    line.addAll(List.of("-cp", System.getProperty("java.class.path", "")));
    line.addAll(List.of(LoadServer.class.getName(), kind, Integer.toString(services)));
    process = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    commands =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII));
    answers =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  /** Has a command carried out; its answer. */
  long ask(String command) throws IOException {
    commands.write(command);
    commands.newLine();
    commands.flush();
    String answer = answers.readLine();
    while (answer != null && !answer.startsWith(LoadServer.ANSWER)) {
      System.out.println(answer); // What the Java machine says by itself.
      answer = answers.readLine();
    }
    if (answer == null) {
      throw new IOException("the server ended at: " + command);
    }
    return Long.parseLong(answer.substring(LoadServer.ANSWER.length()));
  }

  /** The process ends by itself, with time to write what it was asked to record. */
  @Override
  public void close() throws IOException {
    commands.close();
    try {
      process.waitFor(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }
}
