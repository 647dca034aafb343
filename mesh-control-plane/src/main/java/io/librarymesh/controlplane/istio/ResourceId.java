package io.librarymesh.controlplane.istio;

/** What makes a resource unique: two with the same id cannot be in force together. */
public record ResourceId(Resource.Kind kind, String namespace, String name) {

  /** {@code VirtualService default/reviews}. */
  @Override
  public String toString() {
    return kind.yamlName() + " " + namespace + "/" + name;
  }
}
