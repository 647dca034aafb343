package io.librarymesh.cli;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ResourceId;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import java.io.PrintStream;
import java.time.Clock;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What {@code meshctl serve} says of each state of its sources: findings that were not there
 * before, how much is in force, and which files brought the change. Safe in any thread.
 */
final class ServeLog {
  /** More of them say nothing to somebody who has just changed one. */
  private static final int NAMED_FILES = 3;

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final PrintStream out;
  private final Clock clock;
  private Set<Finding> known = Set.of();
  private Map<ResourceId, Resource> inForce = Map.of();
  private boolean begun;

  ServeLog(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  synchronized void changed(ConfigSnapshot snapshot) {
    List<Finding> findings = snapshot.findings();
    FindingsReport.print(
        findings.stream().filter(finding -> !known.contains(finding)).toList(), out);
    Map<ResourceId, Resource> now =
        snapshot.resources().stream().collect(Collectors.toMap(Resource::id, Function.identity()));
    boolean refused = FindingsReport.count(findings, Severity.ERROR) > 0;
    out.printf(
        "%s generation %d: %s in force%s%s%n",
        LocalTime.now(clock).format(TIME),
        snapshot.generation(),
        FindingsReport.counted(now.size(), "resource"),
        begun ? changes(now) : "",
        refused ? "; of files with errors the last good version, if there is one" : "");
    out.flush();
    known = new HashSet<>(findings);
    inForce = now;
    begun = true;
  }

  /** Such as {@code ; changed by a.yaml, b.yaml}; empty when what is in force is the same. */
  private String changes(Map<ResourceId, Resource> now) {
    Set<String> files = new TreeSet<>();
    now.forEach(
        (id, resource) -> {
          if (!resource.equals(inForce.get(id))) {
            files.add(resource.position().file());
          }
        });
    inForce.forEach(
        (id, resource) -> {
          if (!now.containsKey(id)) {
            files.add(resource.position().file());
          }
        });
    if (files.isEmpty()) {
      return "";
    }
    String named = files.stream().limit(NAMED_FILES).collect(Collectors.joining(", "));
    int more = files.size() - NAMED_FILES;
    return "; changed by " + named + (more > 0 ? " and " + more + " more" : "");
  }
}
