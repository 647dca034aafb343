package io.librarymesh.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a cluster is divided by the metadata of its hosts, so that a route can ask for some of them.
 * Source: Envoy {@code Cluster.LbSubsetConfig}.
 *
 * @param selectors sets of names by which it is divided; without any there are no subsets
 * @param fallback who gets a call for which there is no subset
 * @param defaultSubset what the hosts of the default subset have; all are in it where this is empty
 * @param anyInPanic whether any host is taken when there is a fallback and it has none to pick
 * @param listsAreAlternatives whether a host that has a list matches each value in it; otherwise a
 *     list is a value like others
 * @param localityWeights what becomes of the weights of localities in a subset
 * @param fallbackList whether what is asked for may have a list {@link #FALLBACK_LIST} of values to
 *     add to it, of which the first that leads to a host is taken
 * @param redundantKeys whether the longest selector counts that has only names of what is asked
 *     for; otherwise it must have all of them
 */
public record Subsets(
    List<Selector> selectors,
    Fallback fallback,
    Metadata defaultSubset,
    boolean anyInPanic,
    boolean listsAreAlternatives,
    LocalityWeights localityWeights,
    boolean fallbackList,
    boolean redundantKeys) {
  /** The name of a list of alternatives. Source: Envoy {@code metadata_fallback_policy}. */
  public static final String FALLBACK_LIST = "fallback_list";

  /** An undivided cluster. */
  public static final Subsets NONE =
      new Subsets(
          List.of(),
          Fallback.NO_FALLBACK,
          Metadata.EMPTY,
          false,
          false,
          LocalityWeights.LEFT_OUT,
          false,
          false);

  public Subsets {
    selectors = List.copyOf(selectors);
  }

  /** Whether the cluster is divided at all. */
  public boolean enabled() {
    return !selectors.isEmpty();
  }

  /** The selector that has the names of {@code criteria}. */
  public Optional<Selector> selector(Metadata criteria) {
    Set<String> names = criteria.values().keySet();
    if (!redundantKeys) {
      return selectors.stream().filter(selector -> selector.keys().equals(names)).findFirst();
    }
    Optional<Selector> longest = Optional.empty();
    for (Selector selector : selectors) {
      if (names.containsAll(selector.keys())
          && selector.keys().size() > longest.map(known -> known.keys().size()).orElse(0)) {
        longest = Optional.of(selector);
      }
    }
    return longest;
  }

  /** Who gets a call for which there is no subset. */
  public enum Fallback {
    NO_FALLBACK,
    ANY_ENDPOINT,
    DEFAULT_SUBSET
  }

  /** What becomes of the weights of localities in a subset. */
  public enum LocalityWeights {
    LEFT_OUT,
    KEPT,
    /** By the share of a locality's hosts that are in the subset. */
    SCALED
  }

  /**
   * One way to divide a cluster.
   *
   * @param keys the names; a host without one of them is in none of these subsets
   * @param fallback empty means that of the cluster
   * @param singleHost whether a subset is one host, whatever its priority
   */
  public record Selector(
      Set<String> keys, Optional<SelectorFallback> fallback, boolean singleHost) {
    public Selector {
      keys = Set.copyOf(keys);
      if (keys.isEmpty()) {
        throw new IllegalArgumentException("keys: none (expected: at least one)");
      }
      if (singleHost && keys.size() != 1) {
        throw new IllegalArgumentException("keys: " + keys.size() + " (expected: 1 with a host)");
      }
      Set<String> own = keys;
      fallback.ifPresent(other -> requireFewer(other, own));
    }

    private static void requireFewer(SelectorFallback fallback, Set<String> keys) {
      if (fallback instanceof FewerKeys fewer
          && (fewer.keys().size() == keys.size() || !keys.containsAll(fewer.keys()))) {
        throw new IllegalArgumentException(
            "fallback keys: " + fewer.keys() + " (expected: some of " + keys + ", not all)");
      }
    }
  }

  /** Who gets a call for which a selector has no subset. */
  public sealed interface SelectorFallback {}

  /** As the cluster's, for one selector. */
  public record Same(Fallback fallback) implements SelectorFallback {}

  /** The subset that fewer names of what was asked for stand for. */
  public record FewerKeys(Set<String> keys) implements SelectorFallback {
    public FewerKeys {
      keys = Set.copyOf(keys);
      if (keys.isEmpty()) {
        throw new IllegalArgumentException("fallback keys: none (expected: at least one)");
      }
    }
  }
}
