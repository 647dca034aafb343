package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Optional;

/**
 * What comes from outside and where it goes; {@code networking.k8s.io/v1} {@code Ingress}.
 *
 * @param position where the document begins
 * @param metadata name and namespace, which is that of its backends; the annotation {@link
 *     #CLASS_ANNOTATION} may name its class
 * @param ingressClassName the IngressClass, by which one of several control planes knows its own
 * @param defaultBackend what takes the requests that no rule is for
 * @param rules what goes where, in file order
 * @param tls the hosts that are reached over TLS
 */
public record Ingress(
    SourcePosition position,
    Metadata metadata,
    Optional<String> ingressClassName,
    Optional<Backend> defaultBackend,
    List<Rule> rules,
    List<Tls> tls)
    implements Resource {

  /** The older way to name a class, which wins over {@code ingressClassName}. */
  public static final String CLASS_ANNOTATION = "kubernetes.io/ingress.class";

  /** Copies the lists. */
  public Ingress {
    rules = List.copyOf(rules);
    tls = List.copyOf(tls);
  }

  @Override
  public Kind kind() {
    return Kind.INGRESS;
  }

  /**
   * The paths of a host; Kubernetes' {@code IngressRule}.
   *
   * @param position where the entry begins
   * @param host a DNS name, or {@code *.} and one; empty means every host
   * @param paths in file order; empty leaves everything to the default backend
   */
  public record Rule(SourcePosition position, String host, List<Path> paths) {

    /** Copies the list. */
    public Rule {
      paths = List.copyOf(paths);
    }
  }

  /**
   * A path with its backend; Kubernetes' {@code HTTPIngressPath}.
   *
   * @param position where the entry begins
   * @param path as written; may be empty
   * @param type how it is compared
   * @param backend where requests go
   */
  public record Path(SourcePosition position, String path, PathType type, Backend backend) {}

  /** How a path is compared; Kubernetes' {@code PathType}. */
  public enum PathType {
    /** It is equal. */
    EXACT,
    /** It begins with the same elements, those between slashes. */
    PREFIX,
    /** As whoever reads it decides. */
    IMPLEMENTATION_SPECIFIC
  }

  /**
   * A port of a Service of the same namespace; Kubernetes' {@code IngressServiceBackend}.
   *
   * @param position where the backend begins
   * @param service the name of the Service
   * @param port its port by number; absent where it is named
   * @param portName its port by name; empty where there is a number
   */
  public record Backend(
      SourcePosition position, String service, Optional<Integer> port, String portName) {}

  /**
   * Hosts with their certificate; Kubernetes' {@code IngressTLS}.
   *
   * @param position where the entry begins
   * @param hosts empty means every host
   * @param secretName the Secret that has the certificate; may be empty
   */
  public record Tls(SourcePosition position, List<String> hosts, String secretName) {

    /** Copies the list. */
    public Tls {
      hosts = List.copyOf(hosts);
    }
  }
}
