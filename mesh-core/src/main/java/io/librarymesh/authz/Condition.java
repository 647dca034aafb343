package io.librarymesh.authz;

import io.librarymesh.config.CidrRange;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.route.TextMatcher;
import io.librarymesh.route.ValueMatcher;
import java.util.List;
import java.util.Optional;

/** A compiled {@link RbacCondition}. */
@FunctionalInterface
interface Condition {
  boolean holds(Facts facts);

  /**
   * Compiles a condition.
   *
   * @throws IllegalArgumentException when a regular expression is not RE2
   */
  static Condition compile(RbacCondition condition) {
    if (condition instanceof RbacCondition.All all) {
      return all(all.conditions());
    } else if (condition instanceof RbacCondition.Some some) {
      return some(some.conditions());
    } else if (condition instanceof RbacCondition.Not not) {
      Condition inner = compile(not.condition());
      return facts -> !inner.holds(facts);
    } else if (condition instanceof RbacCondition.Header header) {
      return HeaderCondition.compile(header.match());
    } else if (condition instanceof RbacCondition.Path path) {
      return path(path.match());
    } else if (condition instanceof RbacCondition.PathTemplate template) {
      return PathTemplateCondition.compile(template.template());
    } else if (condition instanceof RbacCondition.Claim claim) {
      return ClaimCondition.compile(claim);
    }
    return ofConnection(condition);
  }

  private static Condition ofConnection(RbacCondition condition) {
    if (condition instanceof RbacCondition.DestinationAddress address) {
      CidrRange range = address.range();
      return facts -> range.contains(facts.connection().destination());
    } else if (condition instanceof RbacCondition.DestinationPort port) {
      return facts ->
          facts.connection().destinationPort() >= port.start()
              && facts.connection().destinationPort() < port.end();
    } else if (condition instanceof RbacCondition.ServerName name) {
      TextMatcher matcher = TextMatcher.compile(name.match());
      return facts -> matches(matcher, facts.connection().serverName());
    } else if (condition instanceof RbacCondition.Peer peer) {
      return peer(peer.name());
    } else if (condition instanceof RbacCondition.SourceAddress address) {
      CidrRange range = address.range();
      return facts -> range.contains(facts.connection().source());
    } else if (condition instanceof RbacCondition.RemoteAddress address) {
      CidrRange range = address.range();
      return facts -> range.contains(facts.remote());
    }
    throw new AssertionError(condition);
  }

  private static Condition[] compile(List<RbacCondition> conditions) {
    return conditions.stream().map(Condition::compile).toArray(Condition[]::new);
  }

  private static Condition all(List<RbacCondition> conditions) {
    Condition[] inner = compile(conditions);
    return facts -> {
      for (Condition condition : inner) {
        if (!condition.holds(facts)) {
          return false;
        }
      }
      return true;
    };
  }

  private static Condition some(List<RbacCondition> conditions) {
    Condition[] inner = compile(conditions);
    return facts -> {
      for (Condition condition : inner) {
        if (condition.holds(facts)) {
          return true;
        }
      }
      return false;
    };
  }

  private static Condition path(StringMatch match) {
    TextMatcher matcher = TextMatcher.compile(match);
    return facts -> facts.isHttp() && matches(matcher, facts.path());
  }

  private static Condition peer(Optional<StringMatch> name) {
    if (name.isEmpty()) {
      return facts -> facts.connection().peer() != null;
    }
    TextMatcher matcher = TextMatcher.compile(name.get());
    return facts -> {
      String peer = facts.connection().peer();
      return peer != null && matches(matcher, peer);
    };
  }

  private static boolean matches(TextMatcher matcher, String text) {
    return matcher.matches(text, 0, text.length());
  }

  /** Asks for a header, each of its lines by itself. */
  record HeaderCondition(HeaderMatch match, ValueMatcher value) implements Condition {
    static Condition compile(HeaderMatch match) {
      return new HeaderCondition(match, ValueMatcher.compile(match.value()));
    }

    @Override
    public boolean holds(Facts facts) {
      if (!facts.isHttp()) {
        return false;
      }
      List<String> lines = facts.headerLines(match.name());
      if (match.value() instanceof ValueMatch.Present present) {
        return lines.isEmpty() == (present.expected() == match.invert());
      }
      if (lines.isEmpty()) {
        return match.treatMissingAsEmpty() && value.matches("", 0, 0) != match.invert();
      }
      for (String line : lines) {
        if (value.matches(line, 0, line.length())) {
          return !match.invert();
        }
      }
      return match.invert();
    }
  }
}
