package io.librarymesh.identity;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which identities of a peer are accepted, once its certificate is valid. Two policies that accept
 * the same are equal, so that connections can be shared by them. Immutable.
 */
public sealed interface PeerPolicy {
  /** Whether a peer may be this one. */
  boolean accepts(SpiffeId peer);

  /** What is accepted, for messages. */
  String expected();

  /**
   * One of these, as secure naming has it: the service accounts that run a service. None accepts
   * nobody, since "not known" must not mean "anybody".
   */
  static PeerPolicy oneOf(Set<SpiffeId> ids) {
    return new OneOf(Set.copyOf(ids));
  }

  /** Any workload of these trust domains. */
  static PeerPolicy ofTrustDomains(Set<TrustDomain> domains) {
    return new OfTrustDomains(Set.copyOf(domains));
  }

  /**
   * Those whose whole text a rule accepts.
   *
   * @param expected what the rule accepts, for messages
   * @param rule equal to nothing but itself
   */
  static PeerPolicy matching(String expected, Predicate<String> rule) {
    return new Matching(expected, rule);
  }

  /** By a rule. */
  record Matching(String expected, Predicate<String> rule) implements PeerPolicy {
    @Override
    public boolean accepts(SpiffeId peer) {
      return rule.test(peer.toString());
    }
  }

  /**
   * Certain identities.
   *
   * @param ids compared as a whole, case counts
   */
  record OneOf(Set<SpiffeId> ids) implements PeerPolicy {
    private static final int SHOWN = 5;

    @Override
    public boolean accepts(SpiffeId peer) {
      return ids.contains(peer);
    }

    @Override
    public String expected() {
      if (ids.isEmpty()) {
        return "nobody: no identity is known of this destination";
      }
      String shown =
          ids.stream()
              .map(SpiffeId::toString)
              .sorted()
              .limit(SHOWN)
              .collect(Collectors.joining(", "));
      return ids.size() > SHOWN ? shown + " and " + (ids.size() - SHOWN) + " more" : shown;
    }
  }

  /**
   * Everybody of some domains.
   *
   * @param domains the own one and its aliases
   */
  record OfTrustDomains(Set<TrustDomain> domains) implements PeerPolicy {
    @Override
    public boolean accepts(SpiffeId peer) {
      return domains.contains(peer.trustDomain());
    }

    @Override
    public String expected() {
      return "a workload of " + new TreeSet<>(domains);
    }
  }
}
