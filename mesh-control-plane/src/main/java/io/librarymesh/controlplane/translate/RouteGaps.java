package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.translate.ClientGaps.Found;
import io.librarymesh.proto.envoy.config.route.v3.HeaderMatcher;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction.HashPolicy;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** What clients of gRPC leave undone of a route. */
final class RouteGaps {

  private static final int MOST_RETRIES = 4;
  private static final String PASSED_OVER = "the route is passed over";

  /** Headers that gRPC adds after it has chosen the route. */
  private static final Set<String> ADDED_LATER = Set.of("host", "te", "user-agent");

  private RouteGaps() {}

  /**
   * What is left undone of the routes of one configuration.
   *
   * @param where says where a route comes from
   */
  static void find(List<Route> routes, Function<Route, String> where, Consumer<Gap> gaps) {
    boolean forwards = routes.stream().anyMatch(Route::hasRoute);
    for (Route route : routes) {
      find(route, forwards, new Found(where.apply(route), gaps));
    }
  }

  private static void find(Route route, boolean forwards, Found found) {
    match(route.getMatch(), found);
    String status = forwards ? GrpcRoutes.status(route).name() : "UNAVAILABLE";
    found.when(route.hasRedirect(), "redirect", "calls fail with " + status);
    found.when(
        route.hasDirectResponse(),
        "direct_response",
        "calls fail with " + status + ", without text");
    found.when(changesHeaders(route), "headers_to_add, headers_to_remove", "headers stay");
    if (route.hasRoute()) {
      action(route.getRoute(), found);
    }
  }

  private static void match(RouteMatch match, Found found) {
    found.when(match.getQueryParametersCount() > 0, "match.query_parameters", PASSED_OVER);
    List<HeaderMatcher> headers = match.getHeadersList();
    found.when(
        headers.stream().anyMatch(header -> header.getName().equals(GrpcMatch.AUTHORITY)),
        "match.headers :authority",
        PASSED_OVER);
    headers.stream()
        .map(HeaderMatcher::getName)
        .filter(name -> ADDED_LATER.contains(name) || name.endsWith("-bin"))
        .forEach(name -> found.when(true, "match.headers " + name, "taken for missing"));
    found.when(
        headers.stream().filter(GrpcMatch::mayBeMissing).count() > GrpcMatch.SPLIT_HEADERS,
        "match.headers.treat_missing_header_as_empty",
        "of more than three such headers the others have to be there");
  }

  private static boolean changesHeaders(Route route) {
    boolean byRoute =
        route.getRequestHeadersToAddCount() > 0
            || route.getRequestHeadersToRemoveCount() > 0
            || route.getResponseHeadersToAddCount() > 0
            || route.getResponseHeadersToRemoveCount() > 0;
    return byRoute
        || route.getRoute().getWeightedClusters().getClustersList().stream()
            .anyMatch(
                cluster ->
                    cluster.getRequestHeadersToAddCount() > 0
                        || cluster.getRequestHeadersToRemoveCount() > 0
                        || cluster.getResponseHeadersToAddCount() > 0
                        || cluster.getResponseHeadersToRemoveCount() > 0);
  }

  private static void action(RouteAction action, Found found) {
    boolean rewritesPath =
        !action.getPrefixRewrite().isEmpty()
            || action.hasRegexRewrite()
            || action.hasPathRewritePolicy();
    found.when(rewritesPath, "prefix_rewrite, regex_rewrite", "the path stays");
    boolean rewritesHost =
        action.getHostRewriteSpecifierCase()
                != RouteAction.HostRewriteSpecifierCase.HOSTREWRITESPECIFIER_NOT_SET
            || action.getWeightedClusters().getClustersList().stream()
                .anyMatch(cluster -> !cluster.getHostRewriteLiteral().isEmpty());
    found.when(rewritesHost, "host_rewrite", "the authority stays");
    found.when(action.getRequestMirrorPoliciesCount() > 0, "request_mirror_policies", "no copies");
    found.when(action.hasHedgePolicy(), "hedge_policy", "no attempt beside a slow one");
    boolean hashesOther =
        action.getHashPolicyList().stream()
            .map(HashPolicy::getPolicySpecifierCase)
            .anyMatch(hash -> hash != HashPolicy.PolicySpecifierCase.HEADER);
    found.when(hashesOther, "hash_policy of cookies, parameters or sources", "not hashed by it");
    if (action.hasRetryPolicy()) {
      retries(action.getRetryPolicy(), found);
    }
  }

  private static void retries(RetryPolicy policy, Found found) {
    found.when(
        policy.getNumRetries().getValue() > MOST_RETRIES,
        "retry_policy.num_retries",
        "at most " + MOST_RETRIES);
    found.when(policy.hasPerTryTimeout(), "retry_policy.per_try_timeout", "a try has no timeout");
    found.when(policy.hasRetryPriority(), "retry_policy.retry_priority", "none");
    List<String> conditions = List.of(policy.getRetryOn().split(",", -1));
    List<String> dropped =
        Stream.concat(
                conditions.stream().filter(c -> !RetryTranslation.isForGrpc(c)),
                policy.getRetriableStatusCodesList().stream().map(String::valueOf))
            .toList();
    found.when(
        !dropped.isEmpty() && !RetryTranslation.isBuiltIn(policy),
        "retry_policy.retry_on: " + String.join(",", dropped),
        "not retried for that");
  }
}
