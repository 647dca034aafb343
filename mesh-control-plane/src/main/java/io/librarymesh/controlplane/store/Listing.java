package io.librarymesh.controlplane.store;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What stands in a directory at one moment.
 *
 * @param files the configuration files by path, sorted; all of them regular files
 * @param troubles paths that cannot be used, with the reason: files that must not be opened, and
 *     directories that cannot be listed, whose files are then unknown rather than gone
 * @param directories real paths of all directories in which a change would matter
 */
record Listing(
    SortedMap<Path, FileStamp> files, Map<Path, String> troubles, Set<Path> directories) {

  /** Nothing is there. */
  static final Listing EMPTY =
      new Listing(
          Collections.unmodifiableSortedMap(new TreeMap<>(Comparator.comparing(Path::toString))),
          Map.of(),
          Set.of());

  /** Whether nothing can be said about the file, because it or a directory above is in trouble. */
  boolean isUnknown(Path file) {
    for (Path at = file; at != null; at = at.getParent()) {
      if (troubles.containsKey(at)) {
        return true;
      }
    }
    return false;
  }
}
