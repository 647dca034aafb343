package io.librarymesh.kubernetes;

import static io.librarymesh.kubernetes.Manifests.namespace;
import static io.librarymesh.kubernetes.Manifests.node;
import static io.librarymesh.kubernetes.Manifests.pod;
import static io.librarymesh.kubernetes.Manifests.runningPod;
import static io.librarymesh.kubernetes.Manifests.service;
import static io.librarymesh.kubernetes.Manifests.slice;
import static io.librarymesh.kubernetes.Manifests.virtualService;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.ResourceId;
import io.librarymesh.controlplane.registry.EndpointSource;
import io.librarymesh.controlplane.registry.EndpointSource.ServiceName;
import io.librarymesh.controlplane.registry.EndpointSource.WorkloadName;
import io.librarymesh.controlplane.registry.PlatformEndpoint;
import io.librarymesh.controlplane.registry.PlatformWorkload;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that behaves as a Kubernetes API server does, over loopback. */
class KubernetesSourceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ServiceName GREETER = new ServiceName("shop", "greeter");
  private static final String RULE = "{route: [{destination: {host: greeter}}]}";

  private final ApiServer server = new ApiServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private KubernetesSource open() throws IOException {
    return KubernetesSource.open(server.client(), PATIENCE);
  }

  @Test
  void whatIsThereIsInTheFirstSnapshot() throws IOException {
    server.apply(service("shop", "greeter"));
    server.apply(virtualService("shop", "greeter", RULE));
    try (KubernetesSource source = open()) {
      ConfigSnapshot snapshot = source.configuration().snapshot();

      assertThat(ids(snapshot))
          .containsExactly("Service shop/greeter", "VirtualService shop/greeter");
      assertThat(snapshot.findings()).isEmpty();
    }
  }

  @Test
  void changesAreTold() throws Exception {
    try (KubernetesSource source = open()) {
      Snapshots snapshots = new Snapshots(source);
      server.apply(virtualService("shop", "greeter", RULE));
      snapshots.await("the rule", s -> s.resources().size() == 1);
      server.apply(virtualService("shop", "greeter", RULE + ", " + RULE));
      snapshots.await("the changed rule", s -> !s.findings().isEmpty() || rules(s) == 2);
      server.delete(virtualService("shop", "greeter", RULE));
      snapshots.await("no rule", s -> s.resources().isEmpty());
    }
  }

  @Test
  void aNamespaceSaysItForServicesThatDoNot() throws Exception { // 10.4
    String annotation = "networking.istio.io/traffic-distribution: ";
    server.apply(service("shop", "greeter"));
    server.apply(service("mall", "greeter"));
    server.apply(
        service("shop", "own")
            .replace(
                "creationTimestamp:",
                "annotations: {" + annotation + "PreferSameNode}\n  creationTimestamp:"));
    server.apply(namespace("shop", annotation + "PreferClose"));
    server.apply(namespace("mall", annotation + "Nowhere"));
    try (KubernetesSource source = open()) {
      Snapshots snapshots = new Snapshots(source);

      assertThat(distributions(source.configuration().snapshot()))
          .containsExactly("mall/greeter", "shop/greeter PreferClose", "shop/own PreferSameNode");

      server.apply(namespace("shop", ""));
      snapshots.await("no word", s -> distributions(s).contains("shop/greeter"));
      server.apply(namespace("mall", annotation + "PreferSameZone"));
      snapshots.await("a word", s -> distributions(s).contains("mall/greeter PreferSameZone"));
      server.delete(namespace("mall", ""));
      snapshots.await("no namespace", s -> distributions(s).contains("mall/greeter"));
    }
  }

  private static List<String> distributions(ConfigSnapshot snapshot) {
    return snapshot.resources().stream()
        .filter(KubernetesService.class::isInstance)
        .map(KubernetesService.class::cast)
        .map(
            service ->
                service.metadata().namespace()
                    + "/"
                    + service.metadata().name()
                    + service.trafficDistribution().map(text -> " " + text).orElse(""))
        .toList();
  }

  @Test
  void anObjectThatBecomesInvalidKeepsItsLastGoodVersion() throws Exception {
    server.apply(virtualService("shop", "greeter", RULE));
    try (KubernetesSource source = open()) {
      Snapshots snapshots = new Snapshots(source);
      server.apply(virtualService("shop", "greeter", "{rout: []}"));
      ConfigSnapshot now = snapshots.await("a finding", s -> !s.findings().isEmpty());

      assertThat(ids(now)).containsExactly("VirtualService shop/greeter");
      assertThat(now.findings())
          .extracting(Finding::file)
          .containsOnly("kubernetes/shop/VirtualService/greeter");
      assertThat(now.findings())
          .extracting(Finding::message)
          .anyMatch(m -> m.contains("did you mean 'route'?"))
          .anyMatch(m -> m.contains("last good version"));
    }
  }

  @Test
  void orderDoesNotTellWhatCameFirst() throws IOException {
    server.apply(virtualService("shop", "zebra", RULE));
    server.apply(service("shop", "greeter"));
    server.apply(virtualService("mall", "ant", RULE));
    server.apply(virtualService("shop", "ant", RULE));
    try (KubernetesSource source = open()) {
      assertThat(ids(source.configuration().snapshot()))
          .containsExactly(
              "Service shop/greeter",
              "VirtualService mall/ant",
              "VirtualService shop/ant",
              "VirtualService shop/zebra");
    }
  }

  @Test
  void kindsThatAreInstalledLaterAreWatchedFromThenOn() throws Exception {
    try (KubernetesSource source = open()) {
      Snapshots snapshots = new Snapshots(source);
      server.install("networking.istio.io", "v1", "ServiceEntry", "serviceentries");
      server.apply(
          """
          apiVersion: networking.istio.io/v1
          kind: ServiceEntry
          metadata: {name: api, namespace: shop}
          spec:
            hosts: [api.example.com]
            ports: [{number: 443, name: tls, protocol: TLS}]
            resolution: DNS
          """);
      source.discover();

      snapshots.await("the entry", s -> ids(s).contains("ServiceEntry shop/api"));
    }
  }

  @Test
  void workloadGroupsAreWatched() throws Exception {
    server.install("networking.istio.io", "v1", "WorkloadGroup", "workloadgroups");
    try (KubernetesSource source = open()) {
      Snapshots snapshots = new Snapshots(source);
      server.apply(
          """
          apiVersion: networking.istio.io/v1
          kind: WorkloadGroup
          metadata: {name: vms, namespace: shop}
          spec: {metadata: {labels: {app: greeter}}, template: {weight: 2}}
          """);

      snapshots.await("the group", s -> ids(s).contains("WorkloadGroup shop/vms"));
    }
  }

  @Test
  void ingressesAndTheirClassesAreConfiguration() throws IOException {
    server.install("networking.k8s.io", "v1", "Ingress", "ingresses");
    server.install("networking.k8s.io", "v1", "IngressClass", "ingressclasses", "Cluster");
    server.apply(
        """
        apiVersion: networking.k8s.io/v1
        kind: IngressClass
        metadata: {name: istio}
        spec: {controller: istio.io/ingress-controller}
        """);
    server.apply(
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: edge, namespace: shop}
        spec:
          ingressClassName: istio
          defaultBackend: {service: {name: greeter, port: {number: 80}}}
        status: {loadBalancer: {ingress: [{ip: 10.0.0.1}]}}
        """);
    try (KubernetesSource source = open()) {
      ConfigSnapshot snapshot = source.configuration().snapshot();

      assertThat(ids(snapshot))
          .containsExactlyInAnyOrder("Ingress shop/edge", "IngressClass default/istio");
      assertThat(snapshot.findings()).isEmpty();
    }
  }

  @Test
  void meshConfigIsIstiosConfigMap() throws IOException {
    String configMap =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: %s, namespace: istio-system}
        data: {mesh: "outboundTrafficPolicy: {mode: REGISTRY_ONLY}"}
        """;
    server.apply(configMap.formatted("istio"));
    server.apply(configMap.formatted("other"));
    try (KubernetesSource source = open()) {
      assertThat(ids(source.configuration().snapshot()))
          .singleElement()
          .asString()
          .startsWith("MeshConfig ");
    }
  }

  @Test
  void endpointsComeFromSlicesPodsAndNodes() throws Exception {
    server.apply(node("n1", "eu", "eu-a"));
    server.apply(pod("shop", "greeter-1", "app: greeter, version: v1"));
    server.apply(
        slice(
            "shop",
            "greeter-x",
            "greeter",
            """
            {addresses: [10.1.0.5], nodeName: n1, conditions: {ready: true},
             targetRef: {kind: Pod, name: greeter-1, namespace: shop}},
            {addresses: [10.1.0.6], zone: eu-b, conditions: {ready: false}}
            """));
    try (KubernetesSource source = open()) {
      Told told = new Told(source);

      assertThat(told.of(GREETER))
          .containsExactly(
              new PlatformEndpoint(
                  "10.1.0.5",
                  Map.of("http", 8080),
                  Map.of("app", "greeter", "version", "v1"),
                  "greeter-1",
                  "eu/eu-a",
                  true,
                  "greeter"),
              new PlatformEndpoint("10.1.0.6", Map.of("http", 8080), Map.of(), "", "/eu-b", false));
    }
  }

  @Test
  void changesOfSlicesPodsAndNodesAreTold() throws Exception {
    String endpoint =
        "{addresses: [10.1.0.5], nodeName: n1, targetRef: {kind: Pod, name: greeter-1}}";
    try (KubernetesSource source = open()) {
      Told told = new Told(source);
      server.apply(slice("shop", "greeter-x", "greeter", endpoint));
      told.await("one endpoint", GREETER, now -> now.size() == 1);
      server.apply(pod("shop", "greeter-1", "version: v1"));
      told.await("its label", GREETER, now -> now.get(0).labels().containsKey("version"));
      server.apply(node("n1", "eu", "eu-a"));
      told.await("its place", GREETER, now -> now.get(0).locality().equals("eu/eu-a"));
      server.apply(slice("shop", "greeter-y", "greeter", "{addresses: [10.1.0.9]}"));
      told.await("a second slice", GREETER, now -> now.size() == 2);
      server.delete(slice("shop", "greeter-x", "greeter", endpoint));
      told.await("one slice", GREETER, now -> now.size() == 1);
      server.delete(slice("shop", "greeter-y", "greeter", ""));
      told.await("none", GREETER, List::isEmpty);
    }
  }

  @Test
  void podsAreToldAsServiceEntriesSelectThem() throws Exception {
    WorkloadName name = new WorkloadName("shop", "greeter-1");
    server.apply(node("n1", "eu", "eu-a"));
    server.apply(runningPod("shop", "greeter-1", "10.1.0.5", "Running", "True"));
    try (KubernetesSource source = open()) {
      Told told = new Told(source);
      told.await(
          "the pod",
          () ->
              told.of(name)
                  .equals(
                      Optional.of(
                          new PlatformWorkload(
                              "10.1.0.5",
                              Map.of("web", 9090),
                              Map.of("app", "greeter-1"),
                              "eu/eu-a",
                              true,
                              "greeter"))));
      server.apply(runningPod("shop", "greeter-1", "10.1.0.5", "Running", "False"));
      told.await("not ready", () -> told.of(name).filter(PlatformWorkload::ready).isEmpty());
      assertThat(told.of(name)).isPresent();
      server.apply(node("n1", "eu", "eu-b"));
      told.await(
          "its place",
          () -> told.of(name).map(PlatformWorkload::locality).equals(Optional.of("eu/eu-b")));
      server.apply(runningPod("shop", "greeter-1", "10.1.0.5", "Succeeded", "False"));
      told.await("that it ended", () -> told.of(name).isEmpty());
    }
  }

  @Test
  void whatMayNotBeListedIsNamedInTheFindings() throws IOException {
    server.forbid("/apis/networking.istio.io/v1/virtualservices");
    server.apply(service("shop", "greeter"));
    try (KubernetesSource source = open()) {
      ConfigSnapshot snapshot = source.configuration().snapshot();

      assertThat(ids(snapshot)).containsExactly("Service shop/greeter");
      assertThat(snapshot.findings())
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.fieldPath()).isEqualTo("VirtualService");
                assertThat(finding.message()).contains("forbidden").contains("list and watch");
              });
    }
  }

  @Test
  void withoutPodsItDoesNotOpen() {
    server.forbid("/api/v1/pods");

    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("kubernetes: http://localhost:")
        .hasMessageContaining("list Pod: forbidden");
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    ConfigBuilder config =
        new ConfigBuilder()
            .withMasterUrl("http://127.0.0.1:" + port)
            .withRequestRetryBackoffLimit(0);

    assertThatThrownBy(
            () ->
                KubernetesSource.open(
                    new KubernetesClientBuilder().withConfig(config.build()).build(), PATIENCE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("kubernetes: http://127.0.0.1:" + port);
  }

  @Test
  void aContextThatTheFileDoesNotHaveIsNamed(@TempDir Path directory) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("config"),
            """
            apiVersion: v1
            kind: Config
            current-context: home
            contexts:
            - {name: home, context: {cluster: c, user: u}}
            clusters:
            - {name: c, cluster: {server: "http://127.0.0.1:1"}}
            users:
            - {name: u, user: {}}
            """);

    try (KubernetesClient client = KubernetesAccess.client(Optional.of(file), Optional.empty())) {
      assertThat(client.getMasterUrl()).hasToString("http://127.0.0.1:1/");
    }
    assertThatThrownBy(() -> KubernetesAccess.client(Optional.of(file), Optional.of("work")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("context: work (expected: one of [home])");
  }

  private static List<String> ids(ConfigSnapshot snapshot) {
    return snapshot.resources().stream()
        .map(r -> new ResourceId(r.kind(), r.metadata().namespace(), r.metadata().name()))
        .map(id -> id.kind().yamlName() + " " + id.namespace() + "/" + id.name())
        .toList();
  }

  private static int rules(ConfigSnapshot snapshot) {
    return snapshot.resources().stream()
        .mapToInt(
            r ->
                r instanceof io.librarymesh.controlplane.istio.VirtualService rules
                    ? rules.http().size()
                    : 0)
        .sum();
  }

  /** What a listener of the store was told last. */
  private static final class Snapshots {
    private ConfigSnapshot last;

    Snapshots(KubernetesSource source) {
      last = source.configuration().snapshot();
      var unused = source.configuration().subscribe(this::take);
    }

    private synchronized void take(ConfigSnapshot snapshot) {
      last = snapshot;
      notifyAll();
    }

    synchronized ConfigSnapshot await(String what, Predicate<ConfigSnapshot> condition)
        throws InterruptedException {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!condition.test(last)) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError("waited in vain for " + what + ", last: " + last);
        }
        wait(left / 1_000_000 + 1);
      }
      return last;
    }
  }

  /** What a listener of endpoints was told last. */
  private static final class Told implements EndpointSource.Listener {
    private final Map<ServiceName, List<PlatformEndpoint>> last = new ConcurrentHashMap<>();
    private final Map<WorkloadName, PlatformWorkload> workloads = new ConcurrentHashMap<>();

    Told(KubernetesSource source) {
      var unused = source.endpoints().subscribe(this);
    }

    @Override
    public synchronized void changed(ServiceName service, List<PlatformEndpoint> endpoints) {
      last.put(service, endpoints);
      notifyAll();
    }

    @Override
    public synchronized void changed(WorkloadName name, Optional<PlatformWorkload> workload) {
      workload.ifPresentOrElse(now -> workloads.put(name, now), () -> workloads.remove(name));
      notifyAll();
    }

    Optional<PlatformWorkload> of(WorkloadName name) {
      return Optional.ofNullable(workloads.get(name));
    }

    synchronized List<PlatformEndpoint> of(ServiceName service) {
      return last.getOrDefault(service, List.of());
    }

    synchronized void await(
        String what, ServiceName service, Predicate<List<PlatformEndpoint>> condition)
        throws InterruptedException {
      await(what, () -> condition.test(of(service)));
    }

    synchronized void await(String what, BooleanSupplier condition) throws InterruptedException {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!condition.getAsBoolean()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError("waited in vain for " + what + ", last: " + last + workloads);
        }
        wait(left / 1_000_000 + 1);
      }
    }
  }
}
