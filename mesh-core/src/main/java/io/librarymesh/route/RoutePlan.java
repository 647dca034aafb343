package io.librarymesh.route;

import io.librarymesh.config.HostRewrite;
import io.librarymesh.config.PathRewrite;
import io.librarymesh.config.RequestRewrite;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.WeightedCluster;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a route does with a request that it matched, compiled: where it redirects, and what it
 * changes in requests and responses.
 *
 * <p>A request is changed in Envoy's order: the headers and the authority of the destination, then
 * the headers of route, virtual host and configuration (or the other way round, when the most
 * specific wins), then the authority of the route, then the path.
 */
final class RoutePlan {
  /** No destination has been chosen. */
  static final int NOWHERE = -1;

  /** For one destination; changes nothing. */
  static final RoutePlan UNCHANGED = new RoutePlan();

  /** Null unless the route redirects. */
  final @Nullable RedirectLocation location;

  private final HeaderMutator[] requestLevels;
  private final HeaderMutator[] responseLevels;
  private final Destination[] destinations;
  private final @Nullable HostRewriter host;
  private final @Nullable PathRewriter path;
  private final RequestRewrite rewrite;

  /** Null when the route has no hash policies. */
  final @Nullable HashPlan hash;

  private final boolean changesMessages;

  private RoutePlan() {
    this.location = null;
    this.requestLevels = new HeaderMutator[0];
    this.responseLevels = requestLevels;
    this.destinations = new Destination[] {new Destination(new LevelMutators(null, null), "")};
    this.host = null;
    this.path = null;
    this.rewrite = RequestRewrite.NONE;
    this.hash = null;
    this.changesMessages = false;
  }

  private RoutePlan(Compiler compiler, LevelMutators[] levels) {
    this.location = compiler.location;
    this.requestLevels = LevelMutators.requests(levels);
    this.responseLevels = LevelMutators.responses(levels);
    this.destinations = compiler.destinations.toArray(Destination[]::new);
    this.host = compiler.host;
    this.path = compiler.path;
    this.rewrite = compiler.rewrite;
    this.hash = compiler.hash;
    boolean changes = responseLevels.length > 0;
    for (int i = 0; i < destinations.length; i++) {
      changes |= changesRequest(i) || changesResponse(i);
    }
    this.changesMessages = changes;
  }

  /**
   * Compiles the action of a route.
   *
   * @param above the levels above the route, from the most specific on
   * @param mostSpecificWins whether the route has the last word about headers
   * @param at the path of the route
   * @param errors gets what is wrong; if anything is, the result must not be used
   */
  static RoutePlan compile(
      Route route, Levels above, boolean mostSpecificWins, String at, ConfigErrors errors) {
    Compiler compiler = new Compiler(route, at, errors);
    LevelMutators own = LevelMutators.compile(route.headers(), at, errors);
    LevelMutators[] levels =
        mostSpecificWins
            ? new LevelMutators[] {above.config, above.host, own}
            : new LevelMutators[] {own, above.host, above.config};
    return new RoutePlan(compiler, levels);
  }

  /** The header operations of what a route stands in. */
  record Levels(LevelMutators host, LevelMutators config) {}

  /** Whether any request or response is changed, or might be. */
  boolean changesMessages() {
    return changesMessages;
  }

  /** Whether requests to a destination go out other than they came, or might. */
  boolean changesRequest(int destination) {
    return requestLevels.length > 0
        || path != null
        || host != null
        || destinations[destination].changesRequest();
  }

  /** The request as it goes to a destination. */
  OutgoingHead outgoing(int destination, RequestHead head, StreamInfo info) {
    OutgoingHead outgoing = new OutgoingHead(head);
    FormatContext context = new FormatContext(outgoing, null, info);
    Destination to = destinations[destination];
    if (to.headers.request() != null) {
      to.headers.request().apply(outgoing.headers(), context);
    }
    if (!to.authority.isEmpty()) {
      outgoing.rewriteAuthority(to.authority, rewrite.appendForwardedHost());
    }
    for (HeaderMutator level : requestLevels) {
      level.apply(outgoing.headers(), context);
    }
    String authority = host == null ? null : host.rewrite(outgoing);
    if (authority != null && !authority.isEmpty()) {
      outgoing.rewriteAuthority(authority, rewrite.appendForwardedHost());
    }
    if (path != null) {
      outgoing.rewritePath(path.rewrite(outgoing.path()));
    }
    return outgoing;
  }

  /** Whether the name of the endpoint becomes the authority of an attempt. */
  boolean sendsEndpointName() {
    return rewrite.host() instanceof HostRewrite.Endpoint;
  }

  /** Whether attempts say in {@code x-forwarded-host} what their authority was. */
  boolean appendsForwardedHost() {
    return rewrite.appendForwardedHost();
  }

  /** Whether responses reach the caller other than they came, or might. */
  boolean changesResponse(int destination) {
    return responseLevels.length > 0
        || (destination != NOWHERE && destinations[destination].headers.response() != null);
  }

  /**
   * Changes the headers of a response.
   *
   * @param destination where the request went, or {@link #NOWHERE}
   */
  void changeResponse(int destination, HeaderChanges headers, FormatContext context) {
    HeaderMutator first =
        destination == NOWHERE ? null : destinations[destination].headers.response();
    if (first != null) {
      first.apply(headers, context);
    }
    for (HeaderMutator level : responseLevels) {
      level.apply(headers, context);
    }
  }

  /**
   * What is done for one of the weighted clusters.
   *
   * @param authority empty when it stays
   */
  private record Destination(LevelMutators headers, String authority) {
    boolean changesRequest() {
      return headers.request() != null || !authority.isEmpty();
    }
  }

  /** Compiles the parts of one route; a part that is wrong is left out and reported. */
  private static final class Compiler {
    private final List<Destination> destinations = new ArrayList<>();
    private @Nullable RedirectLocation location;
    private @Nullable HostRewriter host;
    private @Nullable PathRewriter path;
    private @Nullable HashPlan hash;
    private RequestRewrite rewrite = RequestRewrite.NONE;

    Compiler(Route route, String at, ConfigErrors errors) {
      if (route.action() instanceof RouteAction.Redirect redirect) {
        errors.collect(
            at + ".redirect",
            () -> location = RedirectLocation.compile(redirect, route.match().path()));
      } else if (route.action() instanceof RouteAction.Forward forward) {
        forward(route, forward, at, errors);
      }
    }

    private void forward(Route route, RouteAction.Forward forward, String at, ConfigErrors errors) {
      rewrite = forward.rewrite();
      for (int i = 0; i < forward.clusters().size(); i++) {
        WeightedCluster cluster = forward.clusters().get(i);
        String place = at + ".clusters[" + i + "]";
        destinations.add(
            new Destination(
                LevelMutators.compile(cluster.headers(), place, errors), cluster.authority()));
      }
      if (!forward.hashPolicies().isEmpty()) {
        errors.collect(at + ".hashPolicies", () -> hash = HashPlan.compile(forward.hashPolicies()));
      }
      boolean needsNoEndpoint = !(rewrite.host() instanceof HostRewrite.Endpoint);
      if (needsNoEndpoint && !(rewrite.host() instanceof HostRewrite.None)) {
        errors.collect(at + ".rewrite.host", () -> host = HostRewriter.compile(rewrite.host()));
      }
      if (!(rewrite.path() instanceof PathRewrite.None)) {
        errors.collect(
            at + ".rewrite.path",
            () -> path = PathRewriter.compile(rewrite.path(), route.match().path()));
      }
    }
  }
}
