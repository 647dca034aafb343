package io.librarymesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.CidrRange;
import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.InboundFilter;
import io.librarymesh.config.InboundFilter.Rbac;
import io.librarymesh.config.InboundPolicy;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.config.RbacPolicy;
import io.librarymesh.config.RbacRules;
import io.librarymesh.config.RbacRules.Action;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The RBAC filter and its conditions, case by case. */
class RbacTest {
  private static final RbacCondition NOBODY_ELSE = RbacCondition.ALWAYS;
  private static final String WEB = "cluster.local/ns/foo/sa/web";

  static InboundEngine engine(InboundFilter... filters) {
    return InboundEngine.compile(
        new InboundPolicy(InboundPolicy.BASE, ClientAddress.FORWARDED, List.of(filters)),
        JwksSource.NONE,
        () -> 0);
  }

  private static Rbac rbac(Action action, RbacCondition permission) {
    return Rbac.of(new RbacRules(action, List.of(new RbacPolicy("p", permission, NOBODY_ELSE))));
  }

  private static boolean allows(RbacCondition permission, Caller caller) {
    boolean allowed = engine(rbac(Action.ALLOW, permission)).decide(caller).isAllowed();
    assertThat(engine(rbac(Action.DENY, permission)).decide(caller).isAllowed())
        .as("the opposite rule")
        .isEqualTo(!allowed);
    return allowed;
  }

  private static RbacCondition header(String name, StringMatch match, boolean invert) {
    return new RbacCondition.Header(
        new HeaderMatch(name, new ValueMatch.Text(match), invert, false));
  }

  private static StringMatch exact(String value) {
    return new StringMatch.Exact(value, false);
  }

  @Test
  void rulesThatAreMissingAskNothing() {
    Rbac nothing = new Rbac(Optional.empty(), Optional.empty(), "");

    assertThat(engine(nothing).decide(Caller.plain()).isAllowed()).isTrue();
  }

  @Test
  void rulesWithoutPoliciesDenyAllOrNobody() {
    Rbac allow = Rbac.of(new RbacRules(Action.ALLOW, List.of()));
    Rbac deny = Rbac.of(new RbacRules(Action.DENY, List.of()));
    Rbac log = Rbac.of(new RbacRules(Action.LOG, List.of()));

    assertThat(engine(allow).decide(Caller.of(WEB)).isAllowed()).isFalse();
    assertThat(engine(deny).decide(Caller.of(WEB)).isAllowed()).isTrue();
    assertThat(engine(log).decide(Caller.of(WEB)).isAllowed()).isTrue();
  }

  @Test
  void denialSaysWhatEnvoySays() {
    Rbac deny =
        Rbac.of(
            new RbacRules(
                Action.DENY,
                List.of(
                    new RbacPolicy("ns[foo]-policy[b]-rule[0]", NOBODY_ELSE, NOBODY_ELSE),
                    new RbacPolicy("ns[foo]-policy[a]-rule[1]", NOBODY_ELSE, NOBODY_ELSE))));

    InboundVerdict verdict = engine(deny).decide(Caller.plain());

    assertThat(verdict).isInstanceOf(InboundVerdict.Denied.class);
    InboundVerdict.Denied denied = (InboundVerdict.Denied) verdict;
    assertThat(denied.status()).isEqualTo(403);
    assertThat(denied.body()).isEqualTo("RBAC: access denied");
    assertThat(denied.policy()).isEqualTo("ns[foo]-policy[a]-rule[1]");
    assertThat(denied.details())
        .isEqualTo("rbac_access_denied_matched_policy[ns[foo]-policy[a]-rule[1]]");
    assertThat(denied.grpcStatus()).isEqualTo(7);
    assertThat(denied.challenge()).isEmpty();
  }

