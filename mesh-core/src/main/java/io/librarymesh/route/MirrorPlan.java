package io.librarymesh.route;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HeaderOperations;
import io.librarymesh.config.MirrorPolicy;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.config.WeightedCluster;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.route.RouteDecision.Matched;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A compiled {@link MirrorPolicy}: which requests are copied, what a copy looks like, and the route
 * that it takes, which has the timeout of the route it is copied for and nothing else: no faults,
 * no retries, no changes. Immutable; any thread.
 *
 * <p>Source: Envoy {@code FilterUtility::shouldShadow} and {@code ShadowWriterImpl}.
 */
public final class MirrorPlan {
  private static final String SUFFIX = "-shadow";

  private final MirrorPolicy policy;
  private final int perMillion;
  private final Matched route;

  private MirrorPlan(MirrorPolicy policy, Matched route) {
    this.policy = policy;
    this.route = route;
    this.perMillion = policy.share().perMillion();
  }

  /** Compiles what {@code route} was configured with. */
  static MirrorPlan compile(MirrorPolicy policy, Route route, VirtualHost host) {
    RouteAction.Forward main = (RouteAction.Forward) route.action();
    RouteAction.Forward forward =
        new RouteAction.Forward(
            List.of(new WeightedCluster(policy.cluster(), 1)),
            main.timeouts().ofCopies(),
            RetryPolicy.NONE,
            RoutingPriority.DEFAULT,
            main.clusterNotFoundStatus());
    Route copies =
        new Route(route.name(), route.match(), forward, FaultInjection.NONE, route.origin());
    VirtualHost bare =
        new VirtualHost(
            host.name(),
            host.domains(),
            List.of(),
            new VirtualHost.AttemptCount(host.attemptCount().inRequest(), false),
            HeaderOperations.NONE);
    return new MirrorPlan(policy, new Matched(-1, copies, bare, RoutePlan.UNCHANGED));
  }

  /** The name of the cluster that copies go to. */
  public String cluster() {
    return policy.cluster();
  }

  /** What copies take in place of the route they are made for. */
  public Matched route() {
    return route;
  }

  /** Draws {@link Draw#MIRROR} for one request, below one million; 0 % and 100 % draw nothing. */
  public boolean copies(RandomSource random) {
    return perMillion == FractionalPercent.MILLION
        || (perMillion > 0 && random.nextInt(FractionalPercent.MILLION, Draw.MIRROR) < perMillion);
  }

  /**
   * A copy of a request.
   *
   * @param head the request as the caller made it
   * @param outgoing as it goes out; null when it goes out as it came
   * @return null when the copy, too, goes out as the request came
   */
  public @Nullable OutgoingHead copy(RequestHead head, @Nullable OutgoingHead outgoing) {
    if (outgoing == null && !policy.appendHostSuffix()) {
      return null;
    }
    OutgoingHead copy = outgoing == null ? new OutgoingHead(head) : outgoing.copy();
    if (policy.appendHostSuffix()) {
      String authority = copy.authority();
      int end = Authority.hostEnd(authority);
      copy.rewriteAuthority(authority.substring(0, end) + SUFFIX + authority.substring(end), false);
    }
    return copy;
  }
}
