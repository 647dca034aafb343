package io.librarymesh.cli;

import io.librarymesh.Explanation;
import io.librarymesh.okhttp.MeshInterceptor;
import io.librarymesh.telemetry.MeshObserver;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import okhttp3.Request;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshctl explain}: what would become of a request, and why. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Tells what would become of a request, and why, without sending it: each rule that is tried and the condition that"
          + " failed, the route, the split, each endpoint and why it may be picked or not, timeouts, retries, faults and"
          + " limits, and where each is written.",
      "Exit code 1 when the request would not reach any upstream: no configuration, no rule, no endpoint."
    },
    footer = {
      "",
      "Examples:",
      "  meshctl explain http://greeter-service:3000/ --config ./mesh",
      "  meshctl explain http://greeter-service:3000/ --server 127.0.0.1:15010 -H 'x-user: alpha' -o json"
    })
final class ExplainCommand implements Callable<Integer> {
  private static final long POLL_MILLIS = 10;

  @Mixin RequestOptions requestOptions = new RequestOptions();
  @Mixin SourceOptions source = new SourceOptions();

  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  Output output = Output.table;

  @Override
  public Integer call() throws Exception {
    Request request = requestOptions.request();
    try (Connections.Connection connection = source.connect(MeshObserver.NONE)) {
      Explanation explanation = explain(MeshInterceptor.of(connection.mesh()), request);
      System.out.print(
          output == Output.table
              ? ExplanationText.of(request, explanation)
              : output.format(RecordJson.of(explanation)));
      return reachesAnUpstream(explanation) || answersByItself(explanation) ? 0 : 1;
    }
  }

  /** The first answer that is not that the configuration is still on its way. */
  private Explanation explain(MeshInterceptor mesh, Request request) throws InterruptedException {
    long end = System.nanoTime() + source.configTimeout.toNanos();
    Explanation explanation = mesh.explain(request);
    while (!explanation.problem().isEmpty() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      explanation = mesh.explain(request);
    }
    return explanation;
  }

  private static boolean reachesAnUpstream(Explanation explanation) {
    return explanation.outcomes().stream()
        .anyMatch(
            outcome ->
                outcome.destinations().stream()
                    .flatMap(destination -> destination.state().stream())
                    .anyMatch(outcome::reaches));
  }

  private static boolean answersByItself(Explanation explanation) {
    return explanation.outcomes().stream().anyMatch(outcome -> outcome.destinations().isEmpty());
  }
}