  @Test
  void nothingThatAllowsIsNone() {
    InboundVerdict verdict =
        engine(Rbac.of(new RbacRules(Action.ALLOW, List.of()))).decide(Caller.plain());

    assertThat(((InboundVerdict.Denied) verdict).details())
        .isEqualTo("rbac_access_denied_matched_policy[none]");
  }

  @Test
  void policyNeedsBothOfItsConditions() {
    RbacPolicy policy =
        new RbacPolicy(
            "p",
            new RbacCondition.Path(exact("/a")),
            new RbacCondition.Peer(Optional.of(exact("spiffe://" + WEB))));
    InboundEngine engine = engine(Rbac.of(new RbacRules(Action.ALLOW, List.of(policy))));

    assertThat(engine.decide(Caller.of(WEB).get("/a")).isAllowed()).isTrue();
    assertThat(engine.decide(Caller.of(WEB).get("/b")).isAllowed()).isFalse();
    assertThat(engine.decide(Caller.plain().get("/a")).isAllowed()).isFalse();
  }

  @Test
  void allOfNothingHoldsAndSomeOfNothingDoesNot() {
    assertThat(allows(RbacCondition.ALWAYS, Caller.plain())).isTrue();
    assertThat(allows(RbacCondition.NEVER, Caller.plain())).isFalse();
    assertThat(allows(new RbacCondition.Not(RbacCondition.NEVER), Caller.plain())).isTrue();
  }

