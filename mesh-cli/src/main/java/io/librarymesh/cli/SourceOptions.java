package io.librarymesh.cli;

import io.librarymesh.Semantics;
import io.librarymesh.telemetry.MeshObserver;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where configuration comes from, and who asks for it. */
final class SourceOptions {
  /** Held, since the JDK forgets the level of a logger that nobody holds. */
  private static final Logger MESH = Logger.getLogger("io.librarymesh");

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

  @Option(
      names = "--namespace",
      defaultValue = "default",
      paramLabel = "NS",
      description = "Namespace of the caller (default: ${DEFAULT-VALUE}).")
  String namespace = "default";

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "A label of the caller, for sourceLabels; may be repeated.")
  Map<String, String> labels = new LinkedHashMap<>();

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

  Connections.Connection connect(MeshObserver observer) throws IOException {
    MESH.setLevel(Level.WARNING);
    Connections.Caller caller =
        new Connections.Caller(
            namespace,
            labels,
            configTimeout,
            istioExact ? Semantics.ISTIO_EXACT : Semantics.STANDARD,
            observer);
    if (meshConfig != null && place.config == null) {
      throw new Options.UsageException("--mesh-config: without --config (expected: both)");
    }
    Options.requireFile(meshConfig);
    return place.config != null
        ? Connections.embedded(place.config, Optional.ofNullable(meshConfig), caller)
        : Connections.remote(Options.hostPort("--server", String.valueOf(place.server)), caller);
  }
}
