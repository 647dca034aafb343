package io.librarymesh.cli;

import io.librarymesh.InboundPort;
import io.librarymesh.authz.InboundExplanation;
import io.librarymesh.authz.InboundVerdict;
import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.identity.SpiffeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code meshctl authz}: who may call what. */
@Command(
    name = "authz",
    mixinStandardHelpOptions = true,
    description =
        "Tells who may call a workload by the PeerAuthentications, RequestAuthentications and AuthorizationPolicies.",
    subcommands = {AuthzCommand.Explain.class})
final class AuthzCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(System.out);
    return 2;
  }

  /** {@code meshctl authz explain}. */
  @Command(
      name = "explain",
      mixinStandardHelpOptions = true,
      description = {
        "Tells what would become of a request that reaches a workload, and why, without sending it: the TLS mode of the"
            + " port, the tokens, each policy, and of each the conditions that hold and those that do not.",
        "It is decided by the same engine and from the same configuration as in the workload. Keys at a jwksUri are fetched"
            + " for it, as 'meshctl serve' does.",
        "Exit code 0 when the request is let in, 1 when it is not."
      },
      footer = {
        "",
        "Examples:",
        "  meshctl authz explain /admin --config ./mesh --label app=helloweb --port 8080",
        "  meshctl authz explain /admin --config ./mesh --label app=helloweb --port 8080 \\",
        "      --from spiffe://cluster.local/ns/default/sa/web -X POST -H \"authorization: Bearer $TOKEN\" -o json"
      })
  static final class Explain implements Callable<Integer> {
    @Parameters(
        paramLabel = "TARGET",
        description = "The request target as it comes over the wire, such as /admin?x=1.")
    String target = "";

    @Option(
        names = "--config",
        required = true,
        paramLabel = "DIR",
        description = "Directory of YAML.")
    Path config = Path.of("");

    @Option(
        names = "--mesh-config",
        paramLabel = "FILE",
        description = "Istio's MeshConfig, as YAML; see meshctl serve.")
    @Nullable Path meshConfig;

    @Option(
        names = "--namespace",
        defaultValue = "default",
        paramLabel = "NS",
        description = "Namespace of the workload that is called (default: ${DEFAULT-VALUE}).")
    String namespace = "";

    @Option(
        names = "--label",
        paramLabel = "KEY=VALUE",
        description = "A label of that workload, by which policies select it; may be repeated.")
    Map<String, String> labels = new LinkedHashMap<>();

    @Option(
        names = "--service-account",
        defaultValue = "default",
        paramLabel = "NAME",
        description = "Its service account (default: ${DEFAULT-VALUE}).")
    String serviceAccount = "";

    @Option(
        names = "--port",
        defaultValue = "8080",
        paramLabel = "PORT",
        description = "The port at which it listens (default: ${DEFAULT-VALUE}).")
    int port;

    @Option(
        names = "--from",
        paramLabel = "SPIFFE_ID",
        description = "Who calls, over mutual TLS (default: somebody in plaintext).")
    @Nullable String from;

    @Option(
        names = "--from-address",
        defaultValue = "127.0.0.1",
        paramLabel = "IP",
        description = "Address of the caller (default: ${DEFAULT-VALUE}).")
    String fromAddress = "";

    @Option(
        names = {"-X", "--request"},
        defaultValue = "GET",
        paramLabel = "METHOD",
        description = "Method (default: ${DEFAULT-VALUE}).")
    String method = "";

    @Option(
        names = "--host",
        defaultValue = "",
        paramLabel = "HOST",
        description = "The Host header (default: none).")
    String host = "";

    @Option(
        names = {"-H", "--header"},
        paramLabel = "'NAME: VALUE'",
        description = "A header; may be repeated, and is then one of several lines.")
    List<String> headers = new ArrayList<>();

    @Mixin OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws Exception {
      SourceOptions.MESH.setLevel(Level.WARNING);
      Options.requireRange("--port", port, 1, 65_535);
      Options.requireFile(meshConfig);
      Optional<String> peer = Optional.ofNullable(from).map(Explain::id);
      AuthzRequest request =
          AuthzRequest.of(method, host, target, RequestOptions.lines(headers))
              .from(peer, AuthzRequest.address("--from-address", fromAddress))
              .to(port);
      WorkloadOptions.Workload workload =
          new WorkloadOptions.Workload(
              namespace, serviceAccount, labels, Optional.empty(), Optional.empty());
      try (InboundWorkload called =
          InboundWorkload.open(config, Optional.ofNullable(meshConfig), workload, port)) {
        return print(request, called.await(Duration.ofSeconds(15)));
      }
    }

    private static String id(String text) {
      try {
        return SpiffeId.parse(text).toString();
      } catch (IllegalArgumentException e) {
        throw new Options.UsageException("--from: " + e.getMessage());
      }
    }

    private int print(AuthzRequest request, InboundPort.State state) {
      boolean isClosed = state.mode() == Mode.STRICT && request.peer() == null;
      Optional<InboundExplanation> explained =
          state instanceof InboundPort.Judged judged && !isClosed
              ? Optional.of(judged.engine().explain(request))
              : Optional.empty();
      InboundVerdict verdict =
          explained.map(InboundExplanation::verdict).orElseGet(() -> state.decide(request));
      AuthzText text = new AuthzText(request, state, explained, verdict, isClosed);
      output.print(text::table, text::json);
      return verdict.isAllowed() && !isClosed ? 0 : 1;
    }
  }
}
