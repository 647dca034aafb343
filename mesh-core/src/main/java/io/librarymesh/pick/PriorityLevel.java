package io.librarymesh.pick;

import io.librarymesh.config.Locality;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The hosts of one priority by locality, and where their round robins stand. Under the cluster's
 * lock.
 */
final class PriorityLevel {
  private final Map<Turns, Cursor> cursors = new HashMap<>();
  private List<LocalHosts> localities = List.of();
  private List<HostState> hosts = List.of();
  private int start = -1;

  /**
   * The hosts of one locality.
   *
   * @param weight its share where shares are by locality; 0 means none
   */
  record LocalHosts(Locality locality, int weight, List<HostState> hosts) {
    HostState[] hosts(HostGroup group) {
      return group.of(hosts);
    }
  }

  /** Who takes turns: hosts of the level, of one locality, or the localities themselves. */
  private record Turns(HostGroup group, Optional<Locality> within, boolean ofLocalities) {}

  List<LocalHosts> localities() {
    return localities;
  }

  List<HostState> hosts() {
    return hosts;
  }

  HostState[] hosts(HostGroup group) {
    return group.of(hosts);
  }

  void replaceHosts(List<LocalHosts> next) {
    localities = List.copyOf(next);
    hosts = next.stream().flatMap(local -> local.hosts.stream()).toList();
  }

  /** Where a round robin of so many turns over the hosts of a group stands. */
  Cursor cursor(HostGroup group, Optional<Locality> within, int length, RandomSource random) {
    return cursors.computeIfAbsent(
        new Turns(group, within, false),
        turns -> {
          // Drawn once for a level, so that a test knows where all of its rotations begin.
          start = start < 0 ? random.nextInt(length, Draw.ROUND_ROBIN_START) : start;
          return new Cursor(start);
        });
  }

  /** Where the round robin over the localities of a group stands. */
  Cursor localityCursor(HostGroup group, int length, RandomSource random) {
    return cursors.computeIfAbsent(
        new Turns(group, Optional.empty(), true),
        turns -> new Cursor(random.nextInt(length, Draw.LOCALITY_START)));
  }
}
