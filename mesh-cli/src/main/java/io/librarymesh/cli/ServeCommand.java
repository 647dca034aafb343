package io.librarymesh.cli;

import io.librarymesh.controlplane.AuthoritySettings;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.admin.AdminAccess;
import io.librarymesh.controlplane.serve.ServeLimits;
import io.librarymesh.controlplane.store.ConfigStore;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.OutboundTrafficPolicy;
import io.librarymesh.controlplane.translate.PathNormalization;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshctl serve}: a control plane over a directory. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Serves a directory of Istio YAML and Kubernetes Services, or a Kubernetes cluster, over xDS, and follows its"
          + " changes.",
      "A file that is broken never replaces one that was good: its last good version stays in force and the error is"
          + " shown."
    },
    footer = {
      "",
      "Over HTTP: /healthz, /readyz (200 when everything has been read and clients are served), /metrics, /debug, and"
          + " /openapi.json, which describes them. 'meshctl status' and 'meshctl dump' read them.",
      "",
      "Examples:",
      "  meshctl serve --config ./mesh",
      "  meshctl serve --kubernetes",
      "  meshctl serve --config ./mesh --ca ./ca --secure-xds 0.0.0.0:15012 --ca-host mesh.example.org",
      "  meshctl serve --config ./mesh --xds 127.0.0.1:0 --http 127.0.0.1:0",
      "  meshctl serve --config ./mesh --open-to-network --xds 0.0.0.0:15010 --http 0.0.0.0:15014"
          + " --debug-token-file ./token"
    })
final class ServeCommand implements Callable<Integer> {
  @Mixin private ServeSources sources = new ServeSources();

  @Mixin private ServeAuthority authority = new ServeAuthority();

  @Mixin private ServeKeys keys = new ServeKeys();

  @Option(
      names = "--xds",
      defaultValue = "127.0.0.1:15010",
      paramLabel = "HOST:PORT",
      description = "Address of xDS, plaintext (default: ${DEFAULT-VALUE}).")
  String xds = "";

  @Option(
      names = "--http",
      defaultValue = "127.0.0.1:15014",
      paramLabel = "HOST:PORT",
      description = "Address of health, metrics and debugging (default: ${DEFAULT-VALUE}).")
  String http = "";

  @Option(
      names = "--outbound-policy",
      paramLabel = "POLICY",
      description =
          "What becomes of calls to hosts that nobody declared: ${COMPLETION-CANDIDATES} (default: what the MeshConfig says, else ALLOW_ANY).")
  @Nullable OutboundTrafficPolicy outboundPolicy;

  @Option(
      names = "--path-normalization",
      paramLabel = "FORM",
      description =
          "How paths are brought into one form before rules see them: ${COMPLETION-CANDIDATES} (default: what the MeshConfig says, else BASE).")
  @Nullable PathNormalization pathNormalization;

  @Option(
      names = "--registration-grace",
      defaultValue = "15s",
      converter = DurationConverter.class,
      paramLabel = "D",
      description =
          "How long after the start clients are not told that a service has no endpoints, so that workloads can register again (default: ${DEFAULT-VALUE}).")
  Duration registrationGrace = Duration.ZERO;

  @Option(
      names = "--loss-grace",
      defaultValue = "10s",
      converter = DurationConverter.class,
      paramLabel = "D",
      description =
          "How long a workload stays an endpoint after its connection was lost without a goodbye; longer while most workloads are lost (default: ${DEFAULT-VALUE}).")
  Duration lossGrace = Duration.ZERO;

  @Option(
      names = "--max-connection-age",
      converter = DurationConverter.class,
      paramLabel = "D",
      description =
          "How old a client's connection may become, give or take a tenth, before it is ended and the client connects anew, perhaps to another server (default: any age).")
  @Nullable Duration maxConnectionAge;

  @Option(
      names = "--load-reports",
      description =
          "Have clients of gRPC report the load that they send; it is shown under /debug/loads. Others report when their own configuration says so.")
  boolean loadReports;

  @Option(
      names = "--load-report-interval",
      defaultValue = "10s",
      converter = DurationConverter.class,
      paramLabel = "D",
      description = "How often clients that report load are to do so (default: ${DEFAULT-VALUE}).")
  Duration loadReportInterval = Duration.ZERO;

  @Option(
      names = "--open-to-network",
      description =
          "Allow addresses that other machines can reach, though xDS is plaintext and nobody is authenticated.")
  boolean openToNetwork;

  @Option(
      names = "--debug-token-file",
      paramLabel = "FILE",
      description =
          "File with a token, at least 16 characters, that the pages under /debug and the status of clients over gRPC are shown to only. Without one they are shown to programs of this machine, and not at all on an address of the network.")
  @Nullable Path debugTokenFile;

