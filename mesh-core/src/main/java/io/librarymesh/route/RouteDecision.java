package io.librarymesh.route;

import static java.util.Objects.requireNonNull;

import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.config.WeightedCluster;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import io.librarymesh.time.WallClock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link RouteTable} says about a request. */
public sealed interface RouteDecision {
  /** For a switch: Java 17 cannot switch over sealed types. */
  Kind kind();

  /** The kinds of decision. */
  enum Kind {
    /** {@link NoRoute}. */
    NO_ROUTE,
    /** A {@link Matched} whose action is {@link RouteAction.Forward}. */
    FORWARD,
    /** A {@link Matched} whose action is {@link RouteAction.Redirect}. */
    REDIRECT,
    /** A {@link Matched} whose action is {@link RouteAction.DirectResponse}. */
    DIRECT_RESPONSE
  }

  /** No virtual host has the authority, or none of its routes matches: 404, flag NR. */
  enum NoRoute implements RouteDecision {
    INSTANCE;

    @Override
    public Kind kind() {
      return Kind.NO_ROUTE;
    }
  }

  /** A route that matched. One object per configured route, made when the table is compiled. */
  final class Matched implements RouteDecision {
    /** In the place of a destination: none has been chosen. */
    public static final int NOWHERE = RoutePlan.NOWHERE;

    private static final int SEVERAL = -1;

    private final int id;
    private final Route route;
    private final VirtualHost host;
    private final RoutePlan plan;
    private final @Nullable SessionPlan sessions;
    private final List<MirrorPlan> mirrors;
    private final boolean attemptCountInRequest;
    private final boolean timeoutRetryInRequest;
    private final boolean attemptCountInResponse;
    private final Kind kind;
    private final int[] weightSums;
    private final int onlyCluster;

    Matched(int id, Route route, VirtualHost host, RoutePlan plan) {
      this.id = id;
      this.route = route;
      this.host = host;
      this.plan = plan;
      this.sessions = SessionPlan.compile(route.session());
      this.attemptCountInRequest = host.attemptCount().inRequest();
      this.timeoutRetryInRequest = host.attemptCount().timeoutRetry();
      this.attemptCountInResponse = host.attemptCount().inResponse();
      if (route.action() instanceof RouteAction.Forward forward) {
        kind = Kind.FORWARD;
        weightSums = weightSums(forward.clusters());
        onlyCluster = onlyCluster(forward.clusters());
        mirrors = forward.mirrors().stream().map(m -> MirrorPlan.compile(m, route, host)).toList();
      } else {
        kind =
            route.action() instanceof RouteAction.Redirect ? Kind.REDIRECT : Kind.DIRECT_RESPONSE;
        weightSums = new int[0];
        onlyCluster = SEVERAL;
        mirrors = List.of();
      }
    }

    private static int[] weightSums(List<WeightedCluster> clusters) {
      int[] sums = new int[clusters.size()];
      int sum = 0;
      for (int i = 0; i < sums.length; i++) {
        sum += clusters.get(i).weight();
        sums[i] = sum;
      }
      return sums;
    }

    private static int onlyCluster(List<WeightedCluster> clusters) {
      int only = SEVERAL;
      for (int i = 0; i < clusters.size(); i++) {
        if (clusters.get(i).weight() > 0) {
          if (only != SEVERAL) {
            return SEVERAL;
          }
          only = i;
        }
      }
      return only;
    }

    @Override
    public Kind kind() {
      return kind;
    }

    /** Position of the route in {@link RouteTable#routes()}. */
    public int id() {
      return id;
    }

    /** What was configured. */
    public Route route() {
      return route;
    }

    /** Whether attempts carry {@code x-envoy-attempt-count}; from the route's virtual host. */
    public boolean attemptCountInRequest() {
      return attemptCountInRequest;
    }

    /** Whether retries say if they follow a timeout. */
    public boolean timeoutRetryInRequest() {
      return timeoutRetryInRequest;
    }

    /** Whether the caller gets the number of attempts; from the route's virtual host. */
    public boolean attemptCountInResponse() {
      return attemptCountInResponse;
    }

    /** The virtual host that the route stands in. */
    public VirtualHost virtualHost() {
      return host;
    }

