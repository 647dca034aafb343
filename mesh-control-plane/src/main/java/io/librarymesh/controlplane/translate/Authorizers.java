package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.ExtensionProvider;
import io.librarymesh.controlplane.istio.ExtensionProvider.Authorizer;
import io.librarymesh.controlplane.istio.ExtensionProvider.Protocol;
import io.librarymesh.controlplane.registry.RegisteredService;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Finds the authorizers that policies name. One that cannot be asked has a reason instead, and what
 * its policies match is denied.
 */
final class Authorizers {
  private final List<ExtensionProvider> providers;
  private final BiFunction<String, Integer, Optional<RegisteredService>> services;

  /**
   * Ones of a mesh.
   *
   * @param services finds a service by its host and port
   */
  Authorizers(
      MeshConfig config, BiFunction<String, Integer, Optional<RegisteredService>> services) {
    this.providers = config.extensionProviders();
    this.services = services;
  }

  /** Whom to ask, or why nobody can be asked; exactly one of the two. */
  record Found(Optional<Asked> asked, String problem) {
    static Found problem(String text) {
      return new Found(Optional.empty(), text);
    }
  }

  /**
   * Whom to ask.
   *
   * @param cluster that of its service
   */
  record Asked(Authorizer authorizer, ClusterName cluster) {}

  Found find(String provider) {
    Optional<ExtensionProvider> named =
        providers.stream().filter(each -> each.name().equals(provider)).findFirst();
    if (named.isEmpty()) {
      return Found.problem(
          "no such provider (expected: one of the extensionProviders of the MeshConfig: "
              + providers.stream().map(ExtensionProvider::name).toList()
              + ")");
    }
    return named
        .get()
        .authorizer()
        .map(this::find)
        .orElseGet(
            () -> Found.problem("the provider is no authorizer (expected: envoyExtAuthzHttp)"));
  }

  private Found find(Authorizer authorizer) {
    if (authorizer.protocol() == Protocol.GRPC) {
      return Found.problem("authorizers over gRPC are not asked (expected: envoyExtAuthzHttp)");
    }
    if (authorizer.requestBody()) {
      return Found.problem("bodies are not sent (expected: no includeRequestBodyInCheck)");
    }
    int slash = authorizer.service().indexOf('/');
    int port = authorizer.port().orElse(0);
    return services
        .apply(authorizer.host(), port)
        .map(RegisteredService::service)
        .filter(
            service ->
                slash < 0 || service.namespace().equals(authorizer.service().substring(0, slash)))
        .map(
            service ->
                new Found(
                    Optional.of(new Asked(authorizer, new ClusterName(port, "", service.host()))),
                    ""))
        .orElseGet(
            () ->
                Found.problem(
                    authorizer.service()
                        + ":"
                        + port
                        + " is no service (expected: one that the mesh knows)"));
  }
}
