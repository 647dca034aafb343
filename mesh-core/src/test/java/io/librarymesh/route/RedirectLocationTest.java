package io.librarymesh.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.PathMatch;
import io.librarymesh.config.PathRewrite;
import io.librarymesh.config.RouteAction.Redirect;
import org.junit.jupiter.api.Test;

/** What conformance cases cannot say, because their requests are plain HTTP. */
class RedirectLocationTest {
  private static final PathMatch ANYTHING = new PathMatch.Prefix("/", true);

  private static String location(Redirect redirect, String scheme, String authority) {
    return RedirectLocation.compile(redirect, ANYTHING)
        .of(TestRequest.get("/x").withScheme(scheme).withAuthority(authority));
  }

  private static Redirect to(String scheme) {
    return new Redirect(301, scheme, "", 0, PathRewrite.NONE, false);
  }

  @Test
  void portOfHttpsGoesWithHttps() {
    assertThat(location(to("http"), "https", "a.com:443")).isEqualTo("http://a.com/x");
    assertThat(location(to("http"), "https", "[::1]:443")).isEqualTo("http://[::1]/x");
    assertThat(location(to("http"), "https", "a.com:80")).isEqualTo("http://a.com:80/x");
    assertThat(location(to("https"), "https", "a.com:443")).isEqualTo("https://a.com:443/x");
  }

  @Test
  void schemeOfTheRequestIsKept() {
    Redirect other = new Redirect(301, "", "b.com", 0, PathRewrite.NONE, false);
    assertThat(location(other, "https", "a.com")).isEqualTo("https://b.com/x");
  }

  @Test
  void newPortTakesThePlaceOfTheOneInTheNewHost() {
    Redirect both = new Redirect(301, "", "b.com:1", 2, PathRewrite.NONE, false);
    assertThat(location(both, "http", "a.com")).isEqualTo("http://b.com:2/x");
  }
}
