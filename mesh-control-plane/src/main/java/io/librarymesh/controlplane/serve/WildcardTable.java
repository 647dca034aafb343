package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.translate.Catalogue;
import io.librarymesh.controlplane.translate.ClientView;
import io.librarymesh.controlplane.translate.HostNames;
import io.librarymesh.controlplane.translate.PushContext;
import io.librarymesh.controlplane.translate.ResourceType;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names for which wildcard subscriptions stand, worked out once for all clients with an equal
 * view and kept up to date at the cost of the hosts that changed.
 *
 * <p>Confined to the state executor.
 */
final class WildcardTable {

  private final Map<Key, Coverage> coverages = new HashMap<>();
  private PushContext context;

  private record Key(ResourceType type, ClientView view) {}

  /** Told which names a wildcard subscription stands for from now on, or no longer. */
  interface Follower {

    /** The names differ from before. */
    void covers(ResourceType type, Set<String> added, Set<String> removed);
  }

  /** The names of one type as one view sees them. */
  static final class Coverage {

    private final Key key;
    private final Map<String, List<String>> byHost = new LinkedHashMap<>();
    private final Set<String> names = new LinkedHashSet<>();
    private final Set<Follower> followers = new LinkedHashSet<>();

    private Coverage(Key key) {
      this.key = key;
    }

    /** The names, those of one host together. */
    Set<String> names() {
      return Collections.unmodifiableSet(names);
    }
  }

  WildcardTable(PushContext context) {
    this.context = context;
  }

  /** The names as the view sees them; the follower hears of changes until it leaves. */
  Coverage follow(ResourceType type, ClientView view, Follower follower) {
    Coverage coverage = coverages.computeIfAbsent(new Key(type, view), this::all);
    coverage.followers.add(follower);
    return coverage;
  }

  /** Ends the follower's interest; what nobody follows is forgotten. */
  void leave(Coverage coverage, Follower follower) {
    coverage.followers.remove(follower);
    if (coverage.followers.isEmpty()) {
      coverages.remove(coverage.key);
    }
  }

  private Coverage all(Key key) {
    Coverage coverage = new Coverage(key);
    for (String host : Catalogue.hosts(context)) {
      put(coverage, host, Catalogue.names(context, key.view(), key.type(), host));
    }
    return coverage;
  }

  /**
   * Takes a new context into use and looks at the names of the changed hosts again.
   *
   * @param changedHosts hosts, wildcards and addresses, lower-case
   */
  void update(PushContext newContext, Set<String> changedHosts) {
    context = newContext;
    if (!coverages.isEmpty() && !changedHosts.isEmpty()) {
      List.copyOf(coverages.values()).forEach(coverage -> update(coverage, changedHosts));
    }
  }

  private void update(Coverage coverage, Set<String> changedHosts) {
    Set<String> added = new LinkedHashSet<>();
    Set<String> removed = new LinkedHashSet<>();
    for (String host : affected(coverage, changedHosts)) {
      List<String> after = Catalogue.names(context, coverage.key.view(), coverage.key.type(), host);
      List<String> before = put(coverage, host, after);
      before.stream().filter(name -> !after.contains(name)).forEach(removed::add);
      after.stream().filter(name -> !before.contains(name)).forEach(added::add);
    }
    if (!added.isEmpty() || !removed.isEmpty()) {
      List.copyOf(coverage.followers)
          .forEach(follower -> follower.covers(coverage.key.type(), added, removed));
    }
  }

  /** A changed wildcard concerns every host that it covers, known before or only now. */
  private Set<String> affected(Coverage coverage, Set<String> changedHosts) {
    Set<String> affected = new LinkedHashSet<>(changedHosts);
    if (changedHosts.stream().anyMatch(host -> host.startsWith("*"))) {
      Set<String> all = new HashSet<>(coverage.byHost.keySet());
      all.addAll(Catalogue.hosts(context));
      for (String changed : changedHosts) {
        all.stream().filter(host -> HostNames.matches(changed, host)).forEach(affected::add);
      }
    }
    return affected;
  }

  /** Returns what stood there before. */
  private static List<String> put(Coverage coverage, String host, List<String> names) {
    List<String> before =
        names.isEmpty() ? coverage.byHost.remove(host) : coverage.byHost.put(host, names);
    List<String> known = before == null ? List.of() : before;
    known.forEach(coverage.names::remove);
    coverage.names.addAll(names);
    return known;
  }
}
