package io.librarymesh.cli.demo;

import io.librarymesh.controlplane.AuthoritySettings;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.samples.workshop.Greeter;
import io.librarymesh.samples.workshop.HelloWeb;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * The stage, built of real processes on loopback. Confined to the thread that plays, but for {@link
 * #close}.
 */
final class LiveStage implements Stage, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int WORKLOADS = 4;

  private final Path directory;
  private final ControlPlane controlPlane;
  private final List<ServiceProcess> processes;
  private final Map<String, Integer> greeterPorts = new LinkedHashMap<>();
  private final OkHttpClient direct = new OkHttpClient();
  private final Load load;

  private LiveStage(
      Path directory, ControlPlane controlPlane, List<ServiceProcess> processes, Load load) {
    this.directory = directory;
    this.controlPlane = controlPlane;
    this.processes = processes;
    this.load = load;
  }

  /**
   * Starts everything and waits until all services are registered.
   *
   * @param directory empty; the YAML is written here
   * @throws IOException when something does not start; nothing is left running then
   */
  static LiveStage start(Path directory) throws IOException, InterruptedException {
    Path rules = Files.createDirectory(directory.resolve("mesh"));
    Path authority = directory.resolve("ca");
    Files.writeString(rules.resolve("services.yaml"), Rules.SERVICES);
    ControlPlane controlPlane =
        ControlPlane.builder(DirectoryStore.open(rules))
            .xds(anyPort())
            .http(anyPort())
            .authority(AuthoritySettings.of(authority).withAddress(anyPort()))
            .build();
    List<ServiceProcess> processes = new ArrayList<>();
    try {
      controlPlane.start();
      String xds = "127.0.0.1:" + controlPlane.securePort();
      Tokens tokens = new Tokens(authority, directory);
      for (String version : List.of("v1", "v2", "v3")) {
        String token = tokens.write("greeter");
        processes.add(service("greeter " + version, Greeter.class, xds, version, tokens, token));
      }
      processes.add(
          service("helloweb", HelloWeb.class, xds, "v1", tokens, tokens.write("helloweb")));
      Map<String, Integer> ports = new LinkedHashMap<>();
      for (ServiceProcess process : processes) {
        ports.put(process.name(), process.awaitPort(PATIENCE));
      }
      int web = ports.getOrDefault("helloweb", 0);
      LiveStage stage = new LiveStage(rules, controlPlane, processes, new Load(web));
      stage.greeterPorts.putAll(ports);
      stage.await("all services to register", () -> stage.registered() == WORKLOADS);
      return stage;
    } catch (IOException | InterruptedException | RuntimeException e) {
      processes.forEach(ServiceProcess::close);
      controlPlane.close();
      throw e;
    }
  }

  private static ServiceProcess service(
      String name, Class<?> main, String xds, String version, Tokens tokens, String token)
      throws IOException {
    return ServiceProcess.start(
        name,
        main,
        "--xds",
        xds,
        "--version",
        version,
        "--server-roots",
        tokens.roots().toString(),
        "--token",
        token,
        "--lifeline",
        "stdin");
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @Override
  public Load load() {
    return load;
  }

  @Override
  public void behave(String version, String behaviour) throws IOException {
    String query = behaviour.isEmpty() ? "" : "?" + behaviour;
    String url =
        "http://127.0.0.1:" + greeterPorts.get("greeter " + version) + "/behaviour" + query;
    Request request = new Request.Builder().url(url).put(RequestBody.create(new byte[0])).build();
    try (Response response = direct.newCall(request).execute()) {
      if (!response.isSuccessful()) {
        throw new IOException(url + ": " + response.body().string());
      }
    }
  }

  @Override
  public long write(String yaml) throws IOException {
    Path edited = Files.createTempFile("rules", ".tmp");
    Files.writeString(edited, yaml);
    long now = System.nanoTime();
    Files.move(edited, directory.resolve("rules.yaml"), StandardCopyOption.REPLACE_EXISTING);
    return now;
  }

  @Override
  public long awaitInForce(Sign sign) throws IOException {
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    // One at a time: under some rules a single answer takes two seconds.
    Load.Answer answer = load.sendOne(sign.headers());
    while (!sign.shows().test(answer)) {
      if (System.nanoTime() > giveUp) {
        throw new IOException("waited " + PATIENCE.toSeconds() + " s for " + sign.what());
      }
      answer = load.sendOne(sign.headers());
    }
    return answer.atNanos() - answer.tookNanos();
  }

  @Override
  public PeerLook look(String version) throws IOException {
    return PeerLook.at(greeterPorts.getOrDefault("greeter " + version, 0));
  }

  /** Where things are, for somebody who stays. */
  String describe() {
    return String.format(
        "configuration in %s%nhelloweb on http://127.0.0.1:%d/%nxds on 127.0.0.1:%d, http on http://127.0.0.1:%d/",
        directory, greeterPorts.get("helloweb"), controlPlane.port(), controlPlane.httpPort());
  }

  /** The same for programs. */
  Map<String, Object> addresses() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("config", directory.toString());
    json.put("helloweb", "http://127.0.0.1:" + greeterPorts.get("helloweb") + "/");
    json.put("xds", "127.0.0.1:" + controlPlane.port());
    json.put("http", "http://127.0.0.1:" + controlPlane.httpPort() + "/");
    return json;
  }

  List<Long> pids() {
    return processes.stream().map(ServiceProcess::pid).toList();
  }

  @Override
  public void close() {
    load.close();
    processes.forEach(ServiceProcess::close);
    controlPlane.close();
    direct.connectionPool().evictAll();
  }

  private int registered() {
    return (int)
        controlPlane.status().clients().stream()
            .filter(client -> !client.workload().isEmpty())
            .count();
  }

  private void await(String what, BooleanSupplier condition)
      throws IOException, InterruptedException {
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      for (ServiceProcess process : processes) {
        if (!process.isAlive()) {
          throw new IOException(process.name() + " ended; its output:\n" + process.tail());
        }
      }
      if (System.nanoTime() > giveUp) {
        throw new IOException("waited " + PATIENCE.toSeconds() + " s for " + what);
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }
}
