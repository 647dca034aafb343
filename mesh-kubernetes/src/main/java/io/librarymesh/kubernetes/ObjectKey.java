package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * The name of an object among those of a cluster. Ordered, so that every replica lists objects
 * alike, whatever the order in which it heard of them.
 *
 * @param kind such as {@code VirtualService}
 * @param namespace its namespace; empty for an object of the whole cluster
 * @param name its name
 */
record ObjectKey(String kind, String namespace, String name) implements Comparable<ObjectKey> {

  static ObjectKey of(HasMetadata object) {
    String namespace = object.getMetadata().getNamespace();
    return new ObjectKey(
        object.getKind(), namespace == null ? "" : namespace, object.getMetadata().getName());
  }

  @Override
  public int compareTo(ObjectKey other) {
    int byKind = kind.compareTo(other.kind);
    int byNamespace = byKind != 0 ? byKind : namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  /** As findings name it, where a file has its path. */
  @Override
  public String toString() {
    return "kubernetes/" + (namespace.isEmpty() ? "" : namespace + "/") + kind + "/" + name;
  }
}
