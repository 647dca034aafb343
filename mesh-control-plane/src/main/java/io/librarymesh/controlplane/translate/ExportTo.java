package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Resource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The namespaces that see an object.
 *
 * @param values {@code *} alone, or namespaces, with {@code .} for the object's own
 */
public record ExportTo(Set<String> values) {

  private static final String PUBLIC = "*";
  private static final String PRIVATE = ".";

  /** Copies the set. */
  public ExportTo {
    values = Set.copyOf(values);
  }

  /** The rank of what a namespace does not see. */
  static final int HIDDEN = 3;

  /**
   * Where rules stand among those that a namespace sees: its private ones first, then those
   * exported to it by name, then the public ones.
   *
   * @param written the namespaces that see the rule, as written
   */
  static int rank(List<String> written, Resource rule, String clientNamespace) {
    String namespace = rule.metadata().namespace();
    ExportTo visible = of(written, namespace);
    if (visible.isPublic()) {
      return 2;
    }
    if (namespace.equals(clientNamespace)) {
      return visible.includesOwnNamespace() ? 0 : HIDDEN;
    }
    return visible.includes(clientNamespace) ? 1 : HIDDEN;
  }

  /** Reads a written list; an empty one means everybody, the default of the mesh. */
  public static ExportTo of(List<String> written, String namespace) {
    if (written.isEmpty() || written.contains(PUBLIC)) {
      return new ExportTo(Set.of(PUBLIC));
    }
    return new ExportTo(
        written.stream()
            .map(value -> value.equals(namespace) ? PRIVATE : value)
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** Seen by its own namespace only. */
  public static ExportTo ownNamespace() {
    return new ExportTo(Set.of(PRIVATE));
  }

  /** Whether every namespace sees it. */
  public boolean isPublic() {
    return values.contains(PUBLIC);
  }

  /** Whether nobody but its own namespace sees it. */
  boolean isPrivate() {
    return values.equals(Set.of(PRIVATE));
  }

  /** Whether its own namespace sees it. */
  public boolean includesOwnNamespace() {
    return isPublic() || values.contains(PRIVATE);
  }

  /** Whether another namespace than the object's own sees it. */
  public boolean includes(String foreignNamespace) {
    return isPublic() || values.contains(foreignNamespace);
  }

  /** Whether whoever sees the other sees this. */
  public boolean isSupersetOf(ExportTo other) {
    return values.containsAll(other.values);
  }
}
