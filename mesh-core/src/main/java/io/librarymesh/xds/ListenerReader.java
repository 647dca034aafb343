package io.librarymesh.xds;

import com.google.protobuf.Any;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.PathNormalization.EscapedSlashes;
import io.librarymesh.proto.envoy.config.core.v3.ConfigSource;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.librarymesh.proto.envoy.extensions.filters.http.router.v3.Router;
import io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Reads a listener. Source: Envoy {@code listener.v3.Listener}, {@code
 * http_connection_manager.v3.HttpConnectionManager}.
 */
final class ListenerReader {
  /** What names of listeners for servers begin with. */
  static final String INBOUND_PREFIX = "xds.istio.io/grpc/lds/inbound/";

  private static final long DEFAULT_STREAM_IDLE_NANOS = TimeUnit.MINUTES.toNanos(5);

  private ListenerReader() {}

  static ListenerResource read(Listener listener, FieldPath root, Findings findings) {
    if (listener.getName().startsWith(INBOUND_PREFIX)) {
      return InboundReader.read(listener, root, findings)
          .<ListenerResource>map(ListenerResource.Inbound::new)
          .orElseGet(ListenerResource.Unusable::new);
    }
    FieldUse.report(listener, root, findings);
    FieldPath at = root.field("api_listener").field("api_listener");
    if (!listener.hasApiListener()) {
      findings.error(root.field("api_listener"), "not set (expected: HttpConnectionManager)");
      return new ListenerResource.Unusable();
    }
    Any any = listener.getApiListener().getApiListener();
    return AnyReader.unpack(any, HttpConnectionManager.class, at, findings)
        .<ListenerResource>map(
            manager ->
                connectionManager(
                    manager, ConfigMetadata.unknown(listener.getMetadata()), at, findings))
        .orElseGet(ListenerResource.Unusable::new);
  }

  private static ListenerResource connectionManager(
      HttpConnectionManager manager, String unknown, FieldPath at, Findings findings) {
    FieldUse.report(manager, at, findings);
    ConnectionManager settings = settings(manager, at, findings);
    return switch (manager.getRouteSpecifierCase()) {
      case RDS -> {
        Rds rds = manager.getRds();
        requireAds(rds.getConfigSource(), at.field("rds").field("config_source"), findings);
        if (rds.getRouteConfigName().isEmpty()) {
          findings.error(
              at.field("rds").field("route_config_name"), "empty (expected: a resource's name)");
        }
        yield new ListenerResource.Named(rds.getRouteConfigName(), settings, unknown);
      }
      case ROUTE_CONFIG ->
          new ListenerResource.Inline(
              RouteReader.readInline(manager.getRouteConfig(), at.field("route_config"), findings),
              settings);
      case ROUTESPECIFIER_NOT_SET -> {
        findings.error(at, "no routes (expected: rds or route_config)");
        yield new ListenerResource.Unusable();
      }
    };
  }

  static PathNormalization paths(HttpConnectionManager manager, FieldPath at, Findings findings) {
    EscapedSlashes escapedSlashes =
        switch (manager.getPathWithEscapedSlashesAction()) {
          case IMPLEMENTATION_SPECIFIC_DEFAULT, KEEP_UNCHANGED -> EscapedSlashes.KEEP_UNCHANGED;
          case REJECT_REQUEST -> EscapedSlashes.REJECT_REQUEST;
          case UNESCAPE_AND_REDIRECT -> EscapedSlashes.UNESCAPE_AND_REDIRECT;
          case UNESCAPE_AND_FORWARD -> EscapedSlashes.UNESCAPE_AND_FORWARD;
          case UNRECOGNIZED -> {
            findings.error(
                at.field("path_with_escaped_slashes_action"),
                manager.getPathWithEscapedSlashesActionValue() + " (expected: a known action)");
            yield EscapedSlashes.KEEP_UNCHANGED;
          }
        };
    return new PathNormalization(
        manager.getNormalizePath().getValue(), manager.getMergeSlashes(), escapedSlashes);
  }

  private static ConnectionManager settings(
      HttpConnectionManager manager, FieldPath at, Findings findings) {
    long maxStream =
        DurationReader.nanos(
            manager.getCommonHttpProtocolOptions().getMaxStreamDuration(),
            at.field("common_http_protocol_options").field("max_stream_duration"),
            findings);
    long idle =
        manager.hasStreamIdleTimeout()
            ? DurationReader.nanos(
                manager.getStreamIdleTimeout(), at.field("stream_idle_timeout"), findings)
            : DEFAULT_STREAM_IDLE_NANOS;
    return new ConnectionManager(
        filters(manager, at, findings), paths(manager, at, findings), maxStream, idle);
  }

  /** Resources come over the one stream there is. */
  static void requireAds(ConfigSource source, FieldPath at, Findings findings) {
    switch (source.getConfigSourceSpecifierCase()) {
      case ADS, SELF -> {}
      case CONFIGSOURCESPECIFIER_NOT_SET -> findings.error(at, "not ads (expected: ads or self)");
    }
  }

  private static HttpFilters filters(
      HttpConnectionManager manager, FieldPath at, Findings findings) {
    HttpFilters filters = HttpFilters.NONE;
    boolean routerLast = false;
    for (int i = 0; i < manager.getHttpFiltersCount(); i++) {
      HttpFilter filter = manager.getHttpFilters(i);
      FieldPath position = at.element("http_filters", i);
      Any config = filter.getTypedConfig();
      routerLast = config.is(Router.class);
      if (config.is(HTTPFault.class)) {
        filters =
            filters.withFaults(new FilterLevel<>(true, inheritedFault(filter, position, findings)));
      } else if (config.is(StatefulSession.class)) {
        filters =
            filters.withSessions(
                new FilterLevel<>(true, inheritedSession(filter, position, findings)));
      } else if (!routerLast) {
        unknownFilter(filter, position, findings);
      }
    }
    if (!routerLast) {
      findings.error(at.field("http_filters"), "no router at the end (expected: a router, last)");
    }
    return filters;
  }

  private static FaultInjection inheritedFault(HttpFilter filter, FieldPath at, Findings findings) {
    Optional<HTTPFault> fault =
        AnyReader.unpack(
            filter.getTypedConfig(), HTTPFault.class, at.field("typed_config"), findings);
    return filter.getDisabled()
        ? FaultInjection.NONE
        : fault
            .map(f -> FaultReader.read(f, at.field("typed_config"), findings))
            .orElse(FaultInjection.NONE);
  }

  private static io.librarymesh.config.StatefulSession inheritedSession(
      HttpFilter filter, FieldPath at, Findings findings) {
    FieldPath place = at.field("typed_config");
    Optional<StatefulSession> session =
        AnyReader.unpack(filter.getTypedConfig(), StatefulSession.class, place, findings);
    return filter.getDisabled()
        ? io.librarymesh.config.StatefulSession.NONE
        : session
            .map(message -> SessionReader.read(message, place, findings))
            .orElse(io.librarymesh.config.StatefulSession.NONE);
  }

  private static void unknownFilter(HttpFilter filter, FieldPath at, Findings findings) {
    String what = filter.getName() + " (" + AnyReader.typeName(filter.getTypedConfig()) + ")";
    if (filter.getIsOptional() || filter.getDisabled()) {
      findings.warn(at, what + " not carried out");
    } else {
      findings.error(at, what + " (expected: the fault filter, the router or an optional filter)");
    }
  }
}
