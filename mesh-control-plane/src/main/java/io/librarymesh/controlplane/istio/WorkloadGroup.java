package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the workloads have in common that register themselves with its name; {@code
 * networking.istio.io/WorkloadGroup}.
 *
 * @param position where the document begins
 * @param metadata name and namespace
 * @param labels labels of the workloads, which win over those of the template
 * @param annotations annotations of the workloads
 * @param template properties of the workloads; its address is that of each
 * @param probe how an agent beside a workload finds out whether it is ready
 */
public record WorkloadGroup(
    SourcePosition position,
    Metadata metadata,
    Map<String, String> labels,
    Map<String, String> annotations,
    WorkloadEntry.Spec template,
    Optional<Probe> probe)
    implements Resource {

  /** Copies the maps, keeping their order. */
  public WorkloadGroup {
    labels = Copies.ordered(labels);
    annotations = Copies.ordered(annotations);
  }

  @Override
  public Kind kind() {
    return Kind.WORKLOAD_GROUP;
  }

  /**
   * Istio's {@code ReadinessProbe}; what is absent is the agent's default.
   *
   * @param initialDelaySeconds before the first
   * @param timeoutSeconds of each
   * @param periodSeconds between two
   * @param successThreshold how many in a row make ready
   * @param failureThreshold how many in a row make unready
   * @param methods what is asked; exactly one is valid
   */
  public record Probe(
      Optional<Integer> initialDelaySeconds,
      Optional<Integer> timeoutSeconds,
      Optional<Integer> periodSeconds,
      Optional<Integer> successThreshold,
      Optional<Integer> failureThreshold,
      List<Method> methods) {

    /** Copies the list. */
    public Probe {
      methods = List.copyOf(methods);
    }
  }

  /** What a probe asks. */
  public sealed interface Method {}

  /**
   * A GET that is answered by a status from 200 to 399.
   *
   * @param port 1 to 65535
   * @param scheme {@code HTTP} or {@code HTTPS}, empty when none was written
   * @param headers names of the headers that are sent
   */
  public record HttpGet(int port, String scheme, List<String> headers) implements Method {

    /** Copies the list. */
    public HttpGet {
      headers = List.copyOf(headers);
    }
  }

  /**
   * A connection that is taken.
   *
   * @param port 1 to 65535
   */
  public record TcpSocket(int port) implements Method {}

  /**
   * A command that ends with 0.
   *
   * @param command it, and its arguments
   */
  public record Exec(List<String> command) implements Method {

    /** Copies the list. */
    public Exec {
      command = List.copyOf(command);
    }
  }

  /** gRPC's health checking, which Istio's schema has and its validation refuses. */
  public record Grpc() implements Method {}
}
