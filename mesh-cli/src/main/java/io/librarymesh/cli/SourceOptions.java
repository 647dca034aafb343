package io.librarymesh.cli;

import static java.util.Objects.requireNonNull;

import io.librarymesh.Semantics;
import io.librarymesh.telemetry.MeshObserver;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where configuration comes from, and who asks for it. */
final class SourceOptions {
  /** Held, since the JDK forgets the level of a logger that nobody holds. */
  static final Logger MESH = Logger.getLogger("io.librarymesh");

  @ArgGroup(multiplicity = "1")
  Place place = new Place();

  /** One of the two. */
  static final class Place {
    @Option(
        names = "--config",
        required = true,
        paramLabel = "DIR",
        description =
            "Directory of YAML, served by a control plane inside this process. Workloads cannot register there.")
    @Nullable Path config;

    @Option(
        names = "--server",
        required = true,
        paramLabel = "HOST:PORT",
        description = "xDS address of a control plane.")
    @Nullable String server;
  }

  @Option(
      names = "--mesh-config",
      paramLabel = "FILE",
      description = "Istio's MeshConfig, as YAML, for --config; see meshctl serve.")
  @Nullable Path meshConfig;

  @Mixin WorkloadOptions workload = new WorkloadOptions();

  @Option(
      names = "--config-timeout",
      defaultValue = "15s",
      converter = DurationConverter.class,
      paramLabel = "DURATION",
      description =
          "How long a call waits for configuration while there is none (default: ${DEFAULT-VALUE}).")
  Duration configTimeout = Duration.ofSeconds(15);

  @Option(
      names = "--istio-exact",
      description =
          "Retry as an Istio sidecar does: whatever the method, and within no budget of our own.")
  boolean istioExact;

  /** Says where endpoints come from, for who has found none. */
  void remarkOnEndpoints(PrintStream out) {
    if (place.config != null) {
      out.println(
          "With --config no workload registers, so that only the endpoints of ServiceEntry and"
              + " WorkloadEntry count; for others, 'meshctl serve', 'meshctl echo --register' and"
              + " --server.");
    }
  }

  Connections.Connection connect(MeshObserver observer) throws IOException, InterruptedException {
    MESH.setLevel(Level.WARNING);
    if (meshConfig != null && place.config == null) {
      throw new Options.UsageException("--mesh-config: without --config (expected: both)");
    }
    Options.requireFile(meshConfig);
    Optional<Options.HostPort> server =
        Optional.ofNullable(place.server).map(text -> Options.hostPort("--server", text));
    WorkloadOptions.Workload self = workload.open(server);
    Connections.Caller caller =
        new Connections.Caller(
            self, configTimeout, istioExact ? Semantics.ISTIO_EXACT : Semantics.STANDARD, observer);
    return server.isPresent()
        ? Connections.remote(server.get(), caller)
        : Connections.embedded(
            requireNonNull(place.config), Optional.ofNullable(meshConfig), caller);
  }
}
