package io.librarymesh.controlplane.translate;

import com.google.protobuf.Message;
import io.librarymesh.controlplane.istio.PersistentSession;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.proto.envoy.config.core.v3.HealthStatus;
import io.librarymesh.proto.envoy.config.core.v3.HealthStatusSet;
import io.librarymesh.proto.envoy.config.core.v3.TypedExtensionConfig;
import io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import io.librarymesh.proto.envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState;
import io.librarymesh.proto.envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState;
import io.librarymesh.proto.envoy.type.http.v3.Cookie;

/**
 * Sessions of a service, as Istio has them for proxyless clients: a filter in the service's
 * Listener, and a cluster that lets draining endpoints keep their sessions.
 */
final class SessionTranslation {

  static final String FILTER = "envoy.filters.http.stateful_session";

  /** Besides those that may get any call, those that keep their sessions. */
  static final HealthStatusSet STATUSES =
      HealthStatusSet.newBuilder()
          .addStatuses(HealthStatus.HEALTHY)
          .addStatuses(HealthStatus.DRAINING)
          .addStatuses(HealthStatus.UNKNOWN)
          .addStatuses(HealthStatus.DEGRADED)
          .build();

  private SessionTranslation() {}

  static StatefulSession translate(PersistentSession session) {
    if (session instanceof PersistentSession.Cookie cookie) {
      return filter(
          "envoy.http.stateful_session.cookie",
          CookieBasedSessionState.newBuilder()
              .setCookie(Cookie.newBuilder().setName(cookie.name()).setPath(cookie.path()))
              .build());
    }
    return filter(
        "envoy.http.stateful_session.header",
        HeaderBasedSessionState.newBuilder()
            .setName(((PersistentSession.Header) session).name())
            .build());
  }

  /** The same for the routes to the service. */
  static StatefulSessionPerRoute perRoute(PersistentSession session) {
    return StatefulSessionPerRoute.newBuilder().setStatefulSession(translate(session)).build();
  }

  private static StatefulSession filter(String name, Message state) {
    return StatefulSession.newBuilder()
        .setSessionState(
            TypedExtensionConfig.newBuilder().setName(name).setTypedConfig(Packing.pack(state)))
        .build();
  }

  /**
   * Whether an endpoint keeps its sessions and gets no other calls: it is labelled so, or it has
   * registered itself and wants no calls now.
   */
  static boolean isDraining(Service service, ServiceEndpoint endpoint) {
    return isLabelledDraining(endpoint) || (service.session().isPresent() && !endpoint.ready());
  }

  /** Such an endpoint is of no use to a service without sessions. */
  static boolean isGone(Service service, ServiceEndpoint endpoint) {
    return service.session().isEmpty() && isLabelledDraining(endpoint);
  }

  private static boolean isLabelledDraining(ServiceEndpoint endpoint) {
    return !endpoint.labels().getOrDefault(PersistentSession.DRAINING_LABEL, "").isEmpty();
  }
}
