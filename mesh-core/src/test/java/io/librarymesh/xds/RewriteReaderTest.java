package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.forward;
import static io.librarymesh.xds.SampleResources.route;
import static io.librarymesh.xds.SampleResources.routes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import io.librarymesh.config.HostRewrite;
import io.librarymesh.config.PathRewrite;
import io.librarymesh.config.RegexRewrite;
import io.librarymesh.config.RequestRewrite;
import io.librarymesh.config.RouteAction.Forward;
import io.librarymesh.proto.envoy.config.core.v3.TypedExtensionConfig;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatcher;
import java.util.List;
import org.junit.jupiter.api.Test;

class RewriteReaderTest {
  private static final String ACTION = "virtual_hosts[0].routes[0].route";
  private static final RegexMatchAndSubstitute REGEX =
      RegexMatchAndSubstitute.newBuilder()
          .setPattern(RegexMatcher.newBuilder().setRegex("/(a)"))
          .setSubstitution("/\\1")
          .build();
  private static final RegexRewrite READ_REGEX = new RegexRewrite("/(a)", "/\\1");

  private static RouteConfiguration with(RouteAction.Builder action) {
    return routes("r", route(action.build()).build());
  }

  private static RequestRewrite read(RouteAction.Builder action) {
    assertThat(Reading.warnings(ResourceType.ROUTE, with(action))).isEmpty();
    var routes =
        Reading.value(ResourceType.ROUTE, with(action)).config().virtualHosts().get(0).routes();
    return ((Forward) routes.get(0).action()).rewrite();
  }

  private static List<String> errors(RouteAction.Builder action) {
    return Reading.errors(ResourceType.ROUTE, with(action));
  }

  @Test
  void silenceRewritesNothing() {
    assertThat(read(forward("c"))).isEqualTo(RequestRewrite.NONE);
    assertThat(read(forward("c").setAutoHostRewrite(BoolValue.of(false))))
        .isEqualTo(RequestRewrite.NONE);
  }

  @Test
  void pathRewritesAreRead() {
    assertThat(read(forward("c").setPrefixRewrite("/v2")).path())
        .isEqualTo(new PathRewrite.Prefix("/v2"));
    assertThat(read(forward("c").setRegexRewrite(REGEX)).path()).isEqualTo(READ_REGEX);
  }

  @Test
  void hostRewritesAreRead() {
    assertThat(read(forward("c").setHostRewriteLiteral("h")).host())
        .isEqualTo(new HostRewrite.Literal("h"));
    assertThat(read(forward("c").setHostRewriteHeader("X-H")).host())
        .isEqualTo(new HostRewrite.Header("x-h"));
    assertThat(read(forward("c").setHostRewritePathRegex(REGEX)).host())
        .isEqualTo(new HostRewrite.PathRegex(READ_REGEX));
    assertThat(read(forward("c").setAutoHostRewrite(BoolValue.of(true))).host())
        .isEqualTo(new HostRewrite.Endpoint());
    assertThat(read(forward("c").setAppendXForwardedHost(true)).appendForwardedHost()).isTrue();
  }

  @Test
  void onlyOnePathRewriteIsAllowed() {
    assertThat(errors(forward("c").setPrefixRewrite("/v2").setRegexRewrite(REGEX)))
        .containsExactly(ACTION + ": prefix_rewrite and regex_rewrite (expected: one of them)");
  }

  @Test
  void whatCannotBeCarriedOutIsRefused() {
    assertThat(
            errors(
                forward("c")
                    .setPathRewritePolicy(
                        TypedExtensionConfig.newBuilder()
                            .setName("x")
                            .setTypedConfig(Any.pack(REGEX)))))
        .containsExactly(
            ACTION
                + ".path_rewrite_policy: envoy.type.matcher.v3.RegexMatchAndSubstitute (expected:"
                + " prefix_rewrite or regex_rewrite)");
    assertThat(
            errors(
                forward("c")
                    .setHostRewritePathRegex(REGEX.toBuilder().setSubstitution("\\2").build())))
        .containsExactly(
            ACTION
                + ".host_rewrite_path_regex.substitution: \\2 (expected: \\\\ or \\0 to \\1 after"
                + " each \\)");
  }
}
