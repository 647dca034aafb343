package io.librarymesh.route;

import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.RouteExplanation.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * The routes of one virtual host, of which the first that matches is taken.
 *
 * <p>Candidates come from three places: an index of the paths that are compared with case, one of
 * those compared without, and the rest, which is regular expressions. Each place gives its first
 * match below the lowest found so far, so that what remains is the lowest of all, as if the routes
 * had been tried one after another.
 */
final class RouteIndex {
  private static final int MILLION = 1_000_000;

  private final RouteRule[] rules;
  private final PathIndex paths;
  private final PathIndex foldedPaths;
  private final int[] rest;
  private final boolean drawsFraction;

  private RouteIndex(RouteRule[] rules, PathIndex paths, PathIndex foldedPaths, int[] rest) {
    this.rules = rules;
    this.paths = paths;
    this.foldedPaths = foldedPaths;
    this.rest = rest;
    boolean draws = false;
    for (RouteRule rule : rules) {
      draws |= rule.drawsFraction();
    }
    this.drawsFraction = draws;
  }

  /**
   * Compiles the routes of a virtual host.
   *
   * @param config what the virtual host stands in
   * @param configHeaders the header operations of {@code config}
   * @param at the path of the virtual host
   * @param errors gets what is wrong; if anything is, the result must not be used
   * @param matched the routes of the virtual hosts before; gets the routes of this one
   */
  static RouteIndex compile(
      RouteConfig config,
      LevelMutators configHeaders,
      VirtualHost host,
      String at,
      ConfigErrors errors,
      List<RouteDecision.Matched> matched) {
    RouteRule[] rules = new RouteRule[host.routes().size()];
    PathIndex.Builder paths = new PathIndex.Builder(true);
    PathIndex.Builder foldedPaths = new PathIndex.Builder(false);
    List<Integer> rest = new ArrayList<>();
    var levels =
        new RoutePlan.Levels(LevelMutators.compile(host.headers(), at, errors), configHeaders);
    for (int i = 0; i < rules.length; i++) {
      var route = host.routes().get(i);
      String place = at + ".routes[" + i + "]";
      RoutePlan plan =
          RoutePlan.compile(route, levels, config.mostSpecificHeadersWin(), place, errors);
      var decision = new RouteDecision.Matched(matched.size(), route, host, plan);
      matched.add(decision);
      rules[i] = RouteRule.compile(decision, place + ".match", errors);
      var path = route.match().path();
      if (!paths.add(path, i) && !foldedPaths.add(path, i)) {
        rest.add(i);
      }
    }
    return new RouteIndex(
        rules,
        paths.build(),
        foldedPaths.build(),
        rest.stream().mapToInt(Integer::intValue).toArray());
  }

  RouteDecision decide(RequestHead head, RandomSource random) {
    String path = head.path();
    int end = RequestPath.end(path);
    int chance = drawsFraction ? random.nextInt(MILLION, Draw.ROUTE_FRACTION) : 0;
    int lowest = rules.length;
    lowest = firstMatch(paths, lowest, head, path, end, chance);
    if (!foldedPaths.isEmpty()) {
      lowest = firstMatch(foldedPaths, lowest, head, path, end, chance);
    }
    lowest = firstMatch(rest, lowest, head, path, end, chance);
    return lowest == rules.length ? RouteDecision.NoRoute.INSTANCE : rules[lowest].matched();
  }

  private int firstMatch(
      PathIndex index, int limit, RequestHead head, String path, int end, int chance) {
    int lowest = limit;
    for (int e = index.find(path, end); e != TextIndex.NONE; e = index.next(e)) {
      lowest = firstMatch(index.routes(e), lowest, head, path, end, chance);
    }
    return lowest;
  }

  private int firstMatch(
      int[] candidates, int limit, RequestHead head, String path, int end, int chance) {
    for (int candidate : candidates) {
      if (candidate >= limit) {
        return limit;
      }
      if (rules[candidate].matches(head, path, end, chance)) {
        return candidate;
      }
    }
    return limit;
  }

  /** Each rule in order, as if they were tried one after another. */
  List<RouteExplanation.Tried> explain(RequestHead head) {
    String path = head.path();
    int end = RequestPath.end(path);
    List<RouteExplanation.Tried> tried = new ArrayList<>();
    boolean taken = false;
    for (RouteRule rule : rules) {
      RouteExplanation.Tried next =
          taken
              ? new RouteExplanation.Tried(rule.matched(), Verdict.NOT_REACHED, "")
              : rule.explain(head, path, end);
      taken |= next.verdict() == Verdict.TAKEN;
      tried.add(next);
    }
    return tried;
  }
}
