package io.librarymesh.authz;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * How the headers change that the application sees: those removed first, then those set.
 *
 * @param removed lower-case
 * @param set by name, lower-case
 */
public record HeaderEdits(Set<String> removed, Map<String, String> set) {
  /** They stay as they are. */
  public static final HeaderEdits NONE = new HeaderEdits(Set.of(), Map.of());

  public HeaderEdits {
    removed = Set.copyOf(removed);
    set = Map.copyOf(set);
  }

  /** These as well. */
  HeaderEdits with(Collection<String> moreRemoved, Map<String, String> moreSet) {
    if (moreRemoved.isEmpty() && moreSet.isEmpty()) {
      return this;
    }
    Set<String> all = new LinkedHashSet<>(removed);
    all.addAll(moreRemoved);
    Map<String, String> values = new LinkedHashMap<>(set);
    values.keySet().removeAll(moreRemoved);
    values.putAll(moreSet);
    return new HeaderEdits(all, values);
  }
}
