package io.librarymesh.controlplane.keys;

import java.util.Map;
import java.util.Optional;

/**
 * The keys that are known at one moment. Immutable; any thread.
 *
 * @param fetching whether keys are fetched at all; else servers have to have them
 * @param sets JSON Web Key Sets with public keys only, by where they are from
 * @param problems why the last attempt failed, in one sentence; a set of an earlier one may be
 *     there
 */
public record KeySets(
    boolean fetching, Map<KeySource, String> sets, Map<KeySource, String> problems) {

  /** Nothing is fetched: servers are told where keys are. */
  public static final KeySets LEFT_TO_SERVERS = new KeySets(false, Map.of(), Map.of());

  /** Nothing has been fetched yet. */
  public static final KeySets NONE = new KeySets(true, Map.of(), Map.of());

  /** Copies the maps. */
  public KeySets {
    sets = Map.copyOf(sets);
    problems = Map.copyOf(problems);
  }

  /** The keys from there; empty while there are none, so that tokens are refused. */
  public Optional<String> set(KeySource source) {
    return Optional.ofNullable(sets.get(source));
  }
}
