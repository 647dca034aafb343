package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A Kubernetes API server with Istio's kinds installed, and a client that changes what is there.
 */
final class ApiServer implements AutoCloseable {
  /** Held, because loggers that nobody holds forget their level. */
  private static final Logger REQUESTS = Logger.getLogger("io.fabric8.mockwebserver");

  static {
    REQUESTS.setLevel(Level.WARNING);
  }

  final KubernetesMockServer server;
  final KubernetesClient admin;

  ApiServer() {
    Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
    server =
        new KubernetesMockServer(
            new Context(),
            new MockWebServer(),
            responses,
            new KubernetesMixedDispatcher(responses),
            false);
    server.init();
    install("networking.istio.io", "v1", "VirtualService", "virtualservices");
    install("networking.istio.io", "v1", "DestinationRule", "destinationrules");
    admin = server.createClient();
  }

  void install(String group, String version, String kind, String plural) {
    install(group, version, kind, plural, "Namespaced");
  }

  void install(String group, String version, String kind, String plural, String scope) {
    server.expectCustomResource(
        new CustomResourceDefinitionContext.Builder()
            .withGroup(group)
            .withVersion(version)
            .withKind(kind)
            .withPlural(plural)
            .withScope(scope)
            .build());
  }

  /** A client of its own for a source, which closes it. */
  KubernetesClient client() {
    return server.createClient();
  }

  /** Refuses to list a kind from now on. */
  void forbid(String path) {
    Status status =
        new StatusBuilder().withCode(403).withMessage("may not list").withStatus("Failure").build();
    server.expect().get().withPath(path + "?resourceVersion=0").andReturn(403, status).always();
  }

  /** Creates or changes what the manifest says. */
  void apply(String manifest) {
    GenericKubernetesResource object =
        admin.getKubernetesSerialization().unmarshal(manifest, GenericKubernetesResource.class);
    admin.resource(object).unlock().createOr(existing -> existing.update());
  }

  /** Deletes what the manifest names. */
  void delete(String manifest) {
    GenericKubernetesResource object =
        admin.getKubernetesSerialization().unmarshal(manifest, GenericKubernetesResource.class);
    admin.resource(object).delete();
  }

  @Override
  public void close() {
    admin.close();
    try {
      server.destroy();
    } catch (IllegalStateException slow) {
      // The stand-in waits for its own event loop for ten seconds, which a busy machine may exceed.
      REQUESTS.log(Level.WARNING, "the API server did not stop in time", slow);
    }
  }
}
