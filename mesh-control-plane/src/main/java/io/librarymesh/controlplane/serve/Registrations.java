package io.librarymesh.controlplane.serve;

import io.librarymesh.controlplane.registry.ServiceRegistry;
import io.librarymesh.controlplane.registry.Workload;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What clients have registered, one place for each node id. Who says goodbye leaves at once; who is
 * lost keeps his place for a while, and as long as most others are lost as well: then it is more
 * likely that the way to here is broken than that all of them are gone.
 *
 * <p>State executor only. Methods return the hosts whose endpoints changed.
 */
final class Registrations {
  /** Fewer that are lost at once are no sign of a broken network. */
  private static final int FEW = 3;

  private final ServiceRegistry registry;
  private final Map<String, Held> live = new HashMap<>();
  private final Map<String, Held> lost = new LinkedHashMap<>();
  private final Map<String, Deque<Held>> refused = new HashMap<>();

  /**
   * A place.
   *
   * @param stream the stream that registered it last
   */
  private record Held(String stream, Workload workload) {
    boolean isAtThePlaceOf(Workload other) {
      return workload.address().equals(other.address()) && workload.ports().equals(other.ports());
    }
  }

  Registrations(ServiceRegistry registry) {
    this.registry = registry;
  }

  /**
   * A stream registers a workload. The newest stream of a node counts, so that one that reconnects
   * need not wait for its old stream to be found dead; two processes with one id do not.
   */
  Set<String> join(String stream, String node, Workload workload) {
    Held held = live.get(node);
    if (held != null && !held.isAtThePlaceOf(workload)) {
      refused.computeIfAbsent(node, n -> new ArrayDeque<>()).add(new Held(stream, workload));
      return Set.of();
    }
    Set<String> changed = new HashSet<>(registry.register(stream, workload));
    live.put(node, new Held(stream, workload));
    forget(held, changed);
    forget(lost.remove(node), changed);
    return changed;
  }

  /** Why what a stream registers is not used; empty when it is, or it registers nothing. */
  String problem(String stream, String node) {
    Deque<Held> waiting = refused.get(node);
    Held holder = live.get(node);
    if (holder == null
        || waiting == null
        || waiting.stream().noneMatch(held -> held.stream().equals(stream))) {
      return "";
    }
    return "node.id: "
        + node
        + " is registered at "
        + holder.workload().address()
        + ":"
        + holder.workload().ports().get(0).port()
        + " (expected: an id of its own for each process)";
  }

  /** A node does not register anything any more. */
  Set<String> withdraw(String node) {
    Set<String> changed = new HashSet<>();
    forget(live.remove(node), changed);
    forget(lost.remove(node), changed);
    return changed;
  }

  /**
   * A stream has ended.
   *
   * @param goodbye whether the client said so; otherwise the place is kept until {@link #expire}
   */
  Set<String> left(String stream, String node, boolean goodbye) {
    forgetRefused(stream, node);
    Held held = live.get(node);
    if (held == null || !held.stream().equals(stream)) {
      return Set.of();
    }
    Set<String> changed = new HashSet<>();
    live.remove(node);
    if (goodbye) {
      forget(held, changed);
    } else {
      lost.put(node, held);
    }
    Held next = firstRefused(node);
    if (next != null) {
      forgetRefused(next.stream(), node);
      changed.addAll(join(next.stream(), node, next.workload()));
    }
    return changed;
  }

  /** Whether a stream that was lost has its place still. */
  boolean holds(String stream, String node) {
    Held held = lost.get(node);
    return held != null && held.stream().equals(stream);
  }

  /** Whether so many are lost that none is taken for gone. */
  boolean isMassLoss() {
    return lost.size() >= FEW && lost.size() > live.size();
  }

  /** How many have their place though nothing is heard of them. */
  int lost() {
    return lost.size();
  }

  /** Nobody came back to the place of a lost stream. */
  Set<String> expire(String stream, String node) {
    Set<String> changed = new HashSet<>();
    if (holds(stream, node)) {
      forget(lost.remove(node), changed);
    }
    return changed;
  }

  private @Nullable Held firstRefused(String node) {
    Deque<Held> waiting = refused.get(node);
    return waiting == null ? null : waiting.peek();
  }

  private void forgetRefused(String stream, String node) {
    refused.computeIfPresent(
        node,
        (id, waiting) -> {
          waiting.removeIf(held -> held.stream().equals(stream));
          return waiting.isEmpty() ? null : waiting;
        });
  }

  private void forget(@Nullable Held held, Set<String> changed) {
    if (held != null) {
      changed.addAll(registry.unregister(held.stream()));
    }
  }
}
