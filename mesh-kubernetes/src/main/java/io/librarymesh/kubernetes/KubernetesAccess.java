package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.util.Optional;

/** Which cluster is meant, and as whom. */
public final class KubernetesAccess {
  /** Of one request; watching has no end. */
  private static final int RETRIES = 3;

  private KubernetesAccess() {}

  /**
   * A client of a cluster.
   *
   * @param kubeconfig where the cluster and the account stand; absent for {@code KUBECONFIG}, the
   *     file in the home directory or, in a pod, the pod's own account
   * @param context which of the file's contexts; absent for its current one
   * @throws IllegalArgumentException when the file has no such context
   */
  public static KubernetesClient client(Optional<Path> kubeconfig, Optional<String> context) {
    Config config =
        kubeconfig
            .map(file -> Config.fromKubeconfig(context.orElse(null), file.toFile()))
            .orElseGet(() -> Config.autoConfigure(context.orElse(null)));
    NamedContext chosen = config.getCurrentContext();
    if (context.isPresent() && (chosen == null || !chosen.getName().equals(context.get()))) {
      throw new IllegalArgumentException(
          "context: "
              + context.get()
              + " (expected: one of "
              + config.getContexts().stream().map(NamedContext::getName).toList()
              + ")");
    }
    config.setRequestRetryBackoffLimit(RETRIES);
    return new KubernetesClientBuilder().withConfig(config).build();
  }
}
