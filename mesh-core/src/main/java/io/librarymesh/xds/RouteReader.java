package io.librarymesh.xds;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.MirrorPolicy;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.RouteAction.Forward;
import io.librarymesh.config.RouteConfig;
import io.librarymesh.config.StatefulSession;
import io.librarymesh.config.VirtualHost;
import io.librarymesh.proto.envoy.config.core.v3.Metadata;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.xds.RouteActionReader.Inherited;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads a route configuration. Source: Envoy {@code route.v3.RouteConfiguration}. */
final class RouteReader {
  private static final long DEFAULT_MAX_BODY_BYTES = 4_096;

  /** {@code VirtualHost.matcher}, which stands in the place of {@code routes}. */
  private static final int MATCHER_FIELD = 21;

  private final RouteConfiguration message;
  private final FieldPath root;
  private final Findings findings;
  private final FilterOverrides commonOverrides;
  private final List<MirrorPolicy> commonMirrors;
  private final Set<String> domains = new HashSet<>();
  private final BitSet ownFaults = new BitSet();
  private final BitSet ownSessions = new BitSet();
  private int routes;

  private RouteReader(RouteConfiguration message, FieldPath root, Findings findings) {
    this.message = message;
    this.root = root;
    this.findings = findings;
    this.commonOverrides =
        FilterOverrides.read(message.getTypedPerFilterConfigMap(), root, findings);
    this.commonMirrors =
        MirrorPolicyReader.read(message.getRequestMirrorPoliciesList(), List.of(), root, findings);
  }

  /** Reads a resource. */
  static RouteResource read(RouteConfiguration message, FieldPath root, Findings findings) {
    FieldUse.report(message, root, findings);
    return readInline(message, root, findings);
  }

  /** Reads what stands in a listener, of which unused fields are reported with the listener. */
  static RouteResource readInline(RouteConfiguration message, FieldPath at, Findings findings) {
    return new RouteReader(message, at, findings).read();
  }

  private RouteResource read() {
    List<VirtualHost> hosts = new ArrayList<>();
    for (int i = 0; i < message.getVirtualHostsCount(); i++) {
      hosts.add(virtualHost(message.getVirtualHosts(i), root.element("virtual_hosts", i)));
    }
    return RouteResource.of(
        new RouteConfig(
            message.getName(),
            hosts,
            message.getIgnorePortInHostMatching(),
            HeaderReader.operations(
                message.getRequestHeadersToAddList(),
                message.getRequestHeadersToRemoveList(),
                message.getResponseHeadersToAddList(),
                message.getResponseHeadersToRemoveList(),
                root,
                findings),
            message.getMostSpecificHeaderMutationsWins()),
        ownFaults,
        ownSessions);
  }

  private VirtualHost virtualHost(
      io.librarymesh.proto.envoy.config.route.v3.VirtualHost host, FieldPath at) {
    if (host.getUnknownFields().hasField(MATCHER_FIELD)) {
      findings.error(at, "matcher (expected: routes)");
    }
    if (host.getDomainsCount() == 0) {
      findings.error(at.field("domains"), "empty (expected: at least one)");
    }
    for (int i = 0; i < host.getDomainsCount(); i++) {
      checkDomain(host.getDomains(i), at.element("domains", i));
    }
    RetryPolicy retryPolicy =
        host.hasRetryPolicy()
            ? RetryPolicyReader.read(host.getRetryPolicy(), at.field("retry_policy"), findings)
            : RetryPolicy.NONE;
    Inherited inherited =
        new Inherited(
            retryPolicy,
            HedgePolicyReader.read(host.getHedgePolicy(), at.field("hedge_policy"), findings),
            MirrorPolicyReader.read(
                host.getRequestMirrorPoliciesList(), commonMirrors, at, findings));
    FilterOverrides overrides =
        FilterOverrides.read(host.getTypedPerFilterConfigMap(), at, findings).or(commonOverrides);
    List<io.librarymesh.config.Route> read = new ArrayList<>();
    for (int i = 0; i < host.getRoutesCount(); i++) {
      read.add(route(host.getRoutes(i), inherited, overrides, at.element("routes", i)));
    }
    return new VirtualHost(
        host.getName(),
        host.getDomainsList(),
        read,
        new VirtualHost.AttemptCount(
            host.getIncludeRequestAttemptCount(),
            host.getIncludeAttemptCountInResponse(),
            host.getIncludeIsTimeoutRetryHeader()),
        HeaderReader.operations(
            host.getRequestHeadersToAddList(),
            host.getRequestHeadersToRemoveList(),
            host.getResponseHeadersToAddList(),
            host.getResponseHeadersToRemoveList(),
            at,
            findings),
        ResiliencePolicyReader.read(host.getMetadata(), at.field("metadata"), findings));
  }

