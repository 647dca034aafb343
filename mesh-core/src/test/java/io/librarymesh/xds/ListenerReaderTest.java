package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.filter;
import static io.librarymesh.xds.SampleResources.listener;
import static io.librarymesh.xds.SampleResources.manager;
import static io.librarymesh.xds.SampleResources.routes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.ByteString;
import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.PathNormalization.EscapedSlashes;
import io.librarymesh.proto.envoy.config.core.v3.ConfigSource;
import io.librarymesh.proto.envoy.config.core.v3.HttpProtocolOptions;
import io.librarymesh.proto.envoy.config.listener.v3.ApiListener;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.librarymesh.proto.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ListenerReaderTest {
  private static final HttpFilters BARE = HttpFilters.NONE.withFaults(HttpFilters.BARE_FAULTS);
  private static final String MANAGER = "api_listener.api_listener";
  private static final PathNormalization NORMALIZED =
      new PathNormalization(true, false, EscapedSlashes.KEEP_UNCHANGED);

  private static List<String> errors(HttpConnectionManager.Builder manager) {
    return Reading.errors(ResourceType.LISTENER, listener("a:80", manager.build()));
  }

  private static ListenerResource read(HttpConnectionManager.Builder manager) {
    return Reading.value(ResourceType.LISTENER, listener("a:80", manager.build()));
  }

  private static List<String> warnings(HttpConnectionManager.Builder manager) {
    return Reading.warnings(ResourceType.LISTENER, listener("a:80", manager.build()));
  }

  private static ListenerResource named(String routes, HttpFilters filters) {
    return new ListenerResource.Named(routes, new ConnectionManager(filters, NORMALIZED, 0, 0));
  }

  @Test
  void routesByName() {
    assertThat(read(manager("outbound|80||a"))).isEqualTo(named("outbound|80||a", BARE));
    assertThat(warnings(manager("outbound|80||a"))).isEmpty();
  }

  @Test
  void pathsAreBroughtIntoTheFormThatIsAskedFor() {
    assertThat(paths(manager("r").clearNormalizePath())).isEqualTo(PathNormalization.NONE);
    assertThat(
            paths(
                manager("r")
                    .setNormalizePath(BoolValue.of(false))
                    .setMergeSlashes(true)
                    .setPathWithEscapedSlashesAction(
                        PathWithEscapedSlashesAction.IMPLEMENTATION_SPECIFIC_DEFAULT)))
        .isEqualTo(new PathNormalization(false, true, EscapedSlashes.KEEP_UNCHANGED));
    for (EscapedSlashes action : EscapedSlashes.values()) {
      HttpConnectionManager.Builder manager =
          manager("r")
              .setPathWithEscapedSlashesAction(PathWithEscapedSlashesAction.valueOf(action.name()));
      assertThat(paths(manager)).isEqualTo(new PathNormalization(true, false, action));
      assertThat(warnings(manager)).isEmpty();
    }
    assertThat(errors(manager("r").setPathWithEscapedSlashesActionValue(9)))
        .containsExactly(
            MANAGER + ".path_with_escaped_slashes_action: 9 (expected: a known action)");
  }

  private static PathNormalization paths(HttpConnectionManager.Builder manager) {
    return ((ListenerResource.Named) read(manager)).manager().paths();
  }

  @Test
  void routesInPlace() {
    HttpConnectionManager.Builder manager = manager("").setRouteConfig(routes("r", "c"));
    ListenerResource.Inline inline = (ListenerResource.Inline) read(manager);
    assertThat(inline.routes().clusters()).containsExactly("c");
    assertThat(
            errors(
                manager("")
                    .setRouteConfig(
                        routes(
                            "r",
                            io.librarymesh.proto.envoy.config.route.v3.Route
                                .getDefaultInstance()))))
        .allMatch(error -> error.startsWith(MANAGER + ".route_config.virtual_hosts[0].routes[0]"));
  }

  @Test
  void routesMustComeOverTheSameStream() {
    assertThat(
            errors(
                manager("")
                    .setRds(
                        Rds.newBuilder()
                            .setRouteConfigName("r")
                            .setConfigSource(ConfigSource.getDefaultInstance()))))
        .containsExactly(MANAGER + ".rds.config_source: not ads (expected: ads or self)");
    assertThat(errors(manager("")))
        .containsExactly(MANAGER + ".rds.route_config_name: empty (expected: a resource's name)");
    assertThat(errors(manager("").clearRds()))
        .containsExactly(MANAGER + ": no routes (expected: rds or route_config)");
  }

  @Test
  void listenerWithoutAnApiListenerIsRefused() {
    assertThat(Reading.errors(ResourceType.LISTENER, Listener.newBuilder().setName("a").build()))
        .containsExactly("api_listener: not set (expected: HttpConnectionManager)");
    assertThat(
            Reading.errors(
                ResourceType.LISTENER,
                Listener.newBuilder()
                    .setApiListener(
                        ApiListener.newBuilder()
                            .setApiListener(Any.pack(RBAC.getDefaultInstance())))
                    .build()))
        .singleElement()
        .asString()
        .startsWith(
            MANAGER
                + ": envoy.extensions.filters.http.rbac.v3.RBAC (expected: HttpConnectionManager;");
    Any broken =
        Any.pack(manager("r").build()).toBuilder()
            .setValue(ByteString.copyFromUtf8("\377\377\377"))
            .build();
    assertThat(
            Reading.errors(
                ResourceType.LISTENER,
                Listener.newBuilder()
                    .setApiListener(ApiListener.newBuilder().setApiListener(broken))
                    .build()))
        .hasSize(1);
  }

  @Test
  void routerMustBeLast() {
    String expected = MANAGER + ".http_filters: no router at the end (expected: a router, last)";
    assertThat(errors(manager("r").clearHttpFilters())).containsExactly(expected);
    assertThat(
            errors(
                manager("r")
                    .addHttpFilters(
                        filter("envoy.filters.http.fault", HTTPFault.getDefaultInstance()))))
        .containsExactly(expected);
  }

  @Test
  void unknownFilterIsRefusedUnlessItIsOptional() {
    HttpConnectionManager.Builder manager = manager("r");
    manager.addHttpFilters(0, filter("envoy.filters.http.rbac", RBAC.getDefaultInstance()));
    assertThat(errors(manager))
        .containsExactly(
            MANAGER
                + ".http_filters[0]: envoy.filters.http.rbac"
                + " (envoy.extensions.filters.http.rbac.v3.RBAC) (expected: the fault filter, the"
                + " router or an optional filter)");
    manager.getHttpFiltersBuilder(0).setIsOptional(true);
    assertThat(warnings(manager))
        .containsExactly(
            MANAGER
                + ".http_filters[0]: envoy.filters.http.rbac"
                + " (envoy.extensions.filters.http.rbac.v3.RBAC) not carried out");
  }

  @Test
  void faultFilterIsRemembered() {
    FaultInjection abort =
        new FaultInjection(
            FaultInjection.Delay.NONE,
            new FaultInjection.Abort(new FractionalPercent(100, 100), 503));
    HTTPFault fault =
        HTTPFault.newBuilder()
            .setAbort(
                FaultAbort.newBuilder()
                    .setHttpStatus(503)
                    .setPercentage(
                        io.librarymesh.proto.envoy.type.v3.FractionalPercent.newBuilder()
                            .setNumerator(100)))
            .build();
    HttpConnectionManager.Builder manager = manager("r");
    manager.setHttpFilters(0, filter("envoy.filters.http.fault", fault));
    assertThat(read(manager))
        .isEqualTo(named("r", HttpFilters.NONE.withFaults(new FilterLevel<>(true, abort))));
    manager.getHttpFiltersBuilder(0).setDisabled(true);
    assertThat(read(manager)).isEqualTo(named("r", BARE));
    manager.removeHttpFilters(0);
    assertThat(read(manager)).isEqualTo(named("r", HttpFilters.NONE));
  }

  @Test
  void fieldsThatAreNotCarriedOutAreNamed() {
    assertThat(warnings(manager("r").setRequestTimeout(SampleResources.seconds(5))))
        .containsExactly(MANAGER + ".request_timeout: not carried out");
    HttpProtocolOptions options =
        HttpProtocolOptions.newBuilder()
            .setIdleTimeout(SampleResources.seconds(5))
            .setMaxConnectionDuration(SampleResources.seconds(5))
            .build();
    assertThat(warnings(manager("r").setCommonHttpProtocolOptions(options)))
        .containsExactly(
            MANAGER + ".common_http_protocol_options.max_connection_duration: not carried out");
  }

  @Test
  void callsAreBoundedAndSoIsTheirSilence() {
    HttpConnectionManager.Builder manager =
        manager("r")
            .setCommonHttpProtocolOptions(
                HttpProtocolOptions.newBuilder().setMaxStreamDuration(SampleResources.seconds(9)))
            .setStreamIdleTimeout(SampleResources.seconds(8));
    assertThat(read(manager))
        .isEqualTo(
            new ListenerResource.Named(
                "r",
                new ConnectionManager(
                    BARE, NORMALIZED, TimeUnit.SECONDS.toNanos(9), TimeUnit.SECONDS.toNanos(8))));
    assertThat(read(manager("r").clearStreamIdleTimeout()))
        .isEqualTo(
            new ListenerResource.Named(
                "r", new ConnectionManager(BARE, NORMALIZED, 0, TimeUnit.MINUTES.toNanos(5))));
    assertThat(warnings(manager)).isEmpty();
    assertThat(errors(manager("r").setStreamIdleTimeout(SampleResources.seconds(-1))))
        .containsExactly(MANAGER + ".stream_idle_timeout: -1s (expected: >= 0s)");
  }
}
