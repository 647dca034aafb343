package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.forward;
import static io.librarymesh.xds.SampleResources.route;
import static io.librarymesh.xds.SampleResources.routes;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.MirrorPolicy;
import io.librarymesh.config.RouteAction.Forward;
import io.librarymesh.proto.envoy.config.core.v3.RuntimeFractionalPercent;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.type.v3.FractionalPercent.DenominatorType;
import java.util.List;
import org.junit.jupiter.api.Test;

class MirrorPolicyReaderTest {
  private static RequestMirrorPolicy.Builder to(String cluster) {
    return RequestMirrorPolicy.newBuilder().setCluster(cluster);
  }

  private static RouteConfiguration with(RequestMirrorPolicy.Builder... policies) {
    var action = forward("c");
    for (RequestMirrorPolicy.Builder policy : policies) {
      action.addRequestMirrorPolicies(policy);
    }
    return routes("r", route(action.build()).build());
  }

  private static RouteResource read(RouteConfiguration routes) {
    return Reading.value(ResourceType.ROUTE, routes);
  }

  private static List<MirrorPolicy> mirrors(RouteConfiguration routes) {
    var hosts = read(routes).config().virtualHosts();
    return ((Forward) hosts.get(0).routes().get(0).action()).mirrors();
  }

  private static MirrorPolicy always(String cluster) {
    return new MirrorPolicy(cluster, FractionalPercent.ALWAYS, true);
  }

  @Test
  void policyIsForAllRequestsWithASuffixUnlessItSaysOtherwise() { // RA-31, RA-32
    RuntimeFractionalPercent share =
        RuntimeFractionalPercent.newBuilder()
            .setDefaultValue(
                io.librarymesh.proto.envoy.type.v3.FractionalPercent.newBuilder()
                    .setNumerator(5)
                    .setDenominator(DenominatorType.TEN_THOUSAND))
            .build();

    assertThat(
            mirrors(
                with(
                    to("m"),
                    to("n").setRuntimeFraction(share).setDisableShadowHostSuffixAppend(true))))
        .containsExactly(
            always("m"), new MirrorPolicy("n", new FractionalPercent(5, 10_000), false));
  }

  @Test
  void mostSpecificLevelThatHasAnyCountsAlone() { // RA-30
    RouteConfiguration plain = with();
    RouteConfiguration config = plain.toBuilder().addRequestMirrorPolicies(to("config")).build();
    RouteConfiguration.Builder host = config.toBuilder();
    host.getVirtualHostsBuilder(0).addRequestMirrorPolicies(to("host"));
    RouteConfiguration.Builder route = host.build().toBuilder();
    route
        .getVirtualHostsBuilder(0)
        .getRoutesBuilder(0)
        .getRouteBuilder()
        .addRequestMirrorPolicies(to("route"));

    assertThat(mirrors(plain)).isEmpty();
    assertThat(mirrors(config)).containsExactly(always("config"));
    assertThat(mirrors(host.build())).containsExactly(always("host"));
    assertThat(mirrors(route.build())).containsExactly(always("route"));
  }

  @Test
  void clustersOfMirrorsAreFollowedLikeThoseOfRoutes() {
    assertThat(read(with(to("m"), to("n"))).clusters()).containsExactly("c", "m", "n");
  }

  @Test
  void clusterByHeaderIsReportedAndLeftOut() {
    RouteConfiguration routes = with(RequestMirrorPolicy.newBuilder().setClusterHeader("x"));

    assertThat(mirrors(routes)).isEmpty();
    assertThat(Reading.warnings(ResourceType.ROUTE, routes))
        .containsExactly(
            "virtual_hosts[0].routes[0].route.request_mirror_policies[0].cluster_header: not"
                + " carried out: nothing is mirrored");
  }
}
