package io.librarymesh.xds;

import com.google.protobuf.Any;
import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.InboundFilter;
import io.librarymesh.config.InboundPolicy;
import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.PathNormalization.EscapedSlashes;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import io.librarymesh.proto.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.librarymesh.proto.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.librarymesh.proto.envoy.extensions.filters.http.router.v3.Router;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads what a server asks of requests. Its routes are its own business; what a route would change
 * about a decision is an error.
 *
 * <p>Source: Envoy {@code http_connection_manager.v3.HttpConnectionManager}.
 */
final class InboundManagerReader {
  /**
   * Fields that the message was trimmed of and that change what rules see: {@code
   * path_normalization_options}, {@code original_ip_detection_extensions}, {@code
   * early_header_mutation_extensions}.
   */
  private static final Set<Integer> DECISIVE = Set.of(43, 46, 52);

  private final FieldPath at;
  private final Findings findings;

  private InboundManagerReader(FieldPath at, Findings findings) {
    this.at = at;
    this.findings = findings;
  }

  static InboundPolicy read(HttpConnectionManager manager, FieldPath at, Findings findings) {
    FieldUse.report(
        manager.toBuilder()
            .clearUseRemoteAddress()
            .clearXffNumTrustedHops()
            .clearUpgradeConfigs()
            .clearRouteConfig()
            .clearHttpFilters()
            .build(),
        at,
        findings);
    return new InboundManagerReader(at, findings).read(manager);
  }

  private InboundPolicy read(HttpConnectionManager manager) {
    require(!manager.getStripMatchingHostPort(), "strip_matching_host_port");
    require(!manager.getStripAnyHostPort(), "strip_any_host_port");
    require(!manager.getStripTrailingHostDot(), "strip_trailing_host_dot");
    require(!manager.hasRds(), "rds");
    for (int number : manager.getUnknownFields().asMap().keySet()) {
      if (DECISIVE.contains(number)) {
        findings.error(at, "field " + number + " (expected: not set; it is not carried out)");
      }
    }
    routes(manager.getRouteConfig());
    PathNormalization paths = ListenerReader.paths(manager, at, findings);
    if (paths.escapedSlashes() == EscapedSlashes.UNESCAPE_AND_REDIRECT) {
      findings.error(
          at.field("path_with_escaped_slashes_action"),
          "UNESCAPE_AND_REDIRECT (expected: another action for a server)");
      paths = InboundPolicy.BASE;
    }
    int hops = manager.getXffNumTrustedHops();
    if (hops < 0) {
      findings.error(
          at.field("xff_num_trusted_hops"),
          Integer.toUnsignedString(hops) + " (expected: < 2147483648)");
    }
    return new InboundPolicy(
        paths,
        new ClientAddress(manager.getUseRemoteAddress().getValue(), Math.max(0, hops)),
        filters(manager));
  }

  private void require(boolean unset, String field) {
    if (!unset) {
      findings.error(at.field(field), "set (expected: not set; it is not carried out)");
    }
  }

  private void routes(RouteConfiguration routes) {
    FieldPath place = at.field("route_config");
    requireNone(routes.getTypedPerFilterConfigCount(), place);
    for (int i = 0; i < routes.getVirtualHostsCount(); i++) {
      VirtualHost host = routes.getVirtualHosts(i);
      FieldPath inHost = place.element("virtual_hosts", i);
      requireNone(host.getTypedPerFilterConfigCount(), inHost);
      for (int j = 0; j < host.getRoutesCount(); j++) {
        Route route = host.getRoutes(j);
        FieldPath inRoute = inHost.element("routes", j);
        requireNone(route.getTypedPerFilterConfigCount(), inRoute);
        if (route.hasRedirect() || route.hasDirectResponse()) {
          findings.error(
              inRoute,
              route.getActionCase() + " (expected: that the request goes on to the server)");
        }
      }
    }
  }

  private void requireNone(int overrides, FieldPath place) {
    if (overrides > 0) {
      findings.error(
          place.field("typed_per_filter_config"),
          "set (expected: not set; filters are the same for all routes of a server)");
    }
  }

  private List<InboundFilter> filters(HttpConnectionManager manager) {
    List<InboundFilter> filters = new ArrayList<>();
    boolean routerLast = false;
    for (int i = 0; i < manager.getHttpFiltersCount(); i++) {
      HttpFilter filter = manager.getHttpFilters(i);
      Any config = filter.getTypedConfig();
      FieldPath position = at.element("http_filters", i);
      FieldPath place = position.field("typed_config");
      routerLast = config.is(Router.class);
      if (config.is(RBAC.class)) {
        AnyReader.unpack(config, RBAC.class, place, findings)
            .map(rbac -> RbacReader.filter(rbac, place, findings))
            .filter(read -> !filter.getDisabled())
            .ifPresent(filters::add);
      } else if (config.is(JwtAuthentication.class)) {
        AnyReader.unpack(config, JwtAuthentication.class, place, findings)
            .map(jwt -> JwtReader.filter(jwt, place, findings))
            .filter(read -> !filter.getDisabled())
            .ifPresent(filters::add);
      } else if (config.is(ExtAuthz.class)) {
        AnyReader.unpack(config, ExtAuthz.class, place, findings)
            .flatMap(authz -> ExternalAuthorizationReader.filter(authz, place, findings))
            .filter(read -> !filter.getDisabled())
            .ifPresent(filters::add);
      } else if (!routerLast) {
        unknownFilter(filter, position);
      }
    }
    if (!routerLast) {
      findings.error(at.field("http_filters"), "no router at the end (expected: a router, last)");
    }
    return filters;
  }

  /** What decides about requests cannot be left out, whoever calls it optional. */
  private void unknownFilter(HttpFilter filter, FieldPath place) {
    String type = AnyReader.typeName(filter.getTypedConfig());
    String what = filter.getName() + " (" + type + ")";
    if (filter.getDisabled() || filter.getIsOptional()) {
      findings.warn(place, what + " not carried out");
    } else {
      findings.error(
          place,
          what + " (expected: rbac, jwt_authn, ext_authz, the router or an optional filter)");
    }
  }
}
