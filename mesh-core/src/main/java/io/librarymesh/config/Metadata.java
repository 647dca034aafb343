package io.librarymesh.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Named values that load balancing compares: what an endpoint is, or what a call asks for. Source:
 * the {@code envoy.lb} part of Envoy's {@code core.v3.Metadata}.
 *
 * <p>Equal when the values are. The hash is worked out once, since calls look subsets up by it.
 */
public final class Metadata {
  /** No values. */
  public static final Metadata EMPTY = new Metadata(Map.of());

  private final Map<String, MetadataValue> values;
  private final int hash;

  private Metadata(Map<String, MetadataValue> values) {
    this.values = Map.copyOf(values);
    this.hash = this.values.hashCode();
  }

  /** These values. */
  public static Metadata of(Map<String, MetadataValue> values) {
    return values.isEmpty() ? EMPTY : new Metadata(values);
  }

  /** The values by name; immutable. */
  public Map<String, MetadataValue> values() {
    return values;
  }

  /** Whether there are no values. */
  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** Whether all values of {@code wanted} are here; a list here may hold the value instead. */
  public boolean matches(Metadata wanted) {
    return matches(wanted, true);
  }

  /**
   * Whether all values of {@code wanted} are here.
   *
   * @param listsAreAlternatives whether a list here may hold the value instead
   */
  public boolean matches(Metadata wanted, boolean listsAreAlternatives) {
    for (Map.Entry<String, MetadataValue> value : wanted.values.entrySet()) {
      MetadataValue mine = values.get(value.getKey());
      boolean same = value.getValue().equals(mine);
      if (!same
          && !(listsAreAlternatives
              && mine instanceof MetadataValue.Items items
              && items.values().contains(value.getValue()))) {
        return false;
      }
    }
    return true;
  }

  /** Only the values of these names. */
  public Metadata only(Set<String> names) {
    Map<String, MetadataValue> kept = new HashMap<>(values);
    kept.keySet().retainAll(names);
    return of(kept);
  }

  /** All values but that of this name. */
  public Metadata without(String name) {
    Map<String, MetadataValue> kept = new HashMap<>(values);
    kept.remove(name);
    return of(kept);
  }

  /** These values and those of {@code other}, which win. */
  public Metadata with(Metadata other) {
    Map<String, MetadataValue> merged = new HashMap<>(values);
    merged.putAll(other.values);
    return of(merged);
  }

  /** Whether a value is the boolean true. */
  public boolean flag(String name) {
    return values.get(name) instanceof MetadataValue.Flag flag && flag.value();
  }

  /** The value of a name, if it is a string. */
  public Optional<String> text(String name) {
    return values.get(name) instanceof MetadataValue.Text text
        ? Optional.of(text.value())
        : Optional.empty();
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Metadata metadata
            && hash == metadata.hash
            && values.equals(metadata.values));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
