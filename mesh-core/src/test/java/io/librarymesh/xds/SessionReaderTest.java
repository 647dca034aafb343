package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.filter;
import static io.librarymesh.xds.SampleResources.forward;
import static io.librarymesh.xds.SampleResources.listener;
import static io.librarymesh.xds.SampleResources.manager;
import static io.librarymesh.xds.SampleResources.route;
import static io.librarymesh.xds.SampleResources.routes;
import static io.librarymesh.xds.SampleResources.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.librarymesh.config.HashPolicy.CookieAttribute;
import io.librarymesh.config.Route;
import io.librarymesh.config.StatefulSession;
import io.librarymesh.proto.envoy.config.core.v3.TypedExtensionConfig;
import io.librarymesh.proto.envoy.config.route.v3.FilterConfig;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.extensions.filters.http.router.v3.Router;
import io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import io.librarymesh.proto.envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState;
import io.librarymesh.proto.envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState;
import io.librarymesh.proto.envoy.type.http.v3.Cookie;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionReaderTest {
  private static final String FILTER = "envoy.filters.http.stateful_session";
  private static final StatefulSession BY_HEADER =
      new StatefulSession(new StatefulSession.Header("x-session"), false);
  private static final HttpFilters BARE = HttpFilters.NONE.withSessions(HttpFilters.BARE_SESSIONS);

  private static io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3
          .StatefulSession
      kept(Message state) {
    return io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSession
        .newBuilder()
        .setSessionState(TypedExtensionConfig.newBuilder().setTypedConfig(Any.pack(state)))
        .build();
  }

  private static Message inHeader(String name) {
    return HeaderBasedSessionState.newBuilder().setName(name).build();
  }

  private static Message inCookie(Cookie.Builder cookie) {
    return CookieBasedSessionState.newBuilder().setCookie(cookie).build();
  }

  private static Any perRoute(Message state) {
    return Any.pack(StatefulSessionPerRoute.newBuilder().setStatefulSession(kept(state)).build());
  }

  private static Any disabled() {
    return Any.pack(StatefulSessionPerRoute.newBuilder().setDisabled(true).build());
  }

  private static RouteConfiguration onRoute(Any override) {
    return routes(
        "r", route(forward("c").build()).putTypedPerFilterConfig(FILTER, override).build());
  }

  private static StatefulSession under(HttpFilters filters, RouteConfiguration message) {
    List<Route> routes =
        Reading.value(ResourceType.ROUTE, message)
            .under(ConnectionManager.of(filters))
            .virtualHosts()
            .get(0)
            .routes();
    return routes.get(0).session();
  }

  @Test
  void cookie() {
    Cookie.Builder cookie = Cookie.newBuilder().setName("sid").setTtl(seconds(90)).setPath("/cart");
    RouteConfiguration message = onRoute(perRoute(inCookie(cookie)));

    assertThat(under(BARE, message))
        .isEqualTo(
            new StatefulSession(new StatefulSession.Cookie("sid", 90, "/cart", List.of()), false));
    assertThat(Reading.warnings(ResourceType.ROUTE, message)).isEmpty();
  }

  @Test
  void attributesThatOnlyNewerMessagesKnow() {
    ByteString attribute =
        RouteAction.HashPolicy.CookieAttribute.newBuilder()
            .setName("SameSite")
            .setValue("Strict")
            .build()
            .toByteString();
    Cookie.Builder cookie =
        Cookie.newBuilder()
            .setName("sid")
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(
                        4, UnknownFieldSet.Field.newBuilder().addLengthDelimited(attribute).build())
                    .build());
    RouteConfiguration message = onRoute(perRoute(inCookie(cookie)));

    assertThat(under(BARE, message).state())
        .isEqualTo(
            new StatefulSession.Cookie(
                "sid", 0, "", List.of(new CookieAttribute("SameSite", "Strict"))));
    assertThat(Reading.warnings(ResourceType.ROUTE, message)).isEmpty();
  }

  @Test
  void strictSessionsInAHeader() {
    Any strict =
        Any.pack(
            StatefulSessionPerRoute.newBuilder()
                .setStatefulSession(kept(inHeader("X-Session")).toBuilder().setStrict(true))
                .build());

    assertThat(under(BARE, onRoute(strict)))
        .isEqualTo(new StatefulSession(new StatefulSession.Header("x-session"), true));
  }

  @Test
  void listenerSpeaksForRoutesThatSayNothing() {
    ListenerResource.Named named =
        (ListenerResource.Named)
            Reading.value(
                ResourceType.LISTENER,
                listener(
                    "a:80",
                    manager("r")
                        .addHttpFilters(0, filter(FILTER, kept(inHeader("x-session"))))
                        .build()));

    assertThat(named.manager().filters().sessions()).isEqualTo(new FilterLevel<>(true, BY_HEADER));
    assertThat(under(named.manager().filters(), routes("r", "c"))).isEqualTo(BY_HEADER);
    assertThat(under(named.manager().filters(), onRoute(disabled())))
        .isEqualTo(StatefulSession.NONE);
    assertThat(under(named.manager().filters(), onRoute(perRoute(inHeader("other")))).state())
        .isEqualTo(new StatefulSession.Header("other"));
  }

  @Test
  void filterIsThereForRoutesToConfigure() {
    var empty =
        io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSession
            .getDefaultInstance();
    var manager = manager("r").addHttpFilters(0, filter(FILTER, empty));
    assertThat(filters(manager.build()).sessions()).isEqualTo(HttpFilters.BARE_SESSIONS);

    manager.setHttpFilters(0, filter(FILTER, kept(inHeader("x-session"))));
    manager.getHttpFiltersBuilder(0).setDisabled(true);
    assertThat(filters(manager.build()).sessions()).isEqualTo(HttpFilters.BARE_SESSIONS);
  }

  private static HttpFilters filters(
      io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3
              .HttpConnectionManager
          manager) {
    ListenerResource.Named named =
        (ListenerResource.Named) Reading.value(ResourceType.LISTENER, listener("a:80", manager));
    return named.manager().filters();
  }

  @Test
  void withoutTheFilterNoRouteHasSessions() {
    RouteConfiguration message = onRoute(perRoute(inHeader("x-session")));
    RouteResource plain = Reading.value(ResourceType.ROUTE, routes("r", "c"));

    assertThat(under(HttpFilters.NONE, message)).isEqualTo(StatefulSession.NONE);
    assertThat(plain.under(ConnectionManager.of(HttpFilters.NONE))).isSameAs(plain.config());
    assertThat(plain.under(ConnectionManager.of(BARE))).isSameAs(plain.config());
  }

  @Test
  void mostSpecificLevelSpeaks() {
    RouteConfiguration.Builder message =
        routes("r", "c").toBuilder().putTypedPerFilterConfig(FILTER, perRoute(inHeader("of-all")));
    assertThat(under(BARE, message.build()).state())
        .isEqualTo(new StatefulSession.Header("of-all"));

    message
        .getVirtualHostsBuilder(0)
        .putTypedPerFilterConfig(FILTER, perRoute(inHeader("of-host")));
    assertThat(under(BARE, message.build()).state())
        .isEqualTo(new StatefulSession.Header("of-host"));

    message
        .getVirtualHostsBuilder(0)
        .getRoutesBuilder(0)
        .putTypedPerFilterConfig(
            FILTER, Any.pack(FilterConfig.newBuilder().setDisabled(true).build()));
    assertThat(under(BARE, message.build())).isEqualTo(StatefulSession.NONE);
  }

  @Test
  void whatCannotBeCarriedOutIsRefused() {
    String at = "virtual_hosts[0].routes[0].typed_per_filter_config[\"" + FILTER + "\"]";
    String state = at + ".stateful_session.session_state.typed_config";

    assertThat(errors(perRoute(Router.getDefaultInstance())))
        .containsExactly(
            state
                + ": envoy.extensions.filters.http.router.v3.Router (expected:"
                + " CookieBasedSessionState or HeaderBasedSessionState)");
    assertThat(errors(perRoute(inHeader(""))))
        .containsExactly(state + ".name: empty (expected: a name)");
    assertThat(errors(perRoute(inCookie(Cookie.newBuilder()))))
        .containsExactly(state + ".cookie.name: empty (expected: a name)");
    assertThat(errors(Any.pack(StatefulSessionPerRoute.getDefaultInstance())))
        .containsExactly(at + ": nothing set (expected: disabled or stateful_session)");
    assertThat(errors(Any.pack(StatefulSessionPerRoute.newBuilder().setDisabled(false).build())))
        .containsExactly(at + ".disabled: false (expected: true)");
  }

  private static List<String> errors(Any override) {
    return Reading.errors(ResourceType.ROUTE, onRoute(override));
  }
}
