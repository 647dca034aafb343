package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.routes;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.PathRewrite;
import io.librarymesh.config.RegexRewrite;
import io.librarymesh.config.RouteAction.Redirect;
import io.librarymesh.proto.envoy.config.route.v3.RedirectAction;
import io.librarymesh.proto.envoy.config.route.v3.RedirectAction.RedirectResponseCode;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatcher;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedirectReaderTest {
  private static final String ACTION = "virtual_hosts[0].routes[0].redirect";

  private static RouteConfiguration with(RedirectAction.Builder action) {
    return routes(
        "r",
        Route.newBuilder()
            .setMatch(RouteMatch.newBuilder().setPrefix("/"))
            .setRedirect(action)
            .build());
  }

  private static Redirect read(RedirectAction.Builder action) {
    assertThat(Reading.warnings(ResourceType.ROUTE, with(action))).isEmpty();
    return (Redirect)
        Reading.value(ResourceType.ROUTE, with(action))
            .config()
            .virtualHosts()
            .get(0)
            .routes()
            .get(0)
            .action();
  }

  private static List<String> errors(RedirectAction.Builder action) {
    return Reading.errors(ResourceType.ROUTE, with(action));
  }

  private static RedirectAction.Builder regex(String pattern, String substitution) {
    return RedirectAction.newBuilder()
        .setRegexRewrite(
            RegexMatchAndSubstitute.newBuilder()
                .setPattern(RegexMatcher.newBuilder().setRegex(pattern))
                .setSubstitution(substitution));
  }

  @Test
  void silenceKeepsTheRequestAndAnswers301() {
    assertThat(read(RedirectAction.newBuilder()))
        .isEqualTo(new Redirect(301, "", "", 0, PathRewrite.NONE, false));
  }

  @Test
  void everyPartIsRead() {
    assertThat(
            read(
                RedirectAction.newBuilder()
                    .setSchemeRedirect("https")
                    .setHostRedirect("b.com")
                    .setPortRedirect(8443)
                    .setPathRedirect("/x")
                    .setStripQuery(true)))
        .isEqualTo(new Redirect(301, "https", "b.com", 8443, new PathRewrite.Whole("/x"), true));
    assertThat(read(RedirectAction.newBuilder().setHttpsRedirect(true)).scheme())
        .isEqualTo("https");
    assertThat(read(RedirectAction.newBuilder().setHttpsRedirect(false)).scheme()).isEmpty();
    assertThat(read(RedirectAction.newBuilder().setPrefixRewrite("/p")).path())
        .isEqualTo(new PathRewrite.Prefix("/p"));
    assertThat(read(regex("/(a)", "/\\1\\\\")).path())
        .isEqualTo(new RegexRewrite("/(a)", "/\\1\\\\"));
  }

  @Test
  void codesHaveTheirStatus() {
    Map<RedirectResponseCode, Integer> codes =
        Map.of(
            RedirectResponseCode.MOVED_PERMANENTLY, 301,
            RedirectResponseCode.FOUND, 302,
            RedirectResponseCode.SEE_OTHER, 303,
            RedirectResponseCode.TEMPORARY_REDIRECT, 307,
            RedirectResponseCode.PERMANENT_REDIRECT, 308);
    codes.forEach(
        (code, status) ->
            assertThat(read(RedirectAction.newBuilder().setResponseCode(code)).status())
                .isEqualTo(status));
    assertThat(errors(RedirectAction.newBuilder().setResponseCodeValue(9)))
        .containsExactly(ACTION + ".response_code: 9 (expected: a code of RedirectResponseCode)");
  }

  @Test
  void whatCannotBeUsedNamesItsPlace() {
    assertThat(errors(RedirectAction.newBuilder().setPortRedirect(70_000)))
        .containsExactly(ACTION + ".port_redirect: 70000 (expected: 0..65535)");
    assertThat(errors(regex("(", "x")))
        .singleElement()
        .asString()
        .startsWith(ACTION + ".regex_rewrite.pattern.regex: ( (expected: an RE2 expression");
    for (String substitution : List.of("\\2", "a\\x", "\\", "\\\\\\")) {
      assertThat(errors(regex("/(a)", substitution)))
          .containsExactly(
              ACTION
                  + ".regex_rewrite.substitution: "
                  + substitution
                  + " (expected: \\\\ or \\0 to \\1 after each \\)");
    }
  }
}