    /**
     * The hash of a request, from its head as the caller made it. Draws {@link Draw#HASH_COOKIE}
     * twice for each cookie that is made up.
     *
     * @param source the name of this machine; may be empty
     * @return null when no hash policy finds anything, or the route has none
     */
    public @Nullable RequestHash hash(RequestHead head, String source, RandomSource random) {
      return plan.hash == null ? null : plan.hash.hash(head, source, random);
    }

    /** What is looked at to hash a request, in order; empty when the route has no hash policies. */
    public List<HashExplanation> explainHash(RequestHead head, String source) {
      return plan.hash == null ? List.of() : plan.hash.explain(head, source);
    }

    /** Whether requests may have a session. */
    public boolean hasSessions() {
      return sessions != null;
    }

    /**
     * The session of a request, from its head as the caller made it.
     *
     * @return null when it has none
     */
    public @Nullable RequestSession session(RequestHead head, WallClock clock) {
      return sessions == null ? null : sessions.of(head, clock);
    }

    /** What is done for each {@link RouteAction.Forward#mirrors()}, in order. */
    public List<MirrorPlan> mirrors() {
      return mirrors;
    }

    /**
     * The request as it goes out.
     *
     * @param destination what {@link #chooseCluster} chose
     * @return null when it goes out as it came
     */
    public @Nullable OutgoingHead outgoing(int destination, RequestHead head, StreamInfo info) {
      return plan.changesRequest(destination) ? plan.outgoing(destination, head, info) : null;
    }

    /**
     * Whether the name of the endpoint becomes the authority of an attempt. Source: Envoy {@code
     * auto_host_rewrite}.
     */
    public boolean sendsEndpointName() {
      return plan.sendsEndpointName();
    }

    /**
     * Tells {@code sink} the {@code x-forwarded-host} of an attempt whose authority is the name of
     * its endpoint.
     *
     * @param request as it goes out but for that authority
     * @param endpointName empty when the authority stays
     */
    public void forwardedHost(RequestHead request, String endpointName, HeaderSink sink) {
      if (plan.appendsForwardedHost() && !endpointName.isEmpty()) {
        OutgoingHead attempt = new OutgoingHead(request);
        attempt.rewriteAuthority(endpointName, true);
        attempt.headersTo(sink);
      }
    }

    /** Whether the route changes any request or response, or might. */
    public boolean changesMessages() {
      return plan.changesMessages();
    }

    /**
     * Whether the caller gets responses other than they came, or might.
     *
     * @param destination what {@link #chooseCluster} chose, or {@link #NOWHERE}
     */
    public boolean changesResponse(int destination) {
      return plan.changesResponse(destination);
    }

    /**
     * How the headers of a response are changed for the caller.
     *
     * @param destination what {@link #chooseCluster} chose, or {@link #NOWHERE}
     * @param request as it went out
     */
    public void responseHeaders(
        int destination,
        HeaderLookup response,
        RequestHead request,
        StreamInfo info,
        HeaderSink sink) {
      HeaderChanges headers = new HeaderChanges(response);
      plan.changeResponse(destination, headers, new FormatContext(request, headers, info));
      headers.applyTo(sink);
    }

    /**
     * Where a {@link Kind#REDIRECT} route sends the caller: the value of {@code location}. As in
     * Envoy a URL with scheme, host, path and query.
     */
    public String location(RequestHead head) {
      return requireNonNull(plan.location, "location").of(head);
    }

    /**
     * Chooses one of the clusters of a {@link Kind#FORWARD} route, each with the share that its
     * weight has in the sum; weight 0 is never chosen. The choice is for a call: retries keep it.
     *
     * <p>Draws {@link Draw#WEIGHTED_CLUSTER} below the sum of the weights, and the clusters own
     * half-open intervals of it in their order. Draws nothing when only one can be chosen. Source:
     * Envoy {@code RouteAction.weighted_clusters}.
     *
     * @return index into {@link RouteAction.Forward#clusters()}
     */
    public int chooseCluster(RandomSource random) {
      if (onlyCluster != SEVERAL) {
        return onlyCluster;
      }
      int drawn = random.nextInt(weightSums[weightSums.length - 1], Draw.WEIGHTED_CLUSTER);
      int index = 0;
      while (drawn >= weightSums[index]) {
        index++;
      }
      return index;
    }

    @Override
    public String toString() {
      return "Matched[" + id + " " + route.name() + "]";
    }
  }
}
