package io.librarymesh.controlplane.istio;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A resource's Kubernetes object metadata, as far as the mesh reads it.
 *
 * @param name the object's name, a DNS subdomain
 * @param namespace the object's namespace; {@code default} when none was written, as kubectl does
 * @param labels the object's labels, in file order
 * @param annotations the object's annotations, in file order
 * @param creationTimestamp when the object was created; files seldom have it. Where Istio says
 *     "oldest wins", absence ties and name, then namespace decide
 */
public record Metadata(
    String name,
    String namespace,
    Map<String, String> labels,
    Map<String, String> annotations,
    Optional<Instant> creationTimestamp) {

  /** The namespace of a resource that names none. */
  public static final String DEFAULT_NAMESPACE = "default";

  /** Copies the maps, keeping their order. */
  public Metadata {
    labels = Copies.ordered(labels);
    annotations = Copies.ordered(annotations);
  }

  /** The same of an object of the whole mesh, where a namespace that is written says nothing. */
  Metadata withoutNamespace() {
    return new Metadata(name, DEFAULT_NAMESPACE, labels, annotations, creationTimestamp);
  }
}
