package io.librarymesh.controlplane.conformance;

import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.librarymesh.config.ConfigSource.Update;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.istio.HttpRetry;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.translate.MeshConfig;
import io.librarymesh.controlplane.translate.OutboundTrafficPolicy;
import io.librarymesh.controlplane.translate.PathNormalization;
import io.librarymesh.testkit.conformance.Given;
import io.librarymesh.testkit.conformance.IstioCompiler;
import io.librarymesh.xds.Node;
import io.librarymesh.xds.XdsConfigSource;
import io.librarymesh.xds.XdsStatus.ResourceState;
import io.librarymesh.xds.XdsStatus.ResourceStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Sends a case's resources down the road that they take in production: reader, registry and
 * translation of a control plane in this process, gRPC's in-process transport, the xDS client. What
 * the client makes of its first whole answer for a target is the result; nothing is waited for but
 * that answer.
 */
public final class ControlPlaneCompiler implements IstioCompiler {
  /** Far beyond what any case takes; a bound, so that a hanging client fails. */
  private static final long BOUND_SECONDS = 30;

  @Override
  public Set<String> features() {
    return Set.of("istio", "istio.delegate", "istio.gateway-api", "istio.sidecar");
  }

  @Override
  public Set<String> awaitedFeatures() {
    return Set.of();
  }

  @Override
  public Map<String, Update> compile(Given.IstioWorld world) throws Exception {
    MeshConfig mesh = meshConfig(world.mesh());
    return compile(world, mesh, WorldResources.of(world, mesh.domain()));
  }

  /** The same with resources in the place of those that the world writes. */
  static Map<String, Update> compile(
      Given.IstioWorld world, MeshConfig mesh, List<Resource> resources) throws Exception {
    FixedStore store = new FixedStore(resources);
    String name = InProcessServerBuilder.generateName();
    try (ControlPlane server =
        ControlPlane.builder(store).inProcess(name).meshConfig(mesh).build()) {
      server.start();
      return follow(world, name);
    }
  }

  private static Map<String, Update> follow(Given.IstioWorld world, String server)
      throws Exception {
    Node node =
        Node.of("client")
            .withNamespace(world.client().namespace())
            .withLabels(world.client().labels())
            .withLocality(world.client().locality());
    XdsConfigSource source =
        XdsConfigSource.builder(node)
            .server(server, () -> InProcessChannelBuilder.forName(server).build())
            .build();
    try (source) {
      Map<String, CompletableFuture<Update>> answers = new LinkedHashMap<>();
      world.targets().forEach(target -> answers.put(target, answer(source, target)));
      Map<String, Update> updates = new LinkedHashMap<>();
      for (Map.Entry<String, CompletableFuture<Update>> answer : answers.entrySet()) {
        updates.put(answer.getKey(), answer.getValue().get(BOUND_SECONDS, TimeUnit.SECONDS));
      }
      return updates;
    } catch (ExecutionException failed) {
      throw new AssertionError(failed.getMessage(), failed);
    }
  }

  /**
   * The first thing that is known of a target; fails as soon as the client has refused anything.
   */
  private static CompletableFuture<Update> answer(XdsConfigSource source, String target) {
    CompletableFuture<Update> answer = new CompletableFuture<>();
    source.watch(
        target,
        update -> {
          if (update instanceof Update.Pending) {
            var unused = source.status().thenAccept(status -> refuse(answer, status.resources()));
          } else {
            answer.complete(update);
          }
        });
    return answer;
  }

  private static void refuse(CompletableFuture<Update> answer, List<ResourceStatus> resources) {
    List<ResourceStatus> refused =
        resources.stream().filter(r -> r.state() == ResourceState.REFUSED).toList();
    if (!refused.isEmpty()) {
      answer.completeExceptionally(new AssertionError("the client refuses " + refused));
    }
  }

  private static MeshConfig meshConfig(Given.MeshSettings settings) {
    MeshConfig mesh =
        MeshConfig.DEFAULT.withOutboundTrafficPolicy(
            settings.registryOnly()
                ? OutboundTrafficPolicy.REGISTRY_ONLY
                : OutboundTrafficPolicy.ALLOW_ANY);
    MeshConfig withPaths =
        settings
            .pathNormalization()
            .map(form -> mesh.withPathNormalization(PathNormalization.valueOf(form)))
            .orElse(mesh);
    return settings
        .defaultHttpRetryPolicy()
        .map(retries -> withPaths.withDefaultHttpRetryPolicy(retry(retries)))
        .orElse(withPaths);
  }

  private static HttpRetry retry(Given.RetrySettings settings) {
    return new HttpRetry(
        settings.attempts(),
        Optional.empty(),
        settings.retryOn(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
