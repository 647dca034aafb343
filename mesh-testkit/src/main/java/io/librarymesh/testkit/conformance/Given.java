package io.librarymesh.testkit.conformance;

import io.librarymesh.config.Locality;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.config.TargetConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is configured. Endpoints have logical hosts as addresses until a driver binds them. */
public sealed interface Given {
  /** The engine's own records. */
  record Direct(TargetConfig config) implements Given {}

  /** What a control plane translates. */
  record Istio(IstioWorld world) implements Given {}

  /** Values that the records of the engine refuse, with what they say. */
  record Refused(String message) implements Given {}

  /**
   * What Istio's control plane would see.
   *
   * @param services Kubernetes Services as YAML, without their endpoints
   * @param rules Istio resources as YAML
   * @param endpoints of the services, by fully qualified name and by locality, all of which the
   *     service selects whatever their labels; the port of each is that of the driver's server,
   *     whatever the Service's target port says. Those of {@link #INLINE} belong to no service
   * @param targets {@code host:port} of every call
   */
  record IstioWorld(
      String services,
      String rules,
      Map<String, List<LocalityEndpoints>> endpoints,
      Client client,
      MeshSettings mesh,
      List<String> targets) {
    /** In the place of a service: endpoints that only the rules name. */
    public static final String INLINE = "inline";

    public IstioWorld {
      endpoints = Map.copyOf(endpoints);
      targets = List.copyOf(targets);
    }
  }

  /**
   * What of Istio's {@code MeshConfig} a case may set.
   *
   * @param registryOnly whether {@code outboundTrafficPolicy.mode} is {@code REGISTRY_ONLY} instead
   *     of {@code ALLOW_ANY}
   * @param defaultHttpRetryPolicy empty means Istio's built-in one
   * @param pathNormalization {@code pathNormalization.normalization}; empty for its default
   */
  record MeshSettings(
      boolean registryOnly,
      Optional<RetrySettings> defaultHttpRetryPolicy,
      Optional<String> pathNormalization) {
    /** Istio's defaults. */
    public static final MeshSettings DEFAULT =
        new MeshSettings(false, Optional.empty(), Optional.empty());
  }

  /**
   * A retry policy of the mesh.
   *
   * @param attempts retries; 0 switches them off
   * @param retryOn conditions and codes; empty means the built-in list
   */
  record RetrySettings(int attempts, List<String> retryOn) {
    public RetrySettings {
      retryOn = List.copyOf(retryOn);
    }
  }

  /** The workload that calls. */
  record Client(String namespace, Map<String, String> labels, Locality locality) {
    public Client {
      labels = Map.copyOf(labels);
    }
  }
}
