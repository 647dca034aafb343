package io.librarymesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.CidrRange;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.InboundFilter.Rbac;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.config.RbacPolicy;
import io.librarymesh.config.RbacRules;
import io.librarymesh.config.RbacRules.Action;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The engine against the plainest reading of the same rules, over random rules and requests. The
 * number of rounds is {@code mesh.authz.rounds}.
 */
class RbacAgreementTest {
  private static final int ROUNDS = Integer.getInteger("mesh.authz.rounds", 20_000);
  private static final List<String> TEXTS =
      List.of("/a", "/a/", "/a.b", "/aXb", "/a/b", "/a*", "/A", "/[a]", "/a\\E");
  private static final List<String> PEERS =
      List.of("td/ns/foo/sa/web", "td/ns/foo/sa/we.b", "td/ns/bar/sa/web", "old/ns/foo/sa/web");
  private static final List<String> ADDRESSES = List.of("10.1.1.1", "10.2.2.2", "192.0.2.1", "::1");

  private final Random random = new Random(5);

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private StringMatch text(List<String> of) {
    String value = any(of);
    boolean ignoreCase = random.nextInt(4) == 0;
    int cut = 1 + random.nextInt(value.length() - 1);
    return switch (random.nextInt(4)) {
      case 0 -> new StringMatch.Prefix(value.substring(0, cut), ignoreCase);
      case 1 -> new StringMatch.Suffix(value.substring(cut), ignoreCase);
      case 2 -> new StringMatch.Contains(value.substring(cut), ignoreCase);
      default -> new StringMatch.Exact(value, ignoreCase);
    };
  }

  private RbacCondition condition(int depth) {
    return switch (random.nextInt(depth > 0 ? 11 : 8)) {
      case 0 -> new RbacCondition.Path(text(TEXTS));
      case 1 -> new RbacCondition.Peer(Optional.of(text(spiffe())));
      case 2 -> new RbacCondition.Peer(Optional.empty());
      case 3 ->
          new RbacCondition.Header(
              new HeaderMatch("x", new ValueMatch.Text(text(TEXTS)), random.nextBoolean(), false));
      case 4 -> RbacCondition.DestinationPort.of(80 + random.nextInt(2));
      case 5 -> new RbacCondition.SourceAddress(CidrRange.parse(any(ADDRESSES)));
      case 6 -> new RbacCondition.ServerName(text(TEXTS));
      case 7 ->
          new RbacCondition.Header(
              new HeaderMatch(
                  "x", new ValueMatch.Present(random.nextBoolean()), random.nextBoolean(), false));
      case 8 -> new RbacCondition.Not(condition(depth - 1));
      case 9 -> new RbacCondition.All(conditions(depth - 1));
      default -> new RbacCondition.Some(conditions(depth - 1));
    };
  }

  private static List<String> spiffe() {
    return PEERS.stream().map(peer -> "spiffe://" + peer).toList();
  }

