package io.librarymesh.cli;

import io.librarymesh.Explanation;
import io.librarymesh.okhttp.MeshInterceptor;
import io.librarymesh.telemetry.MeshObserver;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.Callable;
import okhttp3.Request;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code meshctl explain}: what would become of a request, and why. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Tells what would become of a request, and why, without sending it: each rule that is tried and the condition that"
          + " failed, the route, the split, each endpoint and why it may be picked or not, timeouts, retries, faults and"
          + " limits, and where each is written.",
      "It is worked out in this process, which has made no calls: what is in flight or ejected in a running service is not"
          + " known here.",
      "Exit code 1 when no such request is answered by an upstream, or by a rule or a fallback with less than 400: no"
          + " configuration, no rule, no endpoint, an abort for all, an unknown name without an address."
    },
    footer = {
      "",
      "Examples:",
      "  meshctl explain http://greeter-service:3000/ --server 127.0.0.1:15010 -H 'x-user: alpha'",
      "  meshctl explain http://api.example.com/ --config ./mesh -o json    (where a ServiceEntry lists endpoints)"
    })
final class ExplainCommand implements Callable<Integer> {
  @Mixin RequestOptions requestOptions = new RequestOptions();
  @Mixin SourceOptions source = new SourceOptions();

  @Mixin OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws Exception {
    Request request = requestOptions.request();
    try (Connections.Connection connection = source.connect(MeshObserver.NONE)) {
      connection.await(request, source.configTimeout);
      Explanation explanation = MeshInterceptor.of(connection.mesh()).explain(request);
      Optional<String> lost = lostName(explanation, request.url().host());
      output.print(
          () -> ExplanationText.of(request, explanation) + lost.orElse(""),
          () -> RecordJson.of(explanation));
      if (!explanation.isAnswered()
          && explanation.outcomes().stream()
              .anyMatch(outcome -> !outcome.destinations().isEmpty())) {
        source.remarkOnEndpoints(System.err);
      }
      return explanation.isAnswered() && lost.isEmpty() ? 0 : 1;
    }
  }

  /** Where all depends on the address in the URL: that its name has none here. */
  private static Optional<String> lostName(Explanation explanation, String host) {
    boolean byUrl =
        !explanation.outcomes().isEmpty()
            && explanation.outcomes().stream()
                .filter(Explanation.Outcome::isAnswered)
                .allMatch(Explanation.Outcome::goesToTheUrl);
    if (!byUrl || isKnown(host)) {
      return Optional.empty();
    }
    return Optional.of("      " + host + " has no address here: 503 UF" + System.lineSeparator());
  }

  private static boolean isKnown(String host) {
    try {
      return InetAddress.getAllByName(host).length > 0;
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
