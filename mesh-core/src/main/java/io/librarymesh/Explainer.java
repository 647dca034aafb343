package io.librarymesh;

import io.librarymesh.Explanation.Destination;
import io.librarymesh.Explanation.Hash;
import io.librarymesh.Explanation.Outcome;
import io.librarymesh.Explanation.Policy;
import io.librarymesh.Explanation.Rule;
import io.librarymesh.Explanation.Session;
import io.librarymesh.Explanation.StandIn;
import io.librarymesh.Explanation.State;
import io.librarymesh.attempt.Limits;
import io.librarymesh.config.Fallback;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.config.WeightedCluster;
import io.librarymesh.pick.HostState;
import io.librarymesh.pick.PickRequest;
import io.librarymesh.pick.Subset;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.PathDecision;
import io.librarymesh.route.RequestHash;
import io.librarymesh.route.RequestHead;
import io.librarymesh.route.RouteExplanation;
import io.librarymesh.route.RouteExplanation.Tried;
import io.librarymesh.route.RouteExplanation.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts together what the rooms say of one request. */
final class Explainer {
  private final Target target;
  private final long now;

  Explainer(Target target) {
    this.target = target;
    this.now = target.seams.ticker().nanos();
  }

  Explanation explain(RequestHead asked) {
    MeshSnapshot snapshot = target.snapshot();
    if (snapshot instanceof MeshSnapshot.Pending pending) {
      return nothing("no configuration: " + pending.reason());
    }
    if (snapshot instanceof MeshSnapshot.Refused refused) {
      return nothing("no configuration: " + refused.reason());
    }
    if (snapshot instanceof MeshSnapshot.Absent absent) {
      return nothing(absent.reason());
    }
    MeshSnapshot.Ready ready = (MeshSnapshot.Ready) snapshot;
    PathDecision path = ready.paths().decide(asked.path());
    if (path instanceof PathDecision.Refused refused) {
      return nothing("the path is refused with 400: " + refused.reason());
    } else if (path instanceof PathDecision.Redirected redirected) {
      return nothing("the path has an escaped slash: 307 to " + redirected.path());
    }
    boolean changed = path instanceof PathDecision.Changed;
    RequestHead head = changed ? ((PathDecision.Changed) path).of(asked) : asked;
    RouteExplanation routes = ready.table().explain(head);
    return new Explanation(
        target.authority,
        ready.unknown(),
        "",
        changed ? Optional.of(head.path()) : Optional.empty(),
        target.seams.semantics(),
        routes.virtualHost(),
        routes.rules().stream().map(Explainer::rule).toList(),
        policy(ready, routes.rules(), head),
        outcomes(ready, routes.rules(), head));
  }

