package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.forward;
import static io.librarymesh.xds.SampleResources.millis;
import static io.librarymesh.xds.SampleResources.route;
import static io.librarymesh.xds.SampleResources.routes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UInt32Value;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.config.RouteAction.Forward;
import io.librarymesh.proto.envoy.config.route.v3.HedgePolicy;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.type.v3.FractionalPercent;
import org.junit.jupiter.api.Test;

class HedgePolicyReaderTest {
  private static final HedgePolicy.Builder ON =
      HedgePolicy.newBuilder().setHedgeOnPerTryTimeout(true);

  private static RouteAction.Builder tried() {
    RouteAction.Builder action = forward("c");
    action.getRetryPolicyBuilder().setRetryOn("5xx").setPerTryTimeout(millis(100));
    return action;
  }

  private static RouteConfiguration with(RouteAction.Builder action) {
    return routes("r", route(action.build()).build());
  }

  private static RouteConfiguration with(HedgePolicy.Builder ofHost, RouteAction.Builder action) {
    RouteConfiguration.Builder routes = with(action).toBuilder();
    routes.getVirtualHostsBuilder(0).setHedgePolicy(ofHost);
    return routes.build();
  }

  private static RetryPolicy read(RouteConfiguration routes) {
    var hosts = Reading.value(ResourceType.ROUTE, routes).config().virtualHosts();
    return ((Forward) hosts.get(0).routes().get(0).action()).retryPolicy();
  }

  @Test
  void nobodyIsBegunBesideAnAttemptUnlessThePolicySaysSo() { // RE-27
    assertThat(read(with(tried())).hedges()).isFalse();
    assertThat(read(with(tried().setHedgePolicy(HedgePolicy.newBuilder()))).hedges()).isFalse();
    assertThat(read(with(tried().setHedgePolicy(ON))).hedges()).isTrue();
  }

  @Test
  void withoutATimeoutOfOneTryNothingBegins() { // RE-27, RA-48
    assertThat(read(with(forward("c").setHedgePolicy(ON))).hedges()).isFalse();
  }

  @Test
  void policyOfTheVirtualHostCountsWhereTheRouteHasNone() { // config_impl.cc buildHedgePolicy
    assertThat(read(with(ON, tried())).hedges()).isTrue();
    HedgePolicy.Builder off = HedgePolicy.newBuilder().setInitialRequests(UInt32Value.of(1));
    assertThat(read(with(ON, tried().setHedgePolicy(off))).hedges()).isFalse();
    assertThat(read(with(off, tried().setHedgePolicy(ON))).hedges()).isTrue();
  }

  @Test
  void whatEnvoyDoesNotCarryOutIsNamed() { // RE-27
    HedgePolicy.Builder more =
        HedgePolicy.newBuilder()
            .setInitialRequests(UInt32Value.of(2))
            .setAdditionalRequestChance(FractionalPercent.newBuilder().setNumerator(5));
    assertThat(Reading.warnings(ResourceType.ROUTE, with(more, tried().setHedgePolicy(more))))
        .containsExactlyInAnyOrder(
            "virtual_hosts[0].hedge_policy.initial_requests: not carried out",
            "virtual_hosts[0].hedge_policy.additional_request_chance: not carried out",
            "virtual_hosts[0].routes[0].route.hedge_policy.initial_requests: not carried out",
            "virtual_hosts[0].routes[0].route.hedge_policy.additional_request_chance: not carried"
                + " out");
    HedgePolicy.Builder none = HedgePolicy.newBuilder().setInitialRequests(UInt32Value.of(0));
    assertThat(Reading.errors(ResourceType.ROUTE, with(tried().setHedgePolicy(none))))
        .containsExactly(
            "virtual_hosts[0].routes[0].route.hedge_policy.initial_requests: 0 (expected: >= 1)");
  }
}
