package io.librarymesh.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.config.AdaptiveConcurrency;
import io.librarymesh.config.Bulkhead;
import io.librarymesh.config.Coalesce;
import io.librarymesh.config.Fallback;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.RateLimit;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.guard.GuardRegistry.Held;
import io.librarymesh.route.TestRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which guard a request gets, and how long a guard lives. */
final class GuardRegistryTest {
  private final CountingPermits permits = new CountingPermits();
  private final GuardRegistry registry =
      new GuardRegistry(() -> 0, (bound, draw) -> 0, () -> Optional.of(permits));

  private static RouteMatch path(String path) {
    return RouteMatch.of(new PathMatch.Exact(path, true));
  }

  private static ResiliencePolicy.Rule rule(String name, int requests, RouteMatch... matches) {
    RateLimit limit = new RateLimit(requests, 1_000_000L, 0);
    return new ResiliencePolicy.Rule(
        name,
        List.of(matches),
        Coalesce.NONE,
        limit,
        Bulkhead.NONE,
        AdaptiveConcurrency.NONE,
        Fallback.NONE);
  }

  private static RouteConfig routes(String name, ResiliencePolicy.Rule... rules) {
    Route route =
        new Route(
            "",
            RouteMatch.of(new PathMatch.Prefix("/", true)),
            new RouteAction.DirectResponse(200, ""),
            FaultInjection.NONE,
            "");
    ResiliencePolicy policy = new ResiliencePolicy("ns/p", List.of(rules));
    VirtualHost host =
        new VirtualHost("v", List.of("*"), List.of(route), false).withResilience(policy);
    return new RouteConfig(name, List.of(host), false);
  }

  private static Optional<Guard> guard(Held held, String path) {
    return held.tables().get(0).map(table -> table.find(TestRequest.get(path)));
  }

  private static Guard find(Held held, String path) {
    return guard(held, path).orElseThrow();
  }

  @Test
  void firstRuleThatMatchesIsFound() {
    Held held =
        registry.acquire(
            routes("r", rule("one", 1, path("/a"), path("/b")), rule("two", 1, path("/b"))),
            Set.of());

    assertThat(find(held, "/a")).isSameAs(find(held, "/b"));
    assertThat(find(held, "/a").name()).isEqualTo("ns/p one");
    assertThat(guard(held, "/c")).isEmpty();
  }

  @Test
  void ruleWithoutMatchTakesEverythingThatIsLeft() {
    Held held =
        registry.acquire(
            routes("r", rule("one", 1, path("/a")), rule("rest", 1), rule("never", 1, path("/b"))),
            Set.of());

    assertThat(find(held, "/b").name()).isEqualTo("ns/p rest");
    assertThat(find(held, "/a").name()).isEqualTo("ns/p one");
  }

  @Test
  void hostWithoutPolicyHasNoTable() {
    assertThat(registry.acquire(routes("r"), Set.of()).tables()).containsExactly(Optional.empty());
    assertThat(permits.made).isEmpty();
  }

  @Test
  void targetsOfOneRouteConfigurationShareTheirCounts() {
    Held one = registry.acquire(routes("r", rule("all", 1)), Set.of());
    Held other = registry.acquire(routes("r", rule("all", 1)), Set.of());
    Held elsewhere = registry.acquire(routes("s", rule("all", 1)), Set.of());

    assertThat(find(one, "/")).isSameAs(find(other, "/")).isNotSameAs(find(elsewhere, "/"));
  }

  @Test
  void guardLivesAsLongAsATargetUsesIt() {
    Held one = registry.acquire(routes("r", rule("all", 1)), Set.of());
    Held other = registry.acquire(routes("r", rule("all", 1)), Set.of());
    Guard guard = find(one, "/");

    registry.release(one.keys());
    other = registry.acquire(routes("r", rule("all", 2)), other.keys());
    assertThat(find(other, "/")).isSameAs(guard);
    registry.release(other.keys());
    assertThat(find(registry.acquire(routes("r", rule("all", 1)), Set.of()), "/"))
        .isNotSameAs(guard);
  }

  @Test
  void ruleThatAnUpdateDropsIsForgotten() {
    Held held = registry.acquire(routes("r", rule("all", 1)), Set.of());
    Guard guard = find(held, "/");
    held = registry.acquire(routes("r"), held.keys());
    assertThat(held.keys()).isEmpty();

    held = registry.acquire(routes("r", rule("all", 1)), held.keys());
    assertThat(find(held, "/")).isNotSameAs(guard);
  }

  @Test
  void policyThatNothingCanCountIsRefusedWithTheArtifactsName() {
    GuardRegistry bare = new GuardRegistry(() -> 0, (bound, draw) -> 0, Optional::empty);

    assertThatThrownBy(() -> bare.acquire(routes("r", rule("all", 1)), Set.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("virtualHosts[0].resilience")
        .hasMessageContaining("policy ns/p all has a rateLimit")
        .hasMessageContaining("io.librarymesh:mesh-resilience4j");
    assertThat(bare.acquire(routes("r"), Set.of()).keys()).isEmpty();
  }

  @Test
  void refusedPolicyLeavesWhatIsInForce() {
    Held held = registry.acquire(routes("r", rule("all", 1)), Set.of());
    Guard guard = find(held, "/");
    RouteMatch broken = RouteMatch.of(new PathMatch.Regex("("));

    assertThatThrownBy(() -> registry.acquire(routes("r", rule("all", 5, broken)), held.keys()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("virtualHosts[0].resilience.matches[0].match.path");
    assertThat(find(registry.acquire(routes("r", rule("all", 1)), held.keys()), "/"))
        .isSameAs(guard);
  }
}