  private Explanation nothing(String problem) {
    return new Explanation(
        target.authority,
        "",
        problem,
        Optional.empty(),
        target.seams.semantics(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        List.of());
  }

  private static Rule rule(Tried tried) {
    Route route = tried.route();
    return new Rule(route.name(), route.origin(), tried.verdict(), tried.reason());
  }

  /** It belongs to the virtual host, so that any route that can be taken knows it. */
  private static Optional<Policy> policy(
      MeshSnapshot.Ready ready, List<Tried> rules, RequestHead head) {
    return rules.stream()
        .filter(tried -> tried.verdict() == Verdict.SHARE || tried.verdict() == Verdict.TAKEN)
        .findFirst()
        .flatMap(tried -> policy(ready.bound(tried.matched()), head));
  }

  private static Optional<Policy> policy(MeshSnapshot.Bound bound, RequestHead head) {
    return Optional.ofNullable(bound.guards)
        .map(guards -> guards.find(head))
        .map(
            guard ->
                new Policy(
                    guard.name(),
                    bound.matched.virtualHost().resilience().origin(),
                    guard.rule(),
                    guard.concurrencyLimit()));
  }

  private static Optional<StandIn> standIn(MeshSnapshot.Bound bound, RequestHead head) {
    return Optional.ofNullable(bound.guards)
        .map(guards -> guards.find(head))
        .filter(guard -> guard.coversStatus(ownStatus(bound, head)))
        .flatMap(guard -> standIn(bound, guard.rule().fallback()));
  }

  /** What the mesh says where no upstream does. */
  private static int ownStatus(MeshSnapshot.Bound bound, RequestHead head) {
    Route route = bound.matched.route();
    FaultInjection.Abort abort = route.fault().abort();
    if (bound.fault.concerns(head) && abort.share().numerator() >= abort.share().denominator()) {
      return abort.httpStatus();
    }
    return route.action() instanceof RouteAction.DirectResponse direct ? direct.status() : 503;
  }

  private static Optional<StandIn> standIn(MeshSnapshot.Bound bound, Fallback fallback) {
    ClusterRuntime other = bound.forward == null ? null : bound.cluster(fallback.cluster());
    if (other != null && other.state.mayPick()) {
      return Optional.of(new StandIn(fallback.cluster(), 0));
    }
    return Optional.ofNullable(fallback.response())
        .map(response -> new StandIn("", response.status()));
  }

  /**
   * All shares look at one draw, so a share takes only what those before it have left. Source:
   * Envoy's {@code runtime_fraction}, drawn once for a request.
   */
  private List<Outcome> outcomes(MeshSnapshot.Ready ready, List<Tried> rules, RequestHead head) {
    List<Outcome> outcomes = new ArrayList<>();
    double before = 0;
    for (Tried tried : rules) {
      if (tried.verdict() == Verdict.SHARE || tried.verdict() == Verdict.TAKEN) {
        double upTo = tried.verdict() == Verdict.TAKEN ? 1 : share(tried.route());
        if (upTo > before) {
          outcomes.add(outcome(ready.bound(tried.matched()), upTo - before, head));
          before = upTo;
        }
      }
    }
    return outcomes;
  }

  private static double share(Route route) {
    return (double) route.match().fraction().numerator() / route.match().fraction().denominator();
  }

  private Outcome outcome(MeshSnapshot.Bound bound, double share, RequestHead head) {
    Route route = bound.matched.route();
    Optional<Session> session = session(bound, head);
    return new Outcome(
        route.name(),
        route.origin(),
        share,
        bound.fault.concerns(head) ? route.fault() : FaultInjection.NONE,
        session,
        route.action(),
        target.seams.mayRepeat(bound.retryRules, head),
        destinations(bound, bound.forward, head, session.map(Session::host).orElse("")),
        standIn(bound, head));
  }

  private Optional<Session> session(MeshSnapshot.Bound bound, RequestHead head) {
    return bound.sessions
        ? Optional.ofNullable(bound.matched.session(head, target.seams.wallClock()))
            .map(session -> new Session(bound.matched.route().session(), session.host()))
        : Optional.empty();
  }

  private List<Destination> destinations(
      MeshSnapshot.Bound bound,
      RouteAction.@Nullable Forward forward,
      RequestHead head,
      String sessionHost) {
    if (forward == null) {
      return List.of();
    }
    double sum = forward.clusters().stream().mapToLong(WeightedCluster::weight).sum();
    List<Destination> destinations = new ArrayList<>();
    for (int i = 0; i < forward.clusters().size(); i++) {
      WeightedCluster weighted = forward.clusters().get(i);
      Subset subset = bound.subset(i);
      Optional<State> state =
          Optional.ofNullable(bound.cluster(i))
              .map(
                  cluster ->
                      state(
                          cluster,
                          subset,
                          forward.priority(),
                          hash(bound, forward, cluster, subset, head),
                          sessionHost));
      destinations.add(new Destination(weighted.cluster(), weighted.weight() / sum, state));
    }
    return destinations;
  }

  /** As a first attempt would have it; what would need a draw is left open. */
  private Optional<Hash> hash(
      MeshSnapshot.Bound bound,
      RouteAction.Forward forward,
      ClusterRuntime cluster,
      @Nullable Subset subset,
      RequestHead head) {
    if (!cluster.hashes()) {
      return Optional.empty();
    }
    NotedDraws draws = new NotedDraws();
    RequestHash hash = bound.matched.hash(head, target.seams.hostname(), draws);
    Optional<String> host = Optional.empty();
    if (hash != null && !draws.drawn) {
      PickRequest picks = PickRequest.of(forward.retryPolicy().hostSelection());
      picks.hash(hash.value());
      picks.within(subset);
      if (cluster.state.pick(draws, picks) instanceof HostState picked && !draws.drawn) {
        host = Optional.of(picked.endpoint().hostPort());
      }
    }
    return Optional.of(new Hash(bound.matched.explainHash(head, target.seams.hostname()), host));
  }

  private State state(
      ClusterRuntime cluster,
      @Nullable Subset subset,
      RoutingPriority priority,
      Optional<Hash> hash,
      String sessionHost) {
    Limits limits = cluster.limits(priority);
    return new State(
        cluster.state.cluster(),
        limits.requests(),
        limits.pending(),
        limits.retries(),
        hash,
        sessionHost.isEmpty() ? "" : cluster.state.whyNot(sessionHost),
        subset == null ? cluster.state.explain(now) : cluster.state.explain(subset, now));
  }

  /** Tells whether chance was asked: then its answer is not that of the call. */
  private static final class NotedDraws implements RandomSource {
    private boolean drawn;

    @Override
    public int nextInt(int bound, Draw draw) {
      drawn = true;
      return 0;
    }
  }
}
