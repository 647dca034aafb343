package io.librarymesh.cli;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.librarymesh.controlplane.AuthoritySettings;
import io.librarymesh.controlplane.ControlPlane;
import io.librarymesh.controlplane.registry.EndpointSource;
import io.librarymesh.controlplane.store.CombinedStore;
import io.librarymesh.controlplane.store.ConfigStore;
import io.librarymesh.controlplane.store.DirectoryStore;
import io.librarymesh.kubernetes.KubernetesAccess;
import io.librarymesh.kubernetes.KubernetesSource;
import io.librarymesh.kubernetes.ServiceAccountTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a control plane reads from: a directory, a cluster, or both. */
final class ServeSources {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Option(
      names = "--config",
      paramLabel = "DIR",
      description = "Directory of .yaml, .yml and .json files, read with its subdirectories.")
  @Nullable Path config;

  @Option(
      names = "--mesh-config",
      paramLabel = "FILE",
      description =
          "Istio's MeshConfig, as YAML, watched as the directory is. Without it the one in the directory or cluster counts: in the ConfigMap istio or, in a directory, in an IstioOperator. Options win over all.")
  @Nullable Path meshConfig;

  @Option(
      names = "--kubernetes",
      description =
          "Read a Kubernetes cluster: rules, Services and their endpoints. With --config, what both declare is taken from the files.")
  boolean kubernetes;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description =
          "Where the cluster and the account stand (default: KUBECONFIG, ~/.kube/config or, in a pod, the pod's own account).")
  @Nullable Path kubeconfig;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description = "Which context of the kubeconfig is meant (default: its current one).")
  @Nullable String context;

  @Option(
      names = "--write-status",
      description =
          "Write into the status of the cluster's objects whether they are in force. Needs the right to update them; deploy/kubernetes/write-status grants it.")
  boolean writeStatus;

  private @Nullable KubernetesSource cluster;
  private @Nullable KubernetesClient reviewer;

  /** Refuses what makes no sense together, before anything is opened. */
  void check() {
    if (config == null && !kubernetes) {
      throw new Options.UsageException(
          "nothing to serve (expected: --config DIR, --kubernetes, or both)");
    }
    if (!kubernetes && (kubeconfig != null || context != null || writeStatus)) {
      String option =
          kubeconfig != null ? "--kubeconfig" : context != null ? "--context" : "--write-status";
      throw new Options.UsageException(option + ": given without --kubernetes");
    }
    Options.requireFile(meshConfig);
    if (kubeconfig != null && !Files.isReadable(kubeconfig)) {
      throw new Options.UsageException(
          "--kubeconfig: " + kubeconfig + " (expected: a file that can be read)");
    }
  }

  /** Opens what is to be read; a cluster has been listed when this returns. */
  ConfigStore open() throws IOException {
    if (!kubernetes) {
      return directory(config);
    }
    cluster = connect();
    ConfigStore rules = cluster.configuration();
    if (config != null) {
      return CombinedStore.of(List.of(directory(config), rules));
    }
    return meshConfig == null
        ? rules
        : CombinedStore.of(List.of(DirectoryStore.openMeshConfig(meshConfig), rules));
  }

  /** Endpoints that the cluster keeps; absent without one. Its source is there after opening. */
  Optional<EndpointSource.Opener> endpoints() {
    return kubernetes ? Optional.of(this::clusterEndpoints) : Optional.empty();
  }

  /** Lets workloads of the cluster in by the tokens of their service accounts. */
  AuthoritySettings authenticate(AuthoritySettings settings) {
    return kubernetes
        ? settings.withAuthenticator(
            new ServiceAccountTokens(this::reviewer, settings.trustDomain()))
        : settings;
  }

  private synchronized KubernetesClient reviewer() {
    KubernetesClient known = reviewer;
    if (known == null) {
      known =
          KubernetesAccess.client(Optional.ofNullable(kubeconfig), Optional.ofNullable(context));
      reviewer = known;
    }
    return known;
  }

  private EndpointSource clusterEndpoints() throws IOException {
    if (cluster == null) {
      throw new IOException("kubernetes: not opened");
    }
    return cluster.endpoints();
  }

  /** What is to be done once the configuration is served. */
  void serving(ControlPlane plane) {
    if (cluster != null && writeStatus) {
      cluster.writeStatus(plane::findings);
    }
  }

  private KubernetesSource connect() throws IOException {
    try {
      return KubernetesSource.open(
          KubernetesAccess.client(Optional.ofNullable(kubeconfig), Optional.ofNullable(context)),
          PATIENCE);
    } catch (IllegalArgumentException e) {
      throw new Options.UsageException("--" + e.getMessage());
    }
  }

  private DirectoryStore directory(@Nullable Path config) throws IOException {
    if (config == null) {
      throw new IOException("--config: missing");
    }
    return DirectoryStore.open(config, Optional.ofNullable(meshConfig));
  }
}