  @Option(
      names = "--open-debug",
      description =
          "Show the pages under /debug and the status of clients over gRPC, which tell the whole configuration, to everybody who reaches the address of HTTP or of xDS.")
  boolean openDebug;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Options.HostPort xdsAddress = Options.hostPort("--xds", xds);
    Options.HostPort httpAddress = Options.hostPort("--http", http);
    InetSocketAddress xdsSocket = socket("--xds", xdsAddress);
    InetSocketAddress httpSocket = socket("--http", httpAddress);
    sources.check();
    boundRequests();
    ControlPlane.Builder builder =
        ControlPlane.builder(this::open)
            .xds(xdsSocket)
            .http(httpSocket)
            .meshConfig(settings())
            .openToNetwork(openToNetwork)
            .openDebug(openDebug)
            .registrationGrace(registrationGrace)
            .limits(limits())
            .keys(keys.settings())
            .loadReports(loadReports)
            .loadReportInterval(loadReportInterval());
    sources.endpoints().ifPresent(builder::endpoints);
    Optional<AuthoritySettings> signing = authority.settings();
    signing.map(settings -> sources.authenticate(settings)).ifPresent(builder::authority);
    if (debugTokenFile != null) {
      builder.debugToken(debugToken(debugTokenFile));
    }
    try (ControlPlane controlPlane = builder.build()) {
      start(controlPlane);
      sources.serving(controlPlane);
      System.out.printf(
          "xds on %s:%d, http on http://%s:%d%n",
          xdsAddress.host(), controlPlane.port(), httpAddress.host(), controlPlane.httpPort());
      if (signing.isPresent()) {
        System.out.printf(
            "xds over mutual TLS and certificates on port %d, root in %s%n",
            controlPlane.securePort(), signing.get().folder().resolve("root-cert.pem"));
      }
      System.out.flush();
      Runtime.getRuntime().addShutdownHook(new Thread(controlPlane::close, "shutdown"));
      new CountDownLatch(1).await();
    }
    return 0;
  }

  /** Ports that others hold are what most starts fail of; say which option takes another one. */
  private void start(ControlPlane controlPlane) throws IOException {
    try {
      controlPlane.start();
    } catch (BindException e) {
      throw new IOException(
          e.getMessage()
              + "; stop what listens there, or choose other ports with --xds and --http (port 0"
              + " takes any free one)",
          e);
    }
  }

  private ConfigStore open() throws IOException {
    ConfigStore store = sources.open();
    ServeLog log = new ServeLog(System.out, Clock.system(ZoneId.systemDefault()));
    log.changed(store.snapshot());
    store.subscribe(log::changed);
    return store;
  }

  /** The JDK's server would wait for ever for the end of a request, and for a slow reader. */
  private static void boundRequests() {
    System.getProperties().putIfAbsent("sun.net.httpserver.maxReqTime", "10");
    System.getProperties().putIfAbsent("sun.net.httpserver.maxRspTime", "60");
  }

  private static String debugToken(Path file) throws IOException {
    String token = AdminClient.token(file);
    try {
      return new AdminAccess(Optional.of(token), false).token().orElseThrow();
    } catch (IllegalArgumentException e) {
      throw new Options.UsageException("--debug-token-file: " + file + ": " + e.getMessage());
    }
  }

  /** What options say stands against every MeshConfig. */
  private MeshConfig settings() {
    MeshConfig settings = MeshConfig.DEFAULT;
    if (outboundPolicy != null) {
      settings = settings.withOutboundTrafficPolicy(outboundPolicy);
    }
    return pathNormalization == null ? settings : settings.withPathNormalization(pathNormalization);
  }

  private Duration loadReportInterval() {
    if (loadReportInterval.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new Options.UsageException(
          "--load-report-interval: "
              + loadReportInterval.toMillis()
              + "ms (expected: at least 1s)");
    }
    return loadReportInterval;
  }

  private ServeLimits limits() {
    ServeLimits limits = ServeLimits.DEFAULT.withLossGrace(lossGrace);
    Duration age = maxConnectionAge;
    if (age == null) {
      return limits;
    }
    if (age.isZero()) {
      throw new Options.UsageException("--max-connection-age: 0 (expected: more)");
    }
    return limits.withMaxConnectionAge(age);
  }

  private InetSocketAddress socket(String option, Options.HostPort address) {
    InetSocketAddress socket = new InetSocketAddress(address.host(), address.port());
    if (socket.isUnresolved()) {
      throw new Options.UsageException(
          option + ": '" + address.host() + "' (expected: a host that is known here)");
    }
    if (!openToNetwork && !socket.getAddress().isLoopbackAddress()) {
      throw new Options.UsageException(
          option
              + ": '"
              + address.host()
              + "' (expected: a loopback address, or --open-to-network, since traffic is in clear"
              + " text and clients are not authenticated)");
    }
    return socket;
  }
}
