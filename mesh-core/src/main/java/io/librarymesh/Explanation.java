package io.librarymesh;

import io.librarymesh.config.Cluster;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.ResiliencePolicy;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.StatefulSession;
import io.librarymesh.pick.HostExplanation;
import io.librarymesh.route.RouteExplanation;
import java.util.List;
import java.util.Optional;

/**
 * What would become of a request, and why: the answer of {@link Mesh#explain}. It is read from what
 * calls themselves read; nothing is drawn, counted or sent.
 *
 * @param target {@code host:port} of the URL
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
   * @param concurrencyLimit how many calls the adaptive bound lets run at once now; 0 when there is
   *     none
   */
  public record Policy(String name, ResiliencePolicy.Rule rule, int concurrencyLimit) {}

  /**
   * What a rule does with the request.
   *
   * @param share the part of such requests that takes it, 0 to 1
   * @param fault of such a request, as far as its cluster is not asked for
   * @param repeats whether the request may be retried after an upstream may have processed it; if
   *     not, only an attempt that certainly was not processed is retried
   * @param session empty when the request has none
   * @param destinations where the request is sent; empty when the rule answers by itself
   */
  public record Outcome(
      String rule,
      String origin,
      double share,
      FaultInjection fault,
      Optional<Session> session,
      RouteAction action,
      boolean repeats,
      List<Destination> destinations) {
    public Outcome {
      destinations = List.copyOf(destinations);
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
   * A cluster as it is now.
   *
   * @param config limits, load balancing, outlier detection
   * @param requests attempts in flight, of requests of the rule's priority like the next two
   * @param pending attempts that wait for a connection, as far as they are counted
   * @param retries in flight or backing off
   * @param sessionProblem why the session's host does not get the request, such as {@code not among
   *     the hosts}; empty when it does, and when the request asks for none
   */
  public record State(
      Cluster config,
      int requests,
      int pending,
      int retries,
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
