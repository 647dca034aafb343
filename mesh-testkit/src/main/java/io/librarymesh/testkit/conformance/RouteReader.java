package io.librarymesh.testkit.conformance;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HashPolicy;
import io.librarymesh.config.HeaderOperations;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.MirrorPolicy;
import io.librarymesh.config.PathMatch;
import io.librarymesh.config.RequestRewrite;
import io.librarymesh.config.RetryOn;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.Route;
import io.librarymesh.config.RouteAction;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.RouteMatch;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.config.StatefulSession;
import io.librarymesh.config.Timeouts;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.config.WeightedCluster;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads the routes of a {@code config}. What a case leaves out has Envoy's default. */
final class RouteReader {
  private RouteReader() {}

  static RouteConfig routes(CaseFields fields) {
    return new RouteConfig(
        "case",
        virtualHosts(fields),
        fields.flag("ignorePortInHost", false),
        HeaderOperationsReader.headers(fields),
        fields.flag("mostSpecificHeadersWin", false));
  }

  private static List<VirtualHost> virtualHosts(CaseFields fields) {
    if (fields.has("routes")) {
      List<Route> routes = fields.required("routes").items(RouteReader::route);
      return List.of(
          new VirtualHost("only", List.of("*"), routes, false)
              .withResilience(PolicyReader.policy(fields)));
    }
    return fields.required("virtualHosts").items(RouteReader::virtualHost);
  }

  private static VirtualHost virtualHost(CaseNode node) {
    CaseFields fields = node.fields();
    VirtualHost host =
        new VirtualHost(
            fields.text("name", "unnamed"),
            fields.read("domains", List.of("*"), domains -> domains.items(CaseNode::text)),
            fields.required("routes").items(RouteReader::route),
            new VirtualHost.AttemptCount(
                fields.flag("includeAttemptCount", false),
                fields.flag("includeAttemptCountInResponse", false),
                fields.flag("includeIsTimeoutRetry", false)),
            HeaderOperationsReader.headers(fields),
            PolicyReader.policy(fields));
    fields.end();
    return host;
  }

  private static Route route(CaseNode node) {
    CaseFields fields = node.fields();
    RouteMatch everything = RouteMatch.of(new PathMatch.Prefix("/", true));
    Route route =
        new Route(
            fields.text("name", ""),
            fields.read("match", everything, MatchReader::match),
            action(fields),
            fields.read("fault", FaultInjection.NONE, FaultReader::fault),
            fields.read("session", StatefulSession.NONE, SessionReader::session),
            HeaderOperationsReader.headers(fields),
            "");
    fields.end();
    return route;
  }

  private static RouteAction action(CaseFields fields) {
    CaseNode action =
        fields
            .oneOf(List.of("cluster", "clusters", "redirect", "directResponse"))
            .orElseThrow(
                () -> fields.owner().error("route: no action (expected: cluster or the like)"));
    if (action.key().equals("redirect")) {
      return RewriteReader.redirect(action);
    }
    if (action.key().equals("directResponse")) {
      CaseFields response = action.fields();
      int status = response.required("status").integer();
      String body = response.text("body", "");
      response.end();
      return action.check(place -> new RouteAction.DirectResponse(status, body));
    }
    Metadata asked = SubsetReader.metadata(fields, "metadataMatch");
    List<WeightedCluster> clusters =
        action.isText()
            ? List.of(new WeightedCluster(action.text(), 1, HeaderOperations.NONE, "", asked))
            : action.items(entry -> weighted(entry, asked));
    return forward(action, clusters, fields);
  }

  private static RouteAction forward(
      CaseNode place, List<WeightedCluster> clusters, CaseFields fields) {
    Timeouts timeouts = TimeoutReader.timeouts(fields);
    RetryPolicy retries = fields.read("retryPolicy", RetryPolicy.NONE, RouteReader::retries);
    int notFound = fields.integer("clusterNotFoundStatus", 503);
    RoutingPriority priority =
        fields.read(
            "priority", RoutingPriority.DEFAULT, node -> node.constant(RoutingPriority.class));
    RequestRewrite rewrite =
        fields.read("rewrite", RequestRewrite.NONE, RewriteReader::requestRewrite);
    List<HashPolicy> hashes = fields.list("hashPolicies", HashPolicyReader::policy);
    List<MirrorPolicy> mirrors = fields.list("mirrors", RouteReader::mirror);
    return place.check(
        at ->
            new RouteAction.Forward(
                clusters, timeouts, retries, priority, notFound, rewrite, hashes, mirrors));
  }

