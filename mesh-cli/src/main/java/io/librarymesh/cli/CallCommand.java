package io.librarymesh.cli;

import java.util.concurrent.Callable;
import okhttp3.Request;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshctl call}: real calls through the mesh, summed up. */
@Command(
    name = "call",
    mixinStandardHelpOptions = true,
    description = {
      "Sends calls to a logical URL through the mesh and sums up what came back.",
      "With --config the control plane runs inside this process, where no workload registers: endpoints are those that"
          + " ServiceEntry and WorkloadEntry name. With --server it is one that runs already.",
      "Times begin when the service's configuration is there, and leave out the first call of each thread, which loads code"
          + " and connects, unless there is no other.",
      "Exit code 0 when the calls were made, whatever came back; see --fail."
    },
    footer = {
      "",
      "Examples:",
      "  meshctl call http://greeter-service:3000/ --server 127.0.0.1:15010 -n 1000 -c 8",
      "  meshctl call http://greeter-service:3000/ --server 127.0.0.1:15010 -H 'x-user: alpha' -o json",
      "  meshctl call http://api.example.com/ --config ./mesh    (where a ServiceEntry lists endpoints)"
    })
final class CallCommand implements Callable<Integer> {
  @Mixin RequestOptions requestOptions = new RequestOptions();
  @Mixin SourceOptions source = new SourceOptions();

  @Option(
      names = {"-n", "--requests"},
      defaultValue = "1",
      paramLabel = "N",
      description = "How many calls (default: ${DEFAULT-VALUE}).")
  int requests;

  @Option(
      names = {"-c", "--concurrency"},
      defaultValue = "1",
      paramLabel = "N",
      description = "How many at a time (default: ${DEFAULT-VALUE}).")
  int concurrency;

  @Option(
      names = {"-f", "--fail"},
      description = "Exit code 1 when a call got no response, or one of 500 and more.")
  boolean fail;

  @Option(
      names = {"-L", "--location"},
      description = "Follow redirects; each hop is a call of its own.")
  boolean followRedirects;

  @Mixin OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws Exception {
    Options.requireRange("-n", requests, 1, Integer.MAX_VALUE);
    Options.requireRange("-c", concurrency, 1, 10_000);
    Request request = requestOptions.request();
    CallSummary summary = new CallSummary();
    try (Connections.Connection connection = source.connect(summary)) {
      connection.await(request, source.configTimeout);
      CallRunner runner =
          new CallRunner(
              connection.client(concurrency, followRedirects), summary, Progress.onTerminal());
      runner.run(request, requests, concurrency);
    }
    output.print(summary::toTable, summary::toJson);
    if (summary.flags().containsKey("UH")) {
      source.remarkOnEndpoints(System.err);
    }
    return fail && summary.anyFailed() ? 1 : 0;
  }
}
