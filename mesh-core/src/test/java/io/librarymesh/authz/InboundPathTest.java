package io.librarymesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.InboundFilter.Rbac;
import io.librarymesh.config.InboundPolicy;
import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.PathNormalization.EscapedSlashes;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.config.RbacPolicy;
import io.librarymesh.config.RbacRules;
import io.librarymesh.config.StringMatch;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One view of the path: what is judged, and what the application is given. */
class InboundPathTest {
  private static final PathNormalization MERGE =
      new PathNormalization(true, true, EscapedSlashes.KEEP_UNCHANGED);
  private static final PathNormalization DECODE =
      new PathNormalization(true, true, EscapedSlashes.UNESCAPE_AND_FORWARD);

  private static InboundEngine denyAdmin(PathNormalization paths) {
    RbacPolicy admin =
        new RbacPolicy(
            "admin",
            new RbacCondition.Path(new StringMatch.Exact("/admin", false)),
            RbacCondition.ALWAYS);
    Rbac deny = Rbac.of(new RbacRules(RbacRules.Action.DENY, List.of(admin)));
    return InboundEngine.compile(
        new InboundPolicy(paths, ClientAddress.FORWARDED, List.of(deny)), JwksSource.NONE, () -> 0);
  }

  private static String outcome(InboundEngine engine, Caller caller) {
    InboundVerdict verdict = engine.decide(caller);
    return verdict instanceof InboundVerdict.Allowed allowed
        ? allowed.path()
        : Integer.toString(((InboundVerdict.Denied) verdict).status());
  }

  @ParameterizedTest
  @CsvSource({
    "/a/../admin, 403, 403, 403",
    "/%61dmin, 403, 403, 403",
    "//admin, //admin, 403, 403",
    "/x%2Fadmin, /x%2Fadmin, /x%2Fadmin, /x/admin",
    "/x%2F..%2fadmin, /x%2F..%2fadmin, /x%2F..%2fadmin, 403",
    "/admin;x=1, /admin;x=1, /admin;x=1, /admin;x=1",
    "/admin/, /admin/, /admin/, /admin/",
    "/a\\..\\admin, 403, 403, 403",
    "/admin%00, 400, 400, 400",
    "/./admin?q=/../x, 403, 403, 403",
    "/Admin, /Admin, /Admin, /Admin",
    "/x/./y, /x/y, /x/y, /x/y",
  })
  void pathsOfTheReference(String path, String base, String merge, String decode) {
    Caller caller = Caller.plain().get(path);

    assertThat(outcome(denyAdmin(InboundPolicy.BASE), caller)).as("BASE").isEqualTo(base);
    assertThat(outcome(denyAdmin(MERGE), caller)).as("MERGE_SLASHES").isEqualTo(merge);
    assertThat(outcome(denyAdmin(DECODE), caller)).as("DECODE_AND_MERGE").isEqualTo(decode);
  }

  @Test
  void untouchedPathsAreJudgedAsTheyAre() {
    InboundEngine none = denyAdmin(PathNormalization.NONE);

    assertThat(outcome(none, Caller.plain().get("/a/../admin"))).isEqualTo("/a/../admin");
    assertThat(outcome(none, Caller.plain().get("/admin"))).isEqualTo("403");
  }

  @ParameterizedTest
  @CsvSource({"//admin", "/admin;x=1", "/admin/", "/;/admin", "/admin/..;/x"})
  void whatTheFrameworkDispatchesOnIsJudgedToo(String path) {
    Caller caller = Caller.plain().get(path).dispatchedBy("/admin");

    assertThat(outcome(denyAdmin(InboundPolicy.BASE), caller)).isEqualTo("403");
  }

  @Test
  void dispatchPathThatIsFineStandsBesideThePath() {
    Caller caller = Caller.plain().get("/pub;x=1?q").dispatchedBy("/pub");

    assertThat(outcome(denyAdmin(InboundPolicy.BASE), caller)).isEqualTo("/pub;x=1?q");
    assertThat(
            outcome(
                denyAdmin(InboundPolicy.BASE), Caller.plain().get("/admin").dispatchedBy("/pub")))
        .isEqualTo("403");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/a#b", "/admin#", "#", "admin", "", "pkg.Svc/Method", "http://api/admin", "*"})
  void whatIsNoPathIsABadRequest(String target) {
    assertThat(outcome(denyAdmin(InboundPolicy.BASE), Caller.plain().get(target))).isEqualTo("400");
  }

  @Test
  void serverAsAWholeMayBeAskedForItsOptions() {
    assertThat(outcome(denyAdmin(InboundPolicy.BASE), Caller.plain().method("OPTIONS").get("*")))
        .isEqualTo("*");
  }

  @Test
  void twoHostsAreABadRequest() {
    assertThat(outcome(denyAdmin(InboundPolicy.BASE), Caller.plain().header("host", "a", "b")))
        .isEqualTo("400");
  }
}
