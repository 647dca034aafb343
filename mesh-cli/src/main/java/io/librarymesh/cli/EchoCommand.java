package io.librarymesh.cli;

import io.librarymesh.xds.Node;
import io.librarymesh.xds.Registration;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code meshctl echo}: an upstream to try rules on. */
@Command(
    name = "echo",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a small HTTP server that answers with what it received, as JSON: method, path, headers, body, and its own"
          + " labels and address.",
      "It fails or dawdles when told to, and registers itself with a control plane when given one."
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

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "A label of this workload; may be repeated.")
  Map<String, String> labels = new LinkedHashMap<>();

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
      names = "--namespace",
      defaultValue = "default",
      paramLabel = "NS",
      description = "Namespace to register in (default: ${DEFAULT-VALUE}).")
  String namespace = "default";

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
    EchoServer.Behaviour behaviour =
        new EchoServer.Behaviour(status, failStatus, failFirst, failPercent, delay);
    try (EchoServer server =
        EchoServer.start(new InetSocketAddress(bind, port), behaviour, labels)) {
      Runnable leave = join(server);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(leave), "shutdown"));
      try {
        System.out.println("echo on http://" + bind + ":" + server.address().getPort() + labels());
        if (register != null) {
          System.out.println(
              "registers with " + register + " as " + workload() + " in namespace " + namespace);
        }
        System.out.flush();
        new CountDownLatch(1).await();
      } finally {
        leave.run();
      }
    }
    return 0;
  }

  /**
   * Says goodbye first and answers a little longer, so that no caller finds nobody here. A process
   * ends when its last hook has.
   */
  private void end(Runnable leave) {
    if (register != null) {
      leave.run();
      LockSupport.parkNanos(HEARD_NANOS);
    }
  }

  /** Registers when asked to, and returns how to leave again. */
  private Runnable join(EchoServer server) {
    if (register == null) {
      return () -> {};
    }
    return Connections.register(
            Options.hostPort("--register", register),
            Node.of(workload()).withNamespace(namespace).withLabels(labels),
            registration(server.address().getPort()))
        ::close;
  }

  private Registration registration(int listening) {
    Registration own = Registration.of(bind, listening);
    return group == null ? own : own.withGroup(group);
  }

  private String workload() {
    return Optional.ofNullable(name).orElse(labels.getOrDefault("app", "echo"));
  }

  private String labels() {
    return labels.isEmpty() ? "" : " " + labels;
  }
}
