package io.librarymesh.pick;

import io.librarymesh.config.HealthStatus;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The hosts of one priority, and where their round robins stand. Under the cluster's lock. */
final class PriorityLevel {
  private List<HostState> hosts = List.of();
  private @Nullable Cursors cursors;

  /** One for each group of hosts that a level can be asked for, so that each is fair in itself. */
  record Cursors(Cursor healthy, Cursor degraded, Cursor all) {}

  List<HostState> hosts() {
    return hosts;
  }

  List<HostState> hosts(HealthStatus health) {
    return hosts.stream().filter(host -> host.health() == health).toList();
  }

  void replaceHosts(List<HostState> next) {
    hosts = List.copyOf(next);
  }

  /** The cursors; where they start is drawn once, by the first rotation that they run over. */
  Cursors cursors(int length, RandomSource random) {
    Cursors existing = cursors;
    if (existing != null) {
      return existing;
    }
    int start = random.nextInt(length, Draw.ROUND_ROBIN_START);
    Cursors created = new Cursors(new Cursor(start), new Cursor(start), new Cursor(start));
    cursors = created;
    return created;
  }
}
