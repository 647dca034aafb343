package io.librarymesh.xds;

import com.google.protobuf.Any;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.StatefulSession;
import io.librarymesh.proto.envoy.config.route.v3.FilterConfig;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import java.util.Map;
import java.util.Optional;

/**
 * What one level says of the filters of the chain; empty where it says nothing. Source: Envoy
 * {@code typed_per_filter_config}, where the whole message of the most specific level counts.
 */
record FilterOverrides(Optional<FaultInjection> fault, Optional<StatefulSession> session) {
  /** Says nothing of any filter. */
  static final FilterOverrides NONE = new FilterOverrides(Optional.empty(), Optional.empty());

  /** What a level above says where this one says nothing. */
  FilterOverrides or(FilterOverrides above) {
    return equals(NONE)
        ? above
        : new FilterOverrides(fault.or(above::fault), session.or(above::session));
  }

  static FilterOverrides read(
      Map<String, Any> perFilterConfig, FieldPath parent, Findings findings) {
    FilterOverrides overrides = NONE;
    for (Map.Entry<String, Any> entry : perFilterConfig.entrySet()) {
      FieldPath at = parent.entry("typed_per_filter_config", entry.getKey());
      Any config = entry.getValue();
      if (config.is(FilterConfig.class)) {
        FilterConfig wrapper =
            AnyReader.unpack(config, FilterConfig.class, at, findings)
                .orElse(FilterConfig.getDefaultInstance());
        if (wrapper.getDisabled()) {
          overrides = overrides.without(entry.getKey());
          continue;
        }
        config = wrapper.getConfig();
      }
      overrides = overrides.with(config, at, findings);
    }
    return overrides;
  }

  /** A filter that is switched off without a message of its own is known by its usual name. */
  private FilterOverrides without(String filter) {
    return switch (filter) {
      case FaultReader.FILTER_NAME ->
          new FilterOverrides(Optional.of(FaultInjection.NONE), session);
      case SessionReader.FILTER_NAME ->
          new FilterOverrides(fault, Optional.of(StatefulSession.NONE));
      default -> this;
    };
  }

  private FilterOverrides with(Any config, FieldPath at, Findings findings) {
    if (config.is(HTTPFault.class)) {
      return new FilterOverrides(
          AnyReader.unpack(config, HTTPFault.class, at, findings)
              .map(message -> FaultReader.read(message, at, findings)),
          session);
    }
    if (config.is(StatefulSessionPerRoute.class)) {
      return new FilterOverrides(
          fault,
          AnyReader.unpack(config, StatefulSessionPerRoute.class, at, findings)
              .map(message -> SessionReader.read(message, at, findings)));
    }
    if (!config.getTypeUrl().isEmpty()) {
      findings.warn(at, AnyReader.typeName(config) + " not carried out");
    }
    return this;
  }
}