  private void checkDomain(String domain, FieldPath at) {
    int star = domain.indexOf('*');
    boolean atStart = star == 0 && domain.indexOf('*', 1) < 0;
    boolean atEnd = star == domain.length() - 1;
    if (domain.isEmpty() || (star >= 0 && !atStart && !atEnd)) {
      findings.error(at, domain + " (expected: a name with at most one *, at its start or end)");
    } else if (!domains.add(domain.toLowerCase(Locale.ROOT))) {
      findings.error(at, domain + " (expected: a domain that stands once in all virtual hosts)");
    }
  }

  private io.librarymesh.config.Route route(
      Route route, Inherited inherited, FilterOverrides ofHost, FieldPath at) {
    FilterOverrides overrides =
        FilterOverrides.read(route.getTypedPerFilterConfigMap(), at, findings).or(ofHost);
    ownFaults.set(routes, overrides.fault().isPresent());
    ownSessions.set(routes++, overrides.session().isPresent());
    if (!route.hasMatch()) {
      findings.error(at.field("match"), "not set (expected: a condition)");
    }
    return new io.librarymesh.config.Route(
        route.getName(),
        RouteMatchReader.read(route.getMatch(), at.field("match"), findings),
        retriesAnyMethod(route.getMetadata(), action(route, inherited, at)),
        overrides.fault().orElse(FaultInjection.NONE),
        overrides.session().orElse(StatefulSession.NONE),
        HeaderReader.operations(
            route.getRequestHeadersToAddList(),
            route.getRequestHeadersToRemoveList(),
            route.getResponseHeadersToAddList(),
            route.getResponseHeadersToRemoveList(),
            at,
            findings),
        ConfigMetadata.origin(route.getMetadata()));
  }

  private static io.librarymesh.config.RouteAction retriesAnyMethod(
      Metadata metadata, io.librarymesh.config.RouteAction action) {
    return action instanceof Forward forward && ConfigMetadata.retriesAnyMethod(metadata)
        ? forward.retryingAnyMethod()
        : action;
  }

  private io.librarymesh.config.RouteAction action(Route route, Inherited inherited, FieldPath at) {
    return switch (route.getActionCase()) {
      case ROUTE ->
          RouteActionReader.forward(route.getRoute(), inherited, at.field("route"), findings);
      case DIRECT_RESPONSE ->
          RouteActionReader.directResponse(
              route.getDirectResponse(), maxBodyBytes(), at.field("direct_response"), findings);
      case REDIRECT -> RedirectReader.read(route.getRedirect(), at.field("redirect"), findings);
      case NON_FORWARDING_ACTION, ACTION_NOT_SET -> {
        findings.error(
            at,
            route.getActionCase().name().toLowerCase(Locale.ROOT)
                + " (expected: route, redirect or direct_response)");
        yield new io.librarymesh.config.RouteAction.DirectResponse(500, "");
      }
    };
  }

  private long maxBodyBytes() {
    return message.hasMaxDirectResponseBodySizeBytes()
        ? Integer.toUnsignedLong(message.getMaxDirectResponseBodySizeBytes().getValue())
        : DEFAULT_MAX_BODY_BYTES;
  }
}
