package io.librarymesh.testkit.conformance;

import io.librarymesh.config.Endpoint;
import io.librarymesh.config.TargetConfig;
import java.util.List;
import java.util.Map;

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
   * @param services Kubernetes Services and Namespaces as YAML, without their endpoints
   * @param rules Istio resources as YAML; a ConfigMap {@code istio} holds the mesh config
   * @param endpoints of the services, by fully qualified name; the port of each is that of the
   *     driver's server, whatever the Service's target port says
   * @param targets {@code host:port} of every call
   */
  record IstioWorld(
      String services,
      String rules,
      Map<String, List<Endpoint>> endpoints,
      Client client,
      List<String> targets) {
    public IstioWorld {
      endpoints = Map.copyOf(endpoints);
      targets = List.copyOf(targets);
    }
  }

  /** The workload that calls. */
  record Client(String namespace, Map<String, String> labels) {
    public Client {
      labels = Map.copyOf(labels);
    }
  }
}
