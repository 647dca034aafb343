package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.translate.ClientGaps.Found;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction.HashPolicy;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What clients of gRPC leave undone of a route. */
final class RouteGaps {

  private static final String LOCAL_REPLY = "calls fail with UNAVAILABLE";

  private RouteGaps() {}

  static void find(Route route, String where, Consumer<Gap> gaps) {
    Found found = new Found(where, gaps);
    found.when(
        route.getMatch().getQueryParametersCount() > 0,
        "match.query_parameters",
        "the route is passed over");
    found.when(
        route.getMatch().getPathSpecifierCase()
            == RouteMatch.PathSpecifierCase.PATH_SEPARATED_PREFIX,
        "match.path_separated_prefix",
        "the client refuses all routes of the host");
    found.when(route.hasRedirect(), "redirect", LOCAL_REPLY);
    found.when(route.hasDirectResponse(), "direct_response", LOCAL_REPLY);
    found.when(changesHeaders(route), "headers_to_add, headers_to_remove", "headers stay");
    if (route.hasRoute()) {
      action(route.getRoute(), found);
    }
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
