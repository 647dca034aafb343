package io.librarymesh.authz;

import io.librarymesh.config.ClaimMatch;
import io.librarymesh.config.MetadataValue;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.route.TextMatcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A compiled {@link RbacCondition.Claim}. */
record ClaimCondition(List<String> path, Value value, boolean invert) implements Condition {
  /** A compiled {@link ClaimMatch}; a claim that is missing is null. */
  @FunctionalInterface
  interface Value {
    boolean matches(@Nullable MetadataValue claim);
  }

  static Condition compile(RbacCondition.Claim claim) {
    return new ClaimCondition(claim.path(), compile(claim.value()), claim.invert());
  }

  private static Value compile(ClaimMatch match) {
    if (match instanceof ClaimMatch.Text text) {
      TextMatcher matcher = TextMatcher.compile(text.match());
      return claim ->
          claim instanceof MetadataValue.Text found
              && matcher.matches(found.value(), 0, found.value().length());
    } else if (match instanceof ClaimMatch.Flag flag) {
      return claim -> claim instanceof MetadataValue.Flag found && found.value() == flag.value();
    } else if (match instanceof ClaimMatch.Present present) {
      return claim -> present.expected() && claim != null;
    } else if (match instanceof ClaimMatch.Element element) {
      return element(compile(element.match()));
    } else if (match instanceof ClaimMatch.Some some) {
      return some(some.matches().stream().map(ClaimCondition::compile).toArray(Value[]::new));
    }
    throw new AssertionError(match);
  }

  private static Value element(Value inner) {
    return claim -> {
      if (claim instanceof MetadataValue.Items items) {
        for (MetadataValue item : items.values()) {
          if (inner.matches(item)) {
            return true;
          }
        }
      }
      return false;
    };
  }

  private static Value some(Value[] alternatives) {
    return claim -> {
      for (Value alternative : alternatives) {
        if (alternative.matches(claim)) {
          return true;
        }
      }
      return false;
    };
  }

  @Override
  public boolean holds(Facts facts) {
    return facts.isHttp() && value.matches(find(facts)) != invert;
  }

  private @Nullable MetadataValue find(Facts facts) {
    MetadataValue found = new MetadataValue.Fields(facts.claims());
    for (String name : path) {
      if (!(found instanceof MetadataValue.Fields fields)) {
        return null;
      }
      found = fields.fields().values().get(name);
      if (found == null) {
        return null;
      }
    }
    return found;
  }
}
