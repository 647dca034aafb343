package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import io.librarymesh.controlplane.translate.MeshConfig;
import java.util.List;

/** Server states without a server around them, in which no time passes. */
final class States {
  private States() {}

  /** Knows service a (port 80) of namespace default, and numbers what happens. */
  static DiscoveryState withService(Metrics metrics) {
    DiscoveryState state =
        new DiscoveryState(
            MeshConfig.DEFAULT,
            new Admission(ServeLimits.DEFAULT, () -> 0, (task, delay) -> {}),
            new SendBudget(SendBudget.BYTES, () -> 0, (task, delay) -> {}),
            new ServeMetrics(metrics),
            () -> 0,
            () -> {});
    state.configure(
        new ConfigSnapshot(
            IstioReader.read(
                    "1.yaml",
                    """
                    apiVersion: v1
                    kind: Service
                    metadata: {name: a}
                    spec: {selector: {app: a}, ports: [{name: http, port: 80}]}
                    """)
                .resources(),
            List.of(),
            1));
    return state;
  }
}
