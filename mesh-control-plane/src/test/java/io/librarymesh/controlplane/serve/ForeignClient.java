package io.librarymesh.controlplane.serve;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A process that calls {@code greeter-service:3000} through the xDS client of another language's
 * gRPC. What it is made of is where an environment variable says, or below {@code target/} of the
 * project; its source is beside the tests.
 */
final class ForeignClient implements AutoCloseable {

  /** gRPC of other languages. */
  enum Kind {
    NODE("MESH_GRPC_NODE", "grpc-node", "node_modules"),
    GO("MESH_GRPC_GO", "grpc-go", "client");

    private final String variable;
    private final String directory;
    private final String part;

    Kind(String variable, String directory, String part) {
      this.variable = variable;
      this.directory = directory;
      this.part = part;
    }

    /** What it cannot run without; skips the test, saying so, where there is none. */
    Path installed() {
      return ForeignProcess.installed(directory, variable, directory + "/" + part);
    }

    private ProcessBuilder process() {
      Path installed = installed();
      if (this == GO) {
        return new ProcessBuilder(installed.toString(), GreeterMesh.TARGET);
      }
      Path script = Path.of("src", "test", "grpc-node", "client.js").toAbsolutePath();
      ProcessBuilder process = new ProcessBuilder("node", script.toString(), GreeterMesh.TARGET);
      process.environment().put("NODE_PATH", installed.toString());
      return process;
    }
  }

  private static final long CALL_TIMEOUT_MILLIS = TimeUnit.SECONDS.toMillis(30);

  private final ForeignProcess process;
  private final BufferedWriter input;
  private final BufferedReader output;

  private ForeignClient(Process process, Path log) {
    this.process = new ForeignProcess(process, log);
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Starts one that asks a control plane on loopback.
   *
   * @param directory where what it has to say is written
   */
  static ForeignClient start(Kind kind, int port, String node, Path directory) throws IOException {
    Path log = directory.resolve(kind.directory + ".log");
    ProcessBuilder builder = kind.process().redirectError(log.toFile());
    builder
        .environment()
        .put(
            "GRPC_XDS_BOOTSTRAP_CONFIG",
            """
            {"xds_servers": [{"server_uri": "127.0.0.1:%d", "channel_creds": [{"type": "insecure"}],
                              "server_features": ["xds_v3"]}],
             "node": {"id": "%s", "locality": {}, "metadata": {"NAMESPACE": "default"}}}
            """
                .formatted(port, node));
    builder.environment().keySet().removeAll(List.of("GRPC_XDS_BOOTSTRAP", "http_proxy"));
    return new ForeignClient(builder.start(), log);
  }

  /**
   * Makes calls one after another.
   *
   * @return how many had each outcome: the text of the answer, or {@code !} and the number of the
   *     status
   */
  Map<String, Integer> call(int calls, String... metadata) {
    try {
      input.write(calls + " " + CALL_TIMEOUT_MILLIS + " " + String.join(" ", metadata));
      input.newLine();
      input.flush();
      String line = output.readLine();
      if (line == null) {
        throw new AssertionError(process.said());
      }
      Map<String, Integer> outcomes = new TreeMap<>();
      for (String outcome : line.split(" ", -1)) {
        int end = outcome.lastIndexOf('=');
        outcomes.put(outcome.substring(0, end), Integer.valueOf(outcome.substring(end + 1)));
      }
      return outcomes;
    } catch (IOException e) {
      throw new AssertionError(process.said(), e);
    }
  }

  /** The outcome of one call. */
  String callOnce(String... metadata) {
    return requireNonNull(call(1, metadata).keySet().iterator().next());
  }

  /** Calls until an outcome is the expected one. */
  void await(String expected, String... metadata) {
    String[] last = {""};
    try {
      GreeterMesh.await(
          expected,
          () -> {
            last[0] = callOnce(metadata);
            return last[0].equals(expected);
          });
    } catch (AssertionError e) {
      throw new AssertionError("last was " + last[0] + "; " + process.said(), e);
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
