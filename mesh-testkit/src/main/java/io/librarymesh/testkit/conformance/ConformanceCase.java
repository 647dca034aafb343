package io.librarymesh.testkit.conformance;

import io.librarymesh.Semantics;
import io.librarymesh.random.Draw;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One case: what is configured, what happens, what must come of it.
 *
 * @param name unique among all cases, a sentence
 * @param source the rule of Envoy or Istio that it tests
 * @param features what an adapter must be able to do; what the case itself shows, such as scripted
 *     draws, is added by the reader
 * @param semantics of the mesh; Istio's unless the case says otherwise
 * @param rejected when present, the configuration must be refused with a message that has this text
 * @param location {@code file:line}
 */
public record ConformanceCase(
    String name,
    String source,
    Set<String> features,
    Given given,
    Semantics semantics,
    Map<Draw, DrawScript> draws,
    Optional<String> rejected,
    List<CaseStep> steps,
    String location) {
  /** Stands for a host when a request goes where its URL points. */
  public static final String ORIGINAL_DESTINATION = "original";

  /**
   * The time of day when a case begins for a driver with {@code time.exact}, in milliseconds since
   * 1970: half a second past a whole one, so that what is cut off shows.
   */
  public static final long BEGINS_AT_MILLIS = 1_700_000_000_500L;

  /** What {@code host:port} is called when a case does not say. */
  public static final String DEFAULT_TARGET = "mesh.test:80";

  public ConformanceCase {
    features = Set.copyOf(features);
    draws = Map.copyOf(draws);
    steps = List.copyOf(steps);
  }

  /**
   * Draws for the whole case.
   *
   * @param then in order
   * @param always afterwards; empty when there must be no more
   */
  public record DrawScript(List<Integer> then, Optional<Integer> always) {
    public DrawScript {
      then = List.copyOf(then);
    }
  }
}