  @Test
  void peerIsAbsentInPlaintext() {
    RbacCondition anybody = new RbacCondition.Peer(Optional.empty());
    RbacCondition anyText = new RbacCondition.Peer(Optional.of(new StringMatch.Prefix("", false)));

    assertThat(allows(anybody, Caller.of(WEB))).isTrue();
    assertThat(allows(anybody, Caller.plain())).isFalse();
    assertThat(allows(anyText, Caller.plain())).as("not even the empty text").isFalse();
    assertThat(allows(new RbacCondition.Not(anybody), Caller.plain())).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/*/items, /v1/5/items, true",
    "/v1/*/items, /v1//items, false",
    "/v1/*/items, /v1/a/b/items, false",
    "/v1/*/items, /v1/5/items/, false",
    "/v1/*/items, /v1/5/itemsx, false",
    "/v1/*/items, /v1/5, false",
    "/v1/*, /v1/*, true",
    "/v1/*, '/v1/a b\"<>', true",
    "/v1/*, /v1/, false",
    "/v1/**, /v1/, true",
    "/v1/**, /v1, false",
    "/v1/**, /v1/a/b/c, true",
    "/**, /, true",
    "/*/x/**, /a/x/y/z, true",
    "/*/x/**, //x/y, false",
    "/a.b, /aXb, false",
    "/a, /A, false",
  })
  void templates(String template, String path, boolean expected) {
    assertThat(allows(new RbacCondition.PathTemplate(template), Caller.plain().get(path)))
        .isEqualTo(expected);
  }

  @Test
  void pathIsSeenWithoutItsQuery() {
    RbacCondition admin = new RbacCondition.Path(exact("/admin"));

    assertThat(allows(admin, Caller.plain().get("/admin?"))).isTrue();
    assertThat(allows(admin, Caller.plain().get("/admin?x=1"))).isTrue();
    assertThat(allows(admin, Caller.plain().get("/pub?/admin"))).isFalse();
    assertThat(allows(admin, Caller.plain().get("/Admin"))).isFalse();
  }

  @Test
  void eachLineOfAHeaderCounts() {
    RbacCondition prod = header("x-env", exact("prod"), false);

    assertThat(allows(prod, Caller.plain().header("x-env", "dev", "prod"))).isTrue();
    assertThat(allows(prod, Caller.plain().header("x-env", "dev,prod"))).isFalse();
    assertThat(allows(prod, Caller.plain().header("x-env", ""))).isFalse();
    assertThat(allows(prod, Caller.plain())).isFalse();
  }

  @Test
  void invertedHeaderHoldsWhenNoLineMatches() {
    RbacCondition notProd = header("x-env", exact("prod"), true);

    assertThat(allows(notProd, Caller.plain().header("x-env", "dev", "prod"))).isFalse();
    assertThat(allows(notProd, Caller.plain().header("x-env", "dev", "test"))).isTrue();
    assertThat(allows(notProd, Caller.plain())).as("a missing header").isFalse();
    assertThat(allows(new RbacCondition.Not(header("x-env", exact("prod"), false)), Caller.plain()))
        .as("negated from outside")
        .isTrue();
  }

  @Test
  void presenceOfAHeader() {
    RbacCondition there =
        new RbacCondition.Header(new HeaderMatch("x", new ValueMatch.Present(true), false, false));
    RbacCondition missing =
        new RbacCondition.Header(new HeaderMatch("x", new ValueMatch.Present(true), true, false));

    assertThat(allows(there, Caller.plain().header("x", ""))).isTrue();
    assertThat(allows(there, Caller.plain())).isFalse();
    assertThat(allows(missing, Caller.plain().header("x", ""))).isFalse();
    assertThat(allows(missing, Caller.plain())).isTrue();
  }

  @Test
  void hostAndAuthorityAreOne() {
    StringMatch anyCase = new StringMatch.Exact("api.foo", true);

    assertThat(allows(header("host", anyCase, false), Caller.plain().authority("API.foo")))
        .isTrue();
    assertThat(allows(header(":authority", anyCase, false), Caller.plain().authority("api.Foo")))
        .isTrue();
    assertThat(allows(header(":authority", anyCase, false), Caller.plain().authority("api.foo:80")))
        .isFalse();
  }

  @Test
  void methodIsCaseSensitive() {
    assertThat(allows(header(":method", exact("GET"), false), Caller.plain())).isTrue();
    assertThat(allows(header(":method", exact("GET"), false), Caller.plain().method("get")))
        .isFalse();
  }

  @Test
  void addressesOfBothEnds() {
    CidrRange ten = CidrRange.parse("10.0.0.0/8");
    Caller caller = Caller.plain().from("10.1.1.1").header("x-forwarded-for", "10.2.2.2, 1.2.3.4");

    assertThat(allows(new RbacCondition.SourceAddress(ten), caller)).isTrue();
    assertThat(allows(new RbacCondition.RemoteAddress(ten), caller)).isFalse();
    assertThat(allows(new RbacCondition.RemoteAddress(CidrRange.parse("1.2.3.4")), caller))
        .isTrue();
    assertThat(allows(new RbacCondition.DestinationAddress(CidrRange.parse("10.9.9.9")), caller))
        .isTrue();
  }

  @Test
  void withoutForwardedAddressTheConnectionCounts() {
    RbacCondition ten = new RbacCondition.RemoteAddress(CidrRange.parse("10.0.0.0/8"));

    assertThat(allows(ten, Caller.plain().from("10.1.1.1"))).isTrue();
    assertThat(allows(ten, Caller.plain().from("10.1.1.1").header("x-forwarded-for", "unknown")))
        .isTrue();
  }

  @Test
  void portAndServerName() {
    assertThat(allows(RbacCondition.DestinationPort.of(8080), Caller.plain())).isTrue();
    assertThat(allows(RbacCondition.DestinationPort.of(8080), Caller.plain().to(8081))).isFalse();
    assertThat(
            allows(
                new RbacCondition.ServerName(exact("outbound_.80_._.api.foo")),
                Caller.plain().asking("outbound_.80_._.api.foo")))
        .isTrue();
  }

  @Test
  void literalsAreNeverExpressions() {
    RbacCondition dotted =
        new RbacCondition.Peer(Optional.of(exact("spiffe://cluster.local/ns/foo/sa/we.b")));
    RbacCondition stars = new RbacCondition.Path(new StringMatch.Prefix("/a[.*+\\", false));

    assertThat(allows(dotted, Caller.of("cluster.local/ns/foo/sa/weXb"))).isFalse();
    assertThat(allows(dotted, Caller.of("cluster.local/ns/foo/sa/we.b"))).isTrue();
    assertThat(allows(stars, Caller.plain().get("/aaaa"))).isFalse();
  }

  @Test
  void whatCannotBeCompiledDenies() {
    RbacCondition broken = new RbacCondition.Path(new StringMatch.Regex("("));
    InboundEngine allow = engine(rbac(Action.ALLOW, broken));
    InboundEngine deny = engine(rbac(Action.DENY, broken));

    assertThat(allow.decide(Caller.of(WEB)).isAllowed()).isFalse();
    assertThat(deny.decide(Caller.of(WEB)).isAllowed()).isFalse();
    assertThat(deny.problems()).hasSize(1).first().asString().startsWith("p: ");
  }

  @Test
  void shadowRulesOnlyTell() {
    RbacRules denyAll =
        new RbacRules(Action.DENY, List.of(new RbacPolicy("all", NOBODY_ELSE, NOBODY_ELSE)));
    Rbac shadow = new Rbac(Optional.empty(), Optional.of(denyAll), "istio_dry_run_deny_");

    InboundVerdict verdict = engine(shadow).decide(Caller.plain());

    assertThat(verdict.isAllowed()).isTrue();
    assertThat(verdict.shadows())
        .containsExactly(new ShadowVerdict("istio_dry_run_deny_", false, "all"));
  }

  @Test
  void auditMarksAndLetsPass() {
    InboundVerdict verdict = engine(rbac(Action.LOG, RbacCondition.ALWAYS)).decide(Caller.of(WEB));

    assertThat(((InboundVerdict.Allowed) verdict).audited()).isTrue();
  }

  @Test
  void connectionThatIsNotHttpHasNoPath() {
    InboundEngine byPath = engine(rbac(Action.ALLOW, new RbacCondition.Path(exact("/"))));
    InboundEngine byPeer = engine(rbac(Action.ALLOW, new RbacCondition.Peer(Optional.empty())));

    assertThat(byPath.admits(Caller.of(WEB))).isFalse();
    assertThat(byPeer.admits(Caller.of(WEB))).isTrue();
    assertThat(byPeer.admits(Caller.plain())).isFalse();
  }

  @Test
  void onAConnectionWhatIsAskedOfRequestsIsAssumedAtItsWorst() { // C60
    RbacCondition path = new RbacCondition.Path(exact("/admin"));
    RbacCondition web = new RbacCondition.Peer(Optional.of(exact("spiffe://" + WEB)));
    RbacCondition header = header("x", exact("y"), false);
    RbacCondition both = new RbacCondition.All(List.of(web, new RbacCondition.Not(path)));
    RbacCondition either = new RbacCondition.Some(List.of(web, header));

    assertThat(engine(rbac(Action.DENY, path)).admits(Caller.of(WEB))).isFalse();
    assertThat(engine(rbac(Action.ALLOW, path)).admits(Caller.of(WEB))).isFalse();
    assertThat(engine(rbac(Action.DENY, both)).admits(Caller.of(WEB))).isFalse();
    assertThat(engine(rbac(Action.DENY, both)).admits(Caller.plain())).isTrue();
    assertThat(engine(rbac(Action.ALLOW, both)).admits(Caller.of(WEB))).isFalse();
    assertThat(engine(rbac(Action.ALLOW, either)).admits(Caller.of(WEB))).isTrue();
    assertThat(engine(rbac(Action.ALLOW, either)).admits(Caller.plain())).isFalse();
    assertThat(engine(rbac(Action.DENY, either)).admits(Caller.plain())).isFalse();
    assertThat(engine(rbac(Action.LOG, path)).admits(Caller.plain())).isTrue();
  }
}
