package io.librarymesh.pick;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import io.librarymesh.config.Subsets;
import io.librarymesh.config.Subsets.Fallback;
import io.librarymesh.config.Subsets.FewerKeys;
import io.librarymesh.config.Subsets.LocalityWeights;
import io.librarymesh.config.Subsets.Same;
import io.librarymesh.config.Subsets.Selector;
import io.librarymesh.config.Subsets.SelectorFallback;
import io.librarymesh.pick.PriorityLevel.LocalHosts;
import io.librarymesh.random.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of a cluster that a route asks for, or those that stand in for them. Source: Envoy
 * {@code SubsetLoadBalancer}.
 *
 * <p>Made by a {@link ClusterState}, which works it out anew whenever its hosts change; whoever
 * holds it picks by it. Which subset it is follows from who is in it, not from who is healthy: a
 * subset whose hosts are all unhealthy has its own panic.
 */
public final class Subset {
  private final Metadata criteria;

  /** The rotations of the subset itself, which go on over updates. Under the cluster's lock. */
  private final List<PriorityLevel> levels = new ArrayList<>();

  /** What is asked for in turn, where there is a list of it; made when it is needed. */
  private @Nullable List<Subset> alternatives;

  private volatile View view = View.NOBODY;

  Subset(Metadata criteria) {
    this.criteria = criteria;
  }

  /**
   * Who gets the calls now.
   *
   * @param hosts null when nobody does, or a single host
   * @param lone who gets them then; whether it is healthy does not count
   * @param inPanic null, or who gets a call when {@code hosts} has no host to pick
   * @param levels where {@code hosts} come from
   */
  private record View(
      @Nullable HostSet hosts,
      PickResult lone,
      @Nullable HostSet inPanic,
      List<PriorityLevel> levels) {
    static final View NOBODY = new View(null, NoHealthyUpstream.INSTANCE, null, List.of());

    static View of(HostSet hosts, List<PriorityLevel> levels) {
      return new View(hosts, NoHealthyUpstream.INSTANCE, null, levels);
    }

    boolean mayPick() {
      return lone instanceof HostState
          || (hosts != null && hosts.mayPick())
          || (inPanic != null && inPanic.mayPick());
    }

    View orInPanic(HostSet whole, List<PriorityLevel> all) {
      return new View(hosts, lone, whole, hosts == null ? all : levels);
    }
  }

  /** Whose hosts get the calls, by priority. Under the cluster's lock. */
  List<PriorityLevel> levels() {
    return view.levels;
  }

  PickResult pick(RandomSource random, PickRequest request, int repeat) {
    View current = view;
    PickResult picked =
        current.hosts == null ? current.lone : current.hosts.pick(random, request, repeat);
    return picked instanceof NoHealthyUpstream && current.inPanic != null
        ? current.inPanic.pick(random, request, repeat)
        : picked;
  }

  /** Such as {@code ; asked for {version=v2}: no endpoints}. */
  String whyNobody() {
    HostSet hosts = view.hosts;
    return "; asked for " + criteria + ": " + (hosts == null ? "no endpoints" : hosts.counts());
  }

  /**
   * Works it out anew. The caller holds the cluster's lock.
   *
   * @param all the hosts of the cluster
   * @param whole how any of them is picked
   */
  void compile(
      ClusterConfig config, HostSetCompiler compiler, List<PriorityLevel> all, HostSet whole) {
    Subsets subsets = config.cluster().loadBalancing().subsets();
    if (!subsets.enabled()) {
      view = View.of(whole, all);
    } else if (subsets.fallbackList()
        && criteria.values().get(Subsets.FALLBACK_LIST) instanceof MetadataValue.Items list) {
      view = View.NOBODY;
      for (Subset alternative : alternatives(list)) {
        alternative.compile(config, compiler, all, whole);
        view = view.mayPick() ? view : alternative.view;
      }
    } else {
      view = new Division(subsets, compiler, all, whole).find(criteria);
    }
  }

