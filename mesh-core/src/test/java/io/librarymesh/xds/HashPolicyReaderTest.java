package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.forward;
import static io.librarymesh.xds.SampleResources.millis;
import static io.librarymesh.xds.SampleResources.route;
import static io.librarymesh.xds.SampleResources.routes;
import static io.librarymesh.xds.SampleResources.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.HashPolicy;
import io.librarymesh.config.HashPolicy.CookieAttribute;
import io.librarymesh.config.RegexRewrite;
import io.librarymesh.config.RouteAction.Forward;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatcher;
import java.util.List;
import org.junit.jupiter.api.Test;

class HashPolicyReaderTest {
  private static final String AT = "virtual_hosts[0].routes[0].route.hash_policy[0]";

  private static RouteAction.HashPolicy.Builder policy() {
    return RouteAction.HashPolicy.newBuilder();
  }

  private static RouteAction.HashPolicy.Header.Builder header(String name) {
    return RouteAction.HashPolicy.Header.newBuilder().setHeaderName(name);
  }

  private static RouteAction.HashPolicy.Cookie.Builder cookie(String name) {
    return RouteAction.HashPolicy.Cookie.newBuilder().setName(name);
  }

  private static RouteConfiguration with(RouteAction.HashPolicy.Builder policy) {
    return routes("r", route(forward("c").addHashPolicy(policy).build()).build());
  }

  private static List<HashPolicy> read(RouteAction.HashPolicy.Builder policy) {
    var hosts = Reading.value(ResourceType.ROUTE, with(policy)).config().virtualHosts();
    return ((Forward) hosts.get(0).routes().get(0).action()).hashPolicies();
  }

  private static List<String> errors(RouteAction.HashPolicy.Builder policy) {
    return Reading.errors(ResourceType.ROUTE, with(policy));
  }

  @Test
  void headerIsReadWithItsRewrite() {
    assertThat(read(policy().setHeader(header("X-Id")).setTerminal(true)))
        .containsExactly(new HashPolicy.Header("x-id", RegexRewrite.NONE, true));
    RegexMatchAndSubstitute rewrite =
        RegexMatchAndSubstitute.newBuilder()
            .setPattern(RegexMatcher.newBuilder().setRegex("a"))
            .setSubstitution("b")
            .build();
    assertThat(read(policy().setHeader(header("x").setRegexRewrite(rewrite))))
        .containsExactly(new HashPolicy.Header("x", new RegexRewrite("a", "b"), false));
  }

  @Test
  void cookieIsMadeUpWhenItHasATimeToLive() {
    assertThat(read(policy().setCookie(cookie("sid"))))
        .containsExactly(new HashPolicy.Cookie("sid", false));
    assertThat(
            read(
                policy()
                    .setCookie(
                        cookie("sid")
                            .setTtl(millis(90_999))
                            .setPath("/p")
                            .addAttributes(
                                RouteAction.HashPolicy.CookieAttribute.newBuilder()
                                    .setName("SameSite")
                                    .setValue("Strict")))))
        .containsExactly(
            new HashPolicy.GeneratedCookie(
                "sid", 90, "/p", List.of(new CookieAttribute("SameSite", "Strict")), false));
    assertThat(read(policy().setCookie(cookie("sid").setTtl(seconds(0)))))
        .containsExactly(new HashPolicy.GeneratedCookie("sid", 0, "", List.of(), false));
  }

  @Test
  void otherPoliciesAreRead() {
    assertThat(
            read(
                policy()
                    .setQueryParameter(
                        RouteAction.HashPolicy.QueryParameter.newBuilder().setName("k"))))
        .containsExactly(new HashPolicy.QueryParameter("k", false));
    assertThat(
            read(
                policy()
                    .setConnectionProperties(
                        RouteAction.HashPolicy.ConnectionProperties.newBuilder()
                            .setSourceIp(true))))
        .containsExactly(new HashPolicy.Source(false));
    assertThat(
            read(
                policy()
                    .setConnectionProperties(
                        RouteAction.HashPolicy.ConnectionProperties.getDefaultInstance())))
        .isEmpty();
  }

  @Test
  void stateOfFiltersIsReported() {
    var state =
        policy()
            .setFilterState(
                RouteAction.HashPolicy.FilterState.newBuilder().setKey("io.grpc.channel_id"));
    assertThat(read(state)).isEmpty();
    assertThat(Reading.warnings(ResourceType.ROUTE, with(state)))
        .containsExactly(AT + ".filter_state: not carried out: it finds nothing");
  }

  @Test
  void whatCannotBeUsedIsRefused() {
    assertThat(errors(policy().setHeader(header(""))))
        .containsExactly(AT + ".header.header_name: empty (expected: a name)");
    assertThat(errors(policy().setCookie(cookie(""))))
        .containsExactly(AT + ".cookie.name: empty (expected: a name)");
    assertThat(errors(policy()))
        .containsExactly(
            AT
                + ": no policy (expected: header, cookie, connection_properties or"
                + " query_parameter)");
  }
}
