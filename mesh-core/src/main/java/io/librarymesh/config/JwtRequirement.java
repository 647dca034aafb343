package io.librarymesh.config;

import java.util.List;

/** Which tokens a request needs. Source: Envoy {@code http.jwt_authn.v3.JwtRequirement}. */
public sealed interface JwtRequirement {
  /** None. */
  JwtRequirement NOTHING = new All(List.of());

  /**
   * A valid token of this provider.
   *
   * @param audiences those to accept instead of the provider's own; empty: the provider's own
   */
  record Provider(String name, List<String> audiences) implements JwtRequirement {
    public Provider {
      audiences = List.copyOf(audiences);
    }

    /** A valid token, with the provider's own audiences. */
    public static Provider of(String name) {
      return new Provider(name, List.of());
    }
  }

  /** One of these, tried in order; the first one met ends it. */
  record Some(List<JwtRequirement> requirements) implements JwtRequirement {
    public Some {
      requirements = List.copyOf(requirements);
    }
  }

  /** All of these. */
  record All(List<JwtRequirement> requirements) implements JwtRequirement {
    public All {
      requirements = List.copyOf(requirements);
    }
  }

  /** That there is no token at all where any provider looks, or that all there are valid. */
  enum Leniency implements JwtRequirement {
    /** No token is fine, a bad one is not. */
    ALLOW_MISSING,
    /** Neither a missing nor a bad token matters; a valid one counts. */
    ALLOW_MISSING_OR_FAILED
  }
}
