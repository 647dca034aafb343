package io.librarymesh.route;

import io.librarymesh.config.PathMatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Maps a path to the routes whose exact path or prefix fits it, for the routes of one virtual host
 * that compare paths in one way.
 *
 * <p>An entry holds the routes that were written with the same path. The entries that fit a path
 * form a chain: {@link #find} gives its head, the most specific one, and {@link #next} leads on.
 */
final class PathIndex {
  private final TextIndex index;
  private final int[][] routes;
  private final int[] parents;

  private PathIndex(TextIndex index, int[][] routes) {
    this.index = index;
    this.routes = routes;
    this.parents = index.parents();
  }

  /** Whether no path fits any route. */
  boolean isEmpty() {
    return index.isEmpty();
  }

  /** The first entry that fits {@code path[0, end)}, or {@link TextIndex#NONE}. */
  int find(String path, int end) {
    return index.find(path, end, end);
  }

  /** The entry after {@code entry}, or {@link TextIndex#NONE}. */
  int next(int entry) {
    return parents[entry];
  }

  /** The routes of an entry, by their position in the virtual host, ascending. */
  int[] routes(int entry) {
    return routes[entry];
  }

  /** Takes the routes that it can index and builds the index over them. */
  static final class Builder {
    private final boolean caseSensitive;
    private final Map<String, List<Integer>> wholes = new LinkedHashMap<>();
    private final Map<String, List<Integer>> beginnings = new LinkedHashMap<>();

    Builder(boolean caseSensitive) {
      this.caseSensitive = caseSensitive;
    }

    /** Adds a route, in ascending order of positions; false when it is not for this index. */
    boolean add(PathMatch match, int position) {
      if (match instanceof PathMatch.Exact exact) {
        return add(wholes, exact.value(), exact.caseSensitive(), position);
      } else if (match instanceof PathMatch.Prefix prefix) {
        return add(beginnings, prefix.value(), prefix.caseSensitive(), position);
      } else if (match instanceof PathMatch.SeparatedPrefix prefix) {
        return add(beginnings, prefix.value(), prefix.caseSensitive(), position);
      }
      return false;
    }

    private boolean add(
        Map<String, List<Integer>> entries, String path, boolean sensitive, int position) {
      if (sensitive != caseSensitive) {
        return false;
      }
      String key = caseSensitive ? path : AsciiCase.fold(path);
      return entries.computeIfAbsent(key, k -> new ArrayList<>()).add(position);
    }

    PathIndex build() {
      TextIndex index =
          TextIndex.of(
              caseSensitive ? TextIndex.Reading.FORWARD : TextIndex.Reading.FORWARD_FOLDED,
              List.copyOf(wholes.keySet()),
              List.copyOf(beginnings.keySet()));
      List<List<Integer>> routes = new ArrayList<>(wholes.values());
      routes.addAll(beginnings.values());
      return new PathIndex(
          index,
          routes.stream()
              .map(entry -> entry.stream().mapToInt(Integer::intValue).toArray())
              .toArray(int[][]::new));
    }
  }
}
