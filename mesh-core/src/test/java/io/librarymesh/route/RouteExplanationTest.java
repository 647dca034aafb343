package io.librarymesh.route;

import static io.librarymesh.route.Tables.equal;
import static io.librarymesh.route.Tables.exact;
import static io.librarymesh.route.Tables.header;
import static io.librarymesh.route.Tables.host;
import static io.librarymesh.route.Tables.invert;
import static io.librarymesh.route.Tables.prefix;
import static io.librarymesh.route.Tables.route;
import static io.librarymesh.route.Tables.table;
import static io.librarymesh.route.TestRequest.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.QueryParameterMatch;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.route.RouteExplanation.Tried;
import io.librarymesh.route.RouteExplanation.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An explanation says what the decision is, for every request, and why. */
final class RouteExplanationTest {
  @Test
  void explanationAgreesWithTheDecision() {
    RandomTables random = new RandomTables(7);
    int taken = 0;
    int shares = 0;
    for (int i = 0; i < 3_000; i++) {
      RouteConfig config = random.config(4, 8);
      RouteTable table = RouteTable.compile(config);
      for (int j = 0; j < 20; j++) {
        TestRequest request = random.request();
        int chance = random.chance();
        List<Tried> rules = table.explain(request).rules();

        RouteDecision decision = table.decide(request, (bound, draw) -> chance);
        Verdict verdict = check(rules, decision);
        taken += verdict == Verdict.TAKEN ? 1 : 0;
        shares += verdict == Verdict.SHARE ? 1 : 0;
      }
    }
    assertThat(taken).isGreaterThan(1_000);
    assertThat(shares).isGreaterThan(100);
  }

  /** What the explanation says of the rule that was decided for; NOT_REACHED when there is none. */
  private static Verdict check(List<Tried> rules, RouteDecision decision) {
    for (Tried rule : rules) {
      if (rule.matched() == decision) {
        assertThat(rule.verdict()).isIn(Verdict.TAKEN, Verdict.SHARE);
        return rule.verdict();
      }
      assertThat(rule.verdict()).isIn(Verdict.PASSED_OVER, Verdict.SHARE);
    }
    assertThat(decision).isSameAs(RouteDecision.NoRoute.INSTANCE);
    return Verdict.NOT_REACHED;
  }

  @Test
  void eachRuleSaysWhichConditionFailed() {
    RouteTable table =
        table(
            route("path", exact("/admin")),
            route("header", prefix("/"), header("x-user", equal("alpha"))),
            route("inverted", prefix("/"), invert(header("x-user", equal("beta")))),
            route("absent", prefix("/"), header("x-group", equal("a"))),
            route("query", prefix("/"), new QueryParameterMatch("v", new ValueMatch.Present(true))),
            route("regex", new PathMatch.Regex("/v[0-9]+")),
            route("all", prefix("/")),
            route("late", prefix("/")));

    List<Tried> rules = table.explain(get("/hello?w=1").withHeader("x-user", "beta")).rules();

    assertThat(rules)
        .extracting(rule -> rule.route().name() + " " + rule.verdict() + " " + rule.reason())
        .containsExactly(
            "path PASSED_OVER path: \"/hello\" (expected: exactly \"/admin\")",
            "header PASSED_OVER header x-user: \"beta\" (expected: exactly \"alpha\")",
            "inverted PASSED_OVER header x-user: \"beta\" (expected: not exactly \"beta\")",
            "absent PASSED_OVER header x-group: missing (expected: exactly \"a\")",
            "query PASSED_OVER query parameter v: query \"w=1\" (expected: present)",
            "regex PASSED_OVER path: \"/hello\" (expected: regex \"/v[0-9]+\")",
            "all TAKEN ",
            "late NOT_REACHED ");
  }

  @Test
  void shareIsNamedAndTheRulesAfterItAreTried() {
    RouteMatch tenth =
        new RouteMatch(prefix("/"), List.of(), List.of(), new FractionalPercent(10, 100));
    RouteTable table = table(route("some", tenth), route("all", prefix("/")));

    assertThat(table.explain(get("/")).rules())
        .extracting(rule -> rule.verdict() + " " + rule.reason())
        .containsExactly("SHARE share: 10 of 100", "TAKEN ");
  }

  @Test
  void unknownAuthorityHasNoVirtualHost() {
    RouteTable table = table(host("other", "other.test"));

    assertThat(table.explain(get("/")).virtualHost()).isEmpty();
    assertThat(table.explain(get("/")).taken()).isEmpty();
  }
}
