package io.librarymesh;

import io.librarymesh.config.Cluster;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.StatefulSession;
import io.librarymesh.pick.HostExplanation;
import io.librarymesh.route.HashExplanation;
import io.librarymesh.route.RouteExplanation;
import java.util.List;
import java.util.Optional;

/**
 * What would become of a request, and why: the answer of {@link Mesh#explain}. It is read from what
 * calls themselves read; nothing is drawn, counted or sent.
 *
 * @param target {@code host:port} of the URL
 * @param unknown why nobody has declared the target, such as {@code no service web with port 81 in
 *     namespace default; it has 80}: what the rules say is what is said for all such targets; empty
 *     when somebody has, and when the control plane does not say
 * @param problem why there is nothing to explain: no configuration yet, no such target, or a path
 *     that is refused; empty otherwise
 * @param normalPath the path that rules and upstream see, with the query; empty when it is that of
 *     the request
 * @param semantics of the mesh that was asked
 * @param virtualHost whose rules are tried; empty when the authority has none, which is a 404
 * @param rules in the order in which they are tried
 * @param policy the rule of a ResiliencePolicy that is in force for the request, whatever route it
 *     takes
 * @param outcomes what the rules do that such a request can take: those that take a share, then the
 *     one that takes the rest; empty when no rule applies, which is a 404
 */
public record Explanation(
    String target,
    String unknown,
    String problem,
    Optional<String> normalPath,
    Semantics semantics,
    Optional<String> virtualHost,
    List<Rule> rules,
    Optional<Policy> policy,
    List<Outcome> outcomes) {
  public Explanation {
    rules = List.copyOf(rules);
    outcomes = List.copyOf(outcomes);
  }

  /**
   * Whether some such request gets to an upstream, or a rule or a fallback answers it with less
   * than 400. Whether an address in a URL can be reached is not known here: an outcome that {@link
   * Outcome#goesToTheUrl goes there} counts.
   */
  public boolean isAnswered() {
    return outcomes.stream().anyMatch(Outcome::isAnswered);
  }

  /**
   * One rule that was tried.
   *
   * @param origin where it is written; may be empty
   * @param reason the condition that failed, or the share
   */
  public record Rule(String name, String origin, RouteExplanation.Verdict verdict, String reason) {}

  /**
   * The rule of a policy.
   *
   * @param name {@code NAMESPACE/NAME RULE}
   * @param origin where the policy is written; may be empty
   * @param concurrencyLimit how many calls the adaptive bound lets run at once now; 0 when there is
   *     none
   */
  public record Policy(
      String name, String origin, ResiliencePolicy.Rule rule, int concurrencyLimit) {}

  /**
   * What a fallback has in place of an answer of the mesh's own.
   *
   * @param cluster where the request is sent instead; empty when the answer is fixed
   * @param status of the fixed answer; 0 when there is a cluster
   */
  public record StandIn(String cluster, int status) {}

  /**
   * What a rule does with the request.
   *
   * @param share the part of such requests that takes it, 0 to 1
   * @param fault of such a request, as far as its cluster is not asked for
   * @param repeats whether the request may be retried after an upstream may have processed it; if
   *     not, only an attempt that certainly was not processed is retried
   * @param session empty when the request has none
   * @param destinations where the request is sent; empty when the rule answers by itself
   * @param standIn what the caller gets in place of what the mesh would say itself: that there is
   *     no host, an abort, the rule's own answer; empty when it gets that. Answers that are kept do
   *     not count: what there is now need not be there for the call.
   */
  public record Outcome(
      String rule,
      String origin,
      double share,
      FaultInjection fault,
      Optional<Session> session,
      RouteAction action,
      boolean repeats,
      List<Destination> destinations,
      Optional<StandIn> standIn) {
    public Outcome {
      destinations = List.copyOf(destinations);
    }

    /** Whether every such request is aborted by a fault. */
    public boolean isAborted() {
      FaultInjection.Abort abort = fault.abort();
      return fault.gate().upstreamCluster().isEmpty()
          && !abort.byHeader()
          && abort.share().numerator() >= abort.share().denominator();
    }

    /** Whether some such request gets to an upstream, or is answered with less than 400. */
    public boolean isAnswered() {
      if (standIn.filter(in -> in.status() < 400).isPresent()) {
        return true;
      }
      if (isAborted()) {
        return false;
      }
      if (action instanceof RouteAction.DirectResponse direct) {
        return direct.status() < 400;
      }
      return action instanceof RouteAction.Redirect
          || destinations.stream().flatMap(to -> to.state().stream()).anyMatch(this::reaches);
    }

    /** Whether no such request goes anywhere but to the address in its URL. */
    public boolean goesToTheUrl() {
      List<State> reached =
          destinations.stream().flatMap(to -> to.state().stream()).filter(this::reaches).toList();
      return !isAborted()
          && !reached.isEmpty()
          && reached.stream()
              .allMatch(
                  state -> state.config().discovery() == Cluster.Discovery.ORIGINAL_DESTINATION);
    }

    /** Whether an attempt finds somewhere to go in one of its clusters. */
    public boolean reaches(State state) {
      String asked = session.map(Session::host).orElse("");
      if (!asked.isEmpty() && state.sessionProblem().isEmpty()) {
        return true;
      }
      boolean mustBeAsked = !asked.isEmpty() && session.orElseThrow().config().strict();
      return !mustBeAsked && state.pickable();
    }
  }

  /**
   * How the request stays with the host of its session.
   *
   * @param config where the session is kept
   * @param host the address that the request asks for; empty when its session begins
   */
  public record Session(StatefulSession config, String host) {}

  /**
   * One of the clusters that a rule sends to.
   *
   * @param share the part of the rule's requests, 0 to 1
   * @param state empty when there is no such cluster, which is a 503
   */
  public record Destination(String cluster, double share, Optional<State> state) {}

  /**
   * How a policy that hashes chooses a host.
   *
   * @param values what is looked at to hash the request, in order
   * @param host the address that its hash leads to now; empty when it has none and is given one by
   *     chance, and when there is no host
   */
  public record Hash(List<HashExplanation> values, Optional<String> host) {
    public Hash {
      values = List.copyOf(values);
    }
  }

  /**
   * A cluster as it is now.
   *
   * @param config limits, load balancing, outlier detection
   * @param requests attempts in flight, of requests of the rule's priority like the next two
   * @param pending attempts that wait for a connection, as far as they are counted
   * @param retries in flight or backing off
   * @param hash how the request's hash decides; empty where the policy does not hash
   * @param sessionProblem why the session's host does not get the request, such as {@code not among
   *     the hosts}; empty when it does, and when the request asks for none
   */
  public record State(
      Cluster config,
      int requests,
      int pending,
      int retries,
      Optional<Hash> hash,
      String sessionProblem,
      List<HostExplanation> hosts) {
    public State {
      hosts = List.copyOf(hosts);
    }

    /** Whether an attempt without a session finds somewhere to go. */
    public boolean pickable() {
      return config.discovery() == Cluster.Discovery.ORIGINAL_DESTINATION
          || hosts.stream().anyMatch(HostExplanation::pickable);
    }
  }
}
