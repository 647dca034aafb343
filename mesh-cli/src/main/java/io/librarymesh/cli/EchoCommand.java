package io.librarymesh.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshctl echo}: an upstream to try rules on. */
@Command(
    name = "echo",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a small HTTP server that answers with what it received, as JSON: method, path, headers, body, and its own"
          + " labels and address.",
      "It fails or dawdles when told to, and registers itself with a control plane when given one.",
      "With an identity (--token or --identity) its port is one of the mesh: mutual TLS as PeerAuthentications ask for,"
          + " and requests judged by RequestAuthentications and AuthorizationPolicies; the answer says who called."
    },
    footer = {
      "",
      "Examples:",
      "  meshctl echo --port 8080 --label app=greeter --register 127.0.0.1:15010",
      "  meshctl echo --port 8080 --label app=greeter --register 127.0.0.1:15012 --server-roots ca/root-cert.pem --token token"
    })
final class EchoCommand implements Callable<Integer> {
  /** Longer than callers need to hear of it. */
  private static final long HEARD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  @Option(
      names = "--port",
      required = true,
      paramLabel = "PORT",
      description = "Port to listen on; 0 lets the operating system choose.")
  int port;

  @Option(
      names = "--bind",
      defaultValue = "127.0.0.1",
      paramLabel = "ADDRESS",
      description = "Address to listen on (default: ${DEFAULT-VALUE}).")
  String bind = "127.0.0.1";

  @Mixin WorkloadOptions self = new WorkloadOptions();

  @Option(
      names = "--status",
      defaultValue = "200",
      paramLabel = "STATUS",
      description = "Status of answers (default: ${DEFAULT-VALUE}).")
  int status;

  @Option(
      names = "--fail-status",
      defaultValue = "503",
      paramLabel = "STATUS",
      description = "Status of failing answers (default: ${DEFAULT-VALUE}).")
  int failStatus;

  @Option(
      names = "--fail-first",
      defaultValue = "0",
      paramLabel = "N",
      description = "The first N requests fail.")
  long failFirst;

  @Option(
      names = "--fail-percent",
      defaultValue = "0",
      paramLabel = "P",
      description = "The share of requests that fail after those, 0 to 100.")
  double failPercent;

  @Option(
      names = "--delay",
      defaultValue = "0ms",
      converter = DurationConverter.class,
      paramLabel = "DURATION",
      description = "Waits before each answer, for example 250ms.")
  Duration delay = Duration.ZERO;

  @Option(
      names = "--register",
      paramLabel = "HOST:PORT",
      description =
          "Registers with the control plane at this xDS address and leaves it at the end.")
  @Nullable String register;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Workload name to register (default: the label app, else echo).")
  @Nullable String name;

  @Option(
      names = "--group",
      paramLabel = "NAME",
      description =
          "WorkloadGroup of the namespace from which labels, further ports, weight and locality are taken.")
  @Nullable String group;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Options.requireRange("--port", port, 0, 65535);
    Options.requireRange("--status", status, 200, 599);
    Options.requireRange("--fail-status", failStatus, 200, 599);
    Options.requireRange("--fail-percent", failPercent, 0, 100);
    if (group != null && (register == null || group.isEmpty())) {
      throw new Options.UsageException(
          "--group: " + group + " (expected: a WorkloadGroup's name, together with --register)");
    }
    Optional<Options.HostPort> server =
        Optional.ofNullable(register).map(text -> Options.hostPort("--register", text));
    if (self.identity != null && server.isEmpty()) {
      throw new Options.UsageException(
          "--identity: nobody says who may call (expected: with --register)");
    }
    EchoServer.Behaviour behaviour =
        new EchoServer.Behaviour(status, failStatus, failFirst, failPercent, delay);
    try (WorkloadOptions.Workload workload = self.open(server);
        EchoWorkload echo =
            EchoWorkload.start(new InetSocketAddress(bind, port), behaviour, workload)) {
      if (server.isPresent()) {
        echo.register(server.get(), workloadName(), Optional.ofNullable(group));
      }
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(echo), "shutdown"));
      System.out.println("echo on http://" + bind + ":" + echo.port() + labels());
      if (register != null) {
        System.out.println(
            "registers with "
                + register
                + " as "
                + workloadName()
                + " in namespace "
                + workload.namespace()
                + echo.known());
      }
      System.out.flush();
      new CountDownLatch(1).await();
    }
    return 0;
  }

  /**
   * Says goodbye first and answers a little longer, so that no caller finds nobody here. A process
   * ends when its last hook has.
   */
  private void end(EchoWorkload echo) {
    if (register != null) {
      echo.leave();
      LockSupport.parkNanos(HEARD_NANOS);
    }
  }

  private String workloadName() {
    return Optional.ofNullable(name).orElse(self.labels.getOrDefault("app", "echo"));
  }

  private String labels() {
    return self.labels.isEmpty() ? "" : " " + self.labels;
  }
}
