package io.librarymesh.xds;

import io.librarymesh.config.HeaderOperations;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.MirrorPolicy;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.RouteAction.DirectResponse;
import io.librarymesh.config.RouteAction.Forward;
import io.librarymesh.config.RoutingPriority;
import io.librarymesh.config.WeightedCluster;
import io.librarymesh.proto.envoy.config.core.v3.DataSource;
import io.librarymesh.proto.envoy.config.route.v3.DirectResponseAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.WeightedCluster.ClusterWeight;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads what a route does. What cannot be carried out is an error: a request must not go elsewhere
 * than its route says.
 *
 * <p>Source: Envoy {@code route.v3.RouteAction}, {@code route.v3.DirectResponseAction}.
 */
final class RouteActionReader {
  private RouteActionReader() {}

  /**
   * @param inherited what counts where the route itself has none
   */
  static Forward forward(RouteAction action, Inherited inherited, FieldPath at, Findings findings) {
    RetryPolicy retryPolicy =
        action.hasRetryPolicy()
            ? RetryPolicyReader.read(action.getRetryPolicy(), at.field("retry_policy"), findings)
            : inherited.retryPolicy();
    boolean hedges =
        action.hasHedgePolicy()
            ? HedgePolicyReader.read(action.getHedgePolicy(), at.field("hedge_policy"), findings)
            : inherited.hedges();
    return new Forward(
        clusters(action, at, findings),
        TimeoutReader.read(action, at, findings),
        retryPolicy.hedging(hedges),
        priority(action, at, findings),
        notFoundStatus(action, at, findings),
        RewriteReader.read(action, at, findings),
        HashPolicyReader.read(action, at, findings),
        MirrorPolicyReader.read(
            action.getRequestMirrorPoliciesList(), inherited.mirrors(), at, findings));
  }

  /** What routes have from the levels above, unless they say something themselves. */
  record Inherited(RetryPolicy retryPolicy, boolean hedges, List<MirrorPolicy> mirrors) {}

  private static RoutingPriority priority(RouteAction action, FieldPath at, Findings findings) {
    return switch (action.getPriority()) {
      case DEFAULT -> RoutingPriority.DEFAULT;
      case HIGH -> RoutingPriority.HIGH;
      case UNRECOGNIZED -> {
        findings.error(
            at.field("priority"), action.getPriorityValue() + " (expected: DEFAULT or HIGH)");
        yield RoutingPriority.DEFAULT;
      }
    };
  }

  private static int notFoundStatus(RouteAction action, FieldPath at, Findings findings) {
    return switch (action.getClusterNotFoundResponseCode()) {
      case SERVICE_UNAVAILABLE -> 503;
      case NOT_FOUND -> 404;
      case INTERNAL_SERVER_ERROR -> 500;
      case UNRECOGNIZED -> {
        findings.error(
            at.field("cluster_not_found_response_code"),
            action.getClusterNotFoundResponseCodeValue()
                + " (expected: SERVICE_UNAVAILABLE, NOT_FOUND or INTERNAL_SERVER_ERROR)");
        yield 503;
      }
    };
  }

  private static List<WeightedCluster> clusters(
      RouteAction action, FieldPath at, Findings findings) {
    return switch (action.getClusterSpecifierCase()) {
      case CLUSTER -> {
        requireName(action.getCluster(), at.field("cluster"), findings);
        yield List.of(
            new WeightedCluster(
                action.getCluster(),
                1,
                HeaderOperations.NONE,
                "",
                MetadataReader.read(action.getMetadataMatch())));
      }
      case WEIGHTED_CLUSTERS ->
          weighted(
              action.getWeightedClusters().getClustersList(),
              MetadataReader.read(action.getMetadataMatch()),
              at.field("weighted_clusters"),
              findings);
      case CLUSTER_HEADER, CLUSTER_SPECIFIER_PLUGIN, CLUSTERSPECIFIER_NOT_SET -> {
        findings.error(
            at,
            action.getClusterSpecifierCase().name().toLowerCase(Locale.ROOT)
                + " (expected: cluster or weighted_clusters)");
        yield List.of(new WeightedCluster("", 1));
      }
    };
  }

  private static List<WeightedCluster> weighted(
      List<ClusterWeight> entries, Metadata metadataMatch, FieldPath at, Findings findings) {
    List<WeightedCluster> clusters = new ArrayList<>();
    long sum = 0;
    for (int i = 0; i < entries.size(); i++) {
      ClusterWeight entry = entries.get(i);
      FieldPath position = at.element("clusters", i);
      if (!entry.getClusterHeader().isEmpty()) {
        findings.error(position, "cluster_header (expected: name)");
      } else {
        requireName(entry.getName(), position.field("name"), findings);
      }
      long weight = Integer.toUnsignedLong(entry.getWeight().getValue());
      sum += weight;
      clusters.add(
          new WeightedCluster(
              entry.getName(),
              (int) Math.min(weight, Integer.MAX_VALUE),
              headers(entry, position, findings),
              entry.getHostRewriteLiteral(),
              metadataMatch.with(MetadataReader.read(entry.getMetadataMatch()))));
    }
    if (sum < 1 || sum > Integer.MAX_VALUE) {
      findings.error(
          at.field("clusters"),
          "sum of weights " + sum + " (expected: 1.." + Integer.MAX_VALUE + ")");
      return List.of(new WeightedCluster("", 1));
    }
    return clusters;
  }

  private static HeaderOperations headers(ClusterWeight entry, FieldPath at, Findings findings) {
    return HeaderReader.operations(
        entry.getRequestHeadersToAddList(),
        entry.getRequestHeadersToRemoveList(),
        entry.getResponseHeadersToAddList(),
        entry.getResponseHeadersToRemoveList(),
        at,
        findings);
  }

  private static void requireName(String name, FieldPath at, Findings findings) {
    if (name.isEmpty()) {
      findings.error(at, "empty (expected: a cluster's name)");
    }
  }

  /**
   * @param maxBodyBytes a longer body is an error
   */
  static DirectResponse directResponse(
      DirectResponseAction action, long maxBodyBytes, FieldPath at, Findings findings) {
    int status = action.getStatus();
    if (status < 200 || status > 599) {
      findings.error(
          at.field("status"), Integer.toUnsignedString(status) + " (expected: 200..599)");
      status = 500;
    }
    return new DirectResponse(
        status, body(action.getBody(), maxBodyBytes, at.field("body"), findings));
  }

  private static String body(
      DataSource source, long maxBodyBytes, FieldPath at, Findings findings) {
    String body =
        switch (source.getSpecifierCase()) {
          case INLINE_STRING -> source.getInlineString();
          case INLINE_BYTES -> source.getInlineBytes().toStringUtf8();
          case SPECIFIER_NOT_SET -> "";
          case FILENAME, ENVIRONMENT_VARIABLE -> {
            findings.error(
                at,
                source.getSpecifierCase().name().toLowerCase(Locale.ROOT)
                    + " (expected: inline_string or inline_bytes)");
            yield "";
          }
        };
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    if (length > maxBodyBytes) {
      findings.error(at, length + " bytes (expected: <= " + maxBodyBytes + ")");
    }
    return body;
  }
}