  /** Each entry of the list over all else that is asked for; without any, all else alone. */
  private List<Subset> alternatives(MetadataValue.Items list) {
    if (alternatives == null) {
      Metadata common = criteria.without(Subsets.FALLBACK_LIST);
      List<Subset> made = new ArrayList<>();
      for (MetadataValue entry : list.values()) {
        Metadata over = entry instanceof MetadataValue.Fields own ? own.fields() : Metadata.EMPTY;
        made.add(new Subset(common.with(over.without(Subsets.FALLBACK_LIST))));
      }
      alternatives = made.isEmpty() ? List.of(new Subset(common)) : List.copyOf(made);
    }
    return alternatives;
  }

  /** One way to find who gets the calls, for one state of the hosts. */
  private final class Division {
    private final Subsets subsets;
    private final HostSetCompiler compiler;
    private final List<PriorityLevel> all;
    private final HostSet whole;

    Division(Subsets subsets, HostSetCompiler compiler, List<PriorityLevel> all, HostSet whole) {
      this.subsets = subsets;
      this.compiler = compiler;
      this.all = all;
      this.whole = whole;
    }

    /** Ends, since each selector that is fallen back to has fewer names. */
    View find(Metadata wanted) {
      Optional<Selector> selector = subsets.selector(wanted);
      if (selector.isEmpty()) {
        return fallback();
      }
      Metadata own = wanted.only(selector.get().keys());
      if (divide(own, selector.get().singleHost())) {
        return selector.get().singleHost() ? lone() : View.of(compiler.compile(levels), levels);
      }
      Optional<SelectorFallback> fallback = selector.get().fallback();
      if (fallback.isEmpty()) {
        return fallback();
      }
      return fallback.get() instanceof FewerKeys fewer
          ? find(own.only(fewer.keys()))
          : instead(((Same) fallback.get()).fallback());
    }

    private View fallback() {
      View instead = instead(subsets.fallback());
      return subsets.anyInPanic() && subsets.fallback() != Fallback.NO_FALLBACK
          ? instead.orInPanic(whole, all)
          : instead;
    }

    private View instead(Fallback fallback) {
      return switch (fallback) {
        case NO_FALLBACK -> View.NOBODY;
        case ANY_ENDPOINT -> View.of(whole, all);
        case DEFAULT_SUBSET ->
            divide(subsets.defaultSubset(), false)
                ? View.of(compiler.compile(levels), levels)
                : View.NOBODY;
      };
    }

    private View lone() {
      HostState host =
          levels.stream().flatMap(level -> level.hosts().stream()).findFirst().orElseThrow();
      return new View(null, host, null, levels);
    }

    /** Puts the hosts that have what is wanted into the levels; whether there are any. */
    private boolean divide(Metadata wanted, boolean single) {
      while (levels.size() < all.size()) {
        levels.add(new PriorityLevel());
      }
      boolean found = false;
      for (int i = 0; i < levels.size(); i++) {
        List<LocalHosts> members = new ArrayList<>();
        for (LocalHosts local : all.get(i).localities()) {
          long limit = !single ? Long.MAX_VALUE : found ? 0 : 1;
          LocalHosts own = members(local, wanted, limit);
          members.add(own);
          found |= !own.hosts().isEmpty();
        }
        levels.get(i).replaceHosts(members);
      }
      return found;
    }

    private LocalHosts members(LocalHosts local, Metadata wanted, long limit) {
      boolean alternatives = subsets.listsAreAlternatives();
      List<HostState> hosts =
          local.hosts().stream()
              .filter(host -> host.endpoint().metadata().matches(wanted, alternatives))
              .limit(limit)
              .toList();
      return new LocalHosts(local.locality(), weight(local, hosts.size()), hosts);
    }

    private int weight(LocalHosts local, int members) {
      return subsets.localityWeights() == LocalityWeights.SCALED && members > 0
          ? (int) Math.round((double) local.weight() * members / local.hosts().size())
          : local.weight();
    }
  }
}