  private static MirrorPolicy mirror(CaseNode node) {
    CaseFields fields = node.fields();
    MirrorPolicy mirror =
        new MirrorPolicy(
            fields.required("cluster").text(),
            fields.read("share", FractionalPercent.ALWAYS, MatchReader::share),
            fields.flag("appendHostSuffix", true));
    fields.end();
    return mirror;
  }

  /** What is asked for in the entry wins over what is asked for in the route. */
  private static WeightedCluster weighted(CaseNode node, Metadata asked) {
    CaseFields fields = node.fields();
    String cluster = fields.required("cluster").text();
    int weight = fields.required("weight").integer();
    HeaderOperations headers = HeaderOperationsReader.headers(fields);
    String authority = fields.text("authority", "");
    Metadata merged = asked.with(SubsetReader.metadata(fields, "metadataMatch"));
    fields.end();
    return node.check(place -> new WeightedCluster(cluster, weight, headers, authority, merged));
  }

  private static RetryPolicy retries(CaseNode node) {
    CaseFields fields = node.fields();
    Set<RetryOn> on = new LinkedHashSet<>(fields.required("on").oneOrMore(RouteReader::retryOn));
    Set<Integer> codes = Set.copyOf(fields.list("retriableStatusCodes", CaseNode::integer));
    int retries = fields.integer("numRetries", 1);
    long perTry = fields.nanos("perTryTimeout", 0);
    long perTryIdle = fields.nanos("perTryIdleTimeout", 0);
    RetryPolicy.BackOff backOff =
        fields.read("backOff", RetryPolicy.BackOff.DEFAULT, RouteReader::backOff);
    RetryPolicy.HostSelection hosts = LoadBalancingReader.hostSelection(fields);
    boolean anyMethod = fields.read("anyMethod", false, CaseNode::flag);
    RetryPolicy.HeaderRules headers =
        new RetryPolicy.HeaderRules(
            fields.list("retriableHeaders", MatchReader::header),
            fields.list("retriableRequestHeaders", MatchReader::header),
            fields.read(
                "rateLimitedBackOff",
                RetryPolicy.RateLimitedBackOff.NONE,
                RouteReader::rateLimited));
    boolean hedges = fields.flag("hedgeOnPerTryTimeout", false);
    fields.end();
    return node.check(
        place ->
            new RetryPolicy(
                on,
                codes,
                retries,
                perTry,
                backOff,
                hosts,
                anyMethod,
                headers,
                hedges,
                perTryIdle));
  }

  private static RetryPolicy.RateLimitedBackOff rateLimited(CaseNode node) {
    CaseFields fields = node.fields();
    List<RetryPolicy.ResetHeader> headers =
        fields.required("resetHeaders").items(RouteReader::resetHeader);
    long max = fields.nanos("max", RetryPolicy.RateLimitedBackOff.NONE.maxNanos());
    fields.end();
    return node.check(place -> new RetryPolicy.RateLimitedBackOff(headers, max));
  }

  private static RetryPolicy.ResetHeader resetHeader(CaseNode node) {
    CaseFields fields = node.fields();
    String name = fields.required("name").text();
    boolean timestamp = fields.text("format", "SECONDS").equals("UNIX_TIMESTAMP");
    fields.end();
    return new RetryPolicy.ResetHeader(name, timestamp);
  }

  private static RetryOn retryOn(CaseNode node) {
    return RetryOn.of(node.text()).orElseThrow(() -> node.wrong("a retry condition"));
  }

  /** The maximum is ten times the base unless it is given. */
  private static RetryPolicy.BackOff backOff(CaseNode node) {
    CaseFields fields = node.fields();
    long base = fields.required("base").nanos();
    long max = fields.nanos("max", Math.multiplyExact(base, 10));
    fields.end();
    return node.check(place -> new RetryPolicy.BackOff(base, max));
  }
}
