package io.librarymesh.xds;

import static java.util.Objects.requireNonNull;

import io.librarymesh.config.Locality;
import java.util.Map;
import java.util.UUID;

/**
 * Who this process is in the mesh. Source: Envoy {@code core.v3.Node}, with Istio's metadata keys.
 *
 * @param workload such as {@code helloweb}
 * @param namespace such as {@code default}
 * @param serviceAccount may be empty
 * @param labels such as {@code version: v1}; by them Services select registered workloads, and
 *     rules select callers
 * @param locality where it runs; endpoints near to it may be preferred
 * @param instance tells processes of one workload apart
 */
public record Node(
    String workload,
    String namespace,
    String serviceAccount,
    Map<String, String> labels,
    Locality locality,
    String instance) {
  public Node {
    requireName("workload", workload);
    requireName("namespace", namespace);
    requireNonNull(serviceAccount, "serviceAccount");
    requireName("instance", instance);
    labels = Map.copyOf(labels);
  }

  /**
   * A workload of the namespace {@code default}, without labels, with an instance of its own.
   *
   * @param workload what the caller is called in the control plane's pages and in rules' findings;
   *     not empty
   */
  public static Node of(String workload) {
    return new Node(workload, "default", "", Map.of(), Locality.NONE, UUID.randomUUID().toString());
  }

  public Node withNamespace(String value) {
    return new Node(workload, value, serviceAccount, labels, locality, instance);
  }

  public Node withServiceAccount(String value) {
    return new Node(workload, namespace, value, labels, locality, instance);
  }

  public Node withLabels(Map<String, String> values) {
    return new Node(workload, namespace, serviceAccount, values, locality, instance);
  }

  public Node withLocality(Locality value) {
    return new Node(workload, namespace, serviceAccount, labels, value, instance);
  }

  /** The parts of a node's id are separated by {@code ~}, which they must not have. */
  private static void requireName(String name, String value) {
    if (value.isBlank() || value.indexOf('~') >= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: a name without ~)");
    }
  }
}
