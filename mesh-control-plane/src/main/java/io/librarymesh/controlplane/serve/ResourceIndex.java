package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.serve.ResourceTable.Entry;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The resources of one type that clients with an equal view subscribe to, by name and by number.
 *
 * <p>Numbers are small and dense, so that a client can keep what it has of each in arrays instead
 * of maps of names; the number of a resource that nobody subscribes to any more is given away
 * again. Confined to the state executor.
 */
final class ResourceIndex {

  private static final int FIRST_CAPACITY = 16;

  private final Map<String, Entry> byName = new HashMap<>();
  private @Nullable Entry[] byNumber = new Entry[FIRST_CAPACITY];
  private int[] free = new int[FIRST_CAPACITY];
  private int freeCount;
  private int bound;

  /** Null when nobody subscribes to it. */
  @Nullable Entry find(String name) {
    return byName.get(name);
  }

  /** Looks first where a resource of this name was last found, in this index or another. */
  @Nullable Entry find(EncodedResource resource) {
    int number = resource.lastNumber();
    if (number < bound) {
      Entry entry = byNumber[number];
      if (entry != null && entry.name().equals(resource.name())) {
        return entry;
      }
    }
    Entry entry = byName.get(resource.name());
    if (entry != null) {
      resource.lastNumber(entry.number());
    }
    return entry;
  }

  /** The resource with this number; there is one for every number that a subscription keeps. */
  Entry at(int number) {
    Entry entry = byNumber[number];
    if (entry == null) {
      throw new IllegalStateException("number: " + number + " (expected: of a resource in use)");
    }
    return entry;
  }

  /** Higher than every number in use. */
  int bound() {
    return bound;
  }

  /** A number that no other resource has. */
  int nextNumber() {
    if (freeCount > 0) {
      freeCount--;
      return free[freeCount];
    }
    if (bound == byNumber.length) {
      byNumber = Arrays.copyOf(byNumber, bound * 2);
    }
    return bound++;
  }

  /** Those in use. */
  Collection<Entry> entries() {
    return Collections.unmodifiableCollection(byName.values());
  }

  void put(Entry entry) {
    byName.put(entry.name(), entry);
    byNumber[entry.number()] = entry;
  }

  /** Its number is free from now on. */
  void remove(Entry entry) {
    byName.remove(entry.name());
    byNumber[entry.number()] = null;
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, freeCount * 2);
    }
    free[freeCount] = entry.number();
    freeCount++;
  }
}
