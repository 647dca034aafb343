package io.librarymesh.cli;

import io.librarymesh.Explanation.Hash;
import io.librarymesh.Explanation.State;
import io.librarymesh.config.HashPolicy;
import io.librarymesh.config.LbPolicy;
import io.librarymesh.route.HashExplanation;
import java.util.List;
import java.util.stream.Collectors;

/** How one of the endpoints is chosen, for people. */
final class BalancingText {
  private BalancingText() {}

  /** Such as {@code ring hash of header x-user: 10.0.0.1:80}. */
  static String of(LbPolicy policy, State state) {
    return name(policy) + state.hash().map(hash -> hash(hash, state)).orElse("");
  }

  private static String name(LbPolicy policy) {
    if (policy instanceof LbPolicy.LeastRequest least) {
      return least.candidates() == LbPolicy.LeastRequest.ALL
          ? "least requests in flight of all"
          : "least requests in flight of " + least.candidates() + " drawn";
    } else if (policy instanceof LbPolicy.Random) {
      return "random";
    } else if (policy instanceof LbPolicy.RingHash) {
      return "ring hash";
    }
    return policy instanceof LbPolicy.Maglev ? "Maglev hash" : "round robin";
  }

  private static String hash(Hash hash, State state) {
    if (hash.values().isEmpty()) {
      return ", but the route has nothing to hash: picked at random";
    }
    List<HashExplanation> found = hash.values().stream().filter(HashExplanation::found).toList();
    String of = " of " + names(found.isEmpty() ? hash.values() : found);
    if (hash.host().isPresent()) {
      return of + ": " + hash.host().get();
    }
    if (!state.pickable()) {
      return of;
    }
    boolean madeUp =
        hash.values().stream()
            .anyMatch(v -> !v.found() && v.policy() instanceof HashPolicy.GeneratedCookie);
    return of
        + (madeUp
            ? ", which the request does not have: picked at random, and given to the caller as a"
                + " cookie"
            : ", which the request does not have: picked at random");
  }

  private static String names(List<HashExplanation> values) {
    return values.stream().map(value -> name(value.policy())).collect(Collectors.joining(" and "));
  }

  private static String name(HashPolicy policy) {
    if (policy instanceof HashPolicy.Header header) {
      return "header " + header.name();
    } else if (policy instanceof HashPolicy.Cookie cookie) {
      return "cookie " + cookie.name();
    } else if (policy instanceof HashPolicy.GeneratedCookie cookie) {
      return "cookie " + cookie.name();
    } else if (policy instanceof HashPolicy.QueryParameter parameter) {
      return "query parameter " + parameter.name();
    }
    return "the caller's address";
  }
}