  private List<RbacCondition> conditions(int depth) {
    List<RbacCondition> some = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      some.add(condition(depth));
    }
    return some;
  }

  private RbacRules rules(Action action) {
    List<RbacPolicy> policies = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      policies.add(new RbacPolicy("p" + i, condition(3), condition(2)));
    }
    return new RbacRules(action, policies);
  }

  private Caller caller() {
    Caller caller = random.nextInt(3) == 0 ? Caller.plain() : Caller.of(any(PEERS));
    for (int i = random.nextInt(3); i > 0; i--) {
      caller.header("x", any(TEXTS));
    }
    return caller
        .get(any(TEXTS).replace('\\', '_'))
        .from(any(ADDRESSES))
        .to(80 + random.nextInt(3))
        .asking(random.nextBoolean() ? "" : any(TEXTS));
  }

  private static boolean fits(StringMatch match, String text) {
    if (match instanceof StringMatch.Exact exact) {
      return lower(text, exact.ignoreCase()).equals(lower(exact.value(), exact.ignoreCase()));
    } else if (match instanceof StringMatch.Prefix prefix) {
      return lower(text, prefix.ignoreCase())
          .startsWith(lower(prefix.value(), prefix.ignoreCase()));
    } else if (match instanceof StringMatch.Suffix suffix) {
      return lower(text, suffix.ignoreCase()).endsWith(lower(suffix.value(), suffix.ignoreCase()));
    } else if (match instanceof StringMatch.Contains contains) {
      return lower(text, contains.ignoreCase())
          .contains(lower(contains.value(), contains.ignoreCase()));
    }
    throw new AssertionError(match);
  }

  private static String lower(String text, boolean ignoreCase) {
    return ignoreCase ? text.toLowerCase(Locale.ROOT) : text;
  }

  private static boolean holds(RbacCondition condition, Caller caller) {
    if (condition instanceof RbacCondition.All all) {
      return all.conditions().stream().allMatch(one -> holds(one, caller));
    } else if (condition instanceof RbacCondition.Some some) {
      return some.conditions().stream().anyMatch(one -> holds(one, caller));
    } else if (condition instanceof RbacCondition.Not not) {
      return !holds(not.condition(), caller);
    } else if (condition instanceof RbacCondition.Path path) {
      return fits(path.match(), caller.path());
    } else if (condition instanceof RbacCondition.Peer peer) {
      String name = caller.peer();
      return name != null && (peer.name().isEmpty() || fits(peer.name().get(), name));
    } else if (condition instanceof RbacCondition.Header header) {
      return holds(header.match(), caller.headerLines("x"));
    } else if (condition instanceof RbacCondition.DestinationPort port) {
      return port.start() == caller.destinationPort();
    } else if (condition instanceof RbacCondition.SourceAddress address) {
      return address.range().contains(caller.source());
    } else if (condition instanceof RbacCondition.ServerName name) {
      return fits(name.match(), caller.serverName());
    }
    throw new AssertionError(condition);
  }

  private static boolean holds(HeaderMatch match, List<String> lines) {
    if (match.value() instanceof ValueMatch.Present present) {
      boolean asked = present.expected() != match.invert();
      return asked != lines.isEmpty();
    }
    StringMatch text = ((ValueMatch.Text) match.value()).match();
    boolean one = lines.stream().anyMatch(line -> fits(text, line));
    return !lines.isEmpty() && one != match.invert();
  }

  private static boolean matches(RbacRules rules, Caller caller) {
    return rules.policies().stream()
        .anyMatch(
            policy -> holds(policy.permission(), caller) && holds(policy.principal(), caller));
  }

  @Test
  void engineAgreesWithThePlainReading() {
    int allowed = 0;
    for (int round = 0; round < ROUNDS; round++) {
      RbacRules deny = rules(Action.DENY);
      RbacRules allow = rules(Action.ALLOW);
      Caller caller = caller();
      boolean expected = !matches(deny, caller) && matches(allow, caller);

      InboundVerdict verdict = RbacTest.engine(Rbac.of(deny), Rbac.of(allow)).decide(caller);

      assertThat(verdict.isAllowed()).as("round %d: %s %s", round, deny, allow).isEqualTo(expected);
      allowed += expected ? 1 : 0;
    }
    assertThat(allowed).as("both outcomes occur").isBetween(ROUNDS / 20, ROUNDS * 19 / 20);
  }

  @Test
  void anotherDenialNeverOpensADoor() {
    for (int round = 0; round < ROUNDS / 10; round++) {
      Rbac allow = Rbac.of(rules(Action.ALLOW));
      Rbac deny = Rbac.of(rules(Action.DENY));
      Caller caller = caller();

      boolean before = RbacTest.engine(allow).decide(caller).isAllowed();
      boolean after = RbacTest.engine(deny, allow).decide(caller).isAllowed();

      assertThat(before || !after).isTrue();
    }
  }
}
