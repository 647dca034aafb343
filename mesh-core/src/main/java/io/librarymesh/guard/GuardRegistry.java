package io.librarymesh.guard;

import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.RateLimit;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.random.RandomSource;
import io.librarymesh.time.Ticker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The guards of a mesh, each kept as long as a target uses it. Any thread; never on the path of a
 * call.
 */
public final class GuardRegistry {
  private final Ticker ticker;
  private final RandomSource random;
  private final Supplier<Optional<PermitProvider>> provider;
  private final Map<String, Entry> entries = new HashMap<>();
  private Optional<PermitProvider> found = Optional.empty();

  /**
   * A registry without guards.
   *
   * @param provider asked when a policy comes
   */
  public GuardRegistry(
      Ticker ticker, RandomSource random, Supplier<Optional<PermitProvider>> provider) {
    this.ticker = ticker;
    this.random = random;
    this.provider = provider;
  }

  /**
   * What a target holds.
   *
   * @param keys for {@link #release} or the next {@link #acquire}
   * @param tables by the position of the virtual host
   */
  public record Held(Set<String> keys, List<Optional<GuardTable>> tables) {
    /** Nothing. */
    public static final Held NOTHING = new Held(Set.of(), List.of());

    public Held {
      keys = Set.copyOf(keys);
      tables = List.copyOf(tables);
    }
  }

  /**
   * Brings the guards of one target up to date and takes a share in each.
   *
   * @param before the keys that the target had a share in
   * @throws IllegalArgumentException when a policy cannot be compiled or asks for what nothing on
   *     the class path provides; nothing has changed then
   */
  public synchronized Held acquire(RouteConfig routes, Set<String> before) {
    List<GuardTable.Conditions> conditions = conditions(routes);
    Set<String> keys = new LinkedHashSet<>();
    List<Optional<GuardTable>> tables = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      VirtualHost host = routes.virtualHosts().get(i);
      List<Guard> guards = new ArrayList<>();
      for (ResiliencePolicy.Rule rule : host.resilience().rules()) {
        String key = key(routes, host, rule);
        Entry entry = entry(key, host.resilience().name() + " " + rule.name(), rule);
        guards.add(entry.guard);
        if (keys.add(key) && !before.contains(key)) {
          entry.targets++;
        }
      }
      tables.add(
          guards.isEmpty()
              ? Optional.empty()
              : Optional.of(GuardTable.of(conditions.get(i), guards)));
    }
    before.stream().filter(key -> !keys.contains(key)).forEach(this::releaseOne);
    return new Held(keys, tables);
  }

  /** Gives back the shares of a target. */
  public synchronized void release(Set<String> keys) {
    keys.forEach(this::releaseOne);
  }

  private List<GuardTable.Conditions> conditions(RouteConfig routes) {
    List<GuardTable.Conditions> conditions = new ArrayList<>();
    for (int i = 0; i < routes.virtualHosts().size(); i++) {
      ResiliencePolicy policy = routes.virtualHosts().get(i).resilience();
      String at = "virtualHosts[" + i + "].resilience";
      policy.rules().forEach(rule -> requirePermits(rule, policy, at));
      conditions.add(GuardTable.Conditions.compile(policy, at));
    }
    return conditions;
  }

  private void requirePermits(ResiliencePolicy.Rule rule, ResiliencePolicy policy, String at) {
    boolean needed = !rule.rateLimit().isNone() || !rule.bulkhead().isNone();
    if (!needed || permits() != NothingFound.PROVIDER) {
      return;
    }
    throw new IllegalArgumentException(
        at
            + ": policy "
            + policy.name()
            + " "
            + rule.name()
            + (rule.rateLimit().isNone() ? " has a bulkhead" : " has a rateLimit")
            + " and there is nothing to count with (expected: io.librarymesh:mesh-resilience4j on"
            + " the class path)");
  }

  private PermitProvider permits() {
    if (found.isEmpty()) {
      found = provider.get();
    }
    return found.orElse(NothingFound.PROVIDER);
  }

  /** One route configuration is shared by all spellings of a service's name, and so are counts. */
  private static String key(RouteConfig routes, VirtualHost host, ResiliencePolicy.Rule rule) {
    String policy = host.resilience().name();
    return String.join("/", routes.name(), host.name(), policy, rule.name());
  }

  private Entry entry(String key, String name, ResiliencePolicy.Rule rule) {
    Entry entry = entries.get(key);
    if (entry == null) {
      entry = new Entry(new Guard(name, rule, permits(), ticker, random), rule);
      entries.put(key, entry);
    } else if (!entry.rule.equals(rule)) {
      entry.guard.update(rule);
      entry.rule = rule;
    }
    return entry;
  }

  private void releaseOne(String key) {
    Entry entry = entries.get(key);
    if (entry != null && --entry.targets == 0) {
      entries.remove(key);
    }
  }

  private static final class Entry {
    final Guard guard;
    ResiliencePolicy.Rule rule;
    int targets;

    Entry(Guard guard, ResiliencePolicy.Rule rule) {
      this.guard = guard;
      this.rule = rule;
    }
  }

  /** Stands where a policy asks for no permits and there is nothing that has any. */
  private enum NothingFound implements PermitProvider {
    PROVIDER;

    @Override
    public RatePermits rate(String name, RateLimit limit, Ticker ticker) {
      throw new IllegalStateException("rate limit without a provider of permits");
    }

    @Override
    public BulkheadPermits bulkhead(String name, Bulkhead bulkhead) {
      throw new IllegalStateException("bulkhead without a provider of permits");
    }
  }
}
