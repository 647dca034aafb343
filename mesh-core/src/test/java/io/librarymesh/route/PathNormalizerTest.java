package io.librarymesh.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.PathNormalization.EscapedSlashes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathNormalizerTest {
  private static final PathNormalization BASE =
      new PathNormalization(true, false, EscapedSlashes.KEEP_UNCHANGED);
  private static final PathNormalization MERGE =
      new PathNormalization(true, true, EscapedSlashes.KEEP_UNCHANGED);
  private static final PathNormalization DECODE =
      new PathNormalization(true, true, EscapedSlashes.UNESCAPE_AND_FORWARD);
  private static final List<String> ATOMS =
      List.of(
          "/", "/", "/", ".", "..", "%2e", "%2E", "%2F", "%2f", "%5C", "\\", "%", "%2", "%61",
          "%65", "%46", "%32", "%25", "%20", "%7e", "a", "2", "f", "F", "e", ";", "é", "%c3",
          "%zz");

  private static PathDecision decide(PathNormalization options, String path) {
    return PathNormalizer.compile(options).decide(path);
  }

  private static String normal(PathNormalization options, String path) {
    PathDecision decision = decide(options, path);
    return decision instanceof PathDecision.Changed changed ? changed.path() : path;
  }

  /** Source: security-telemetry 4.9. */
  @Test
  void istioFormsOfTheReference() {
    Map<String, List<String>> forms =
        Map.of(
            "/a/../admin", List.of("/admin", "/admin", "/admin"),
            "/%61dmin", List.of("/admin", "/admin", "/admin"),
            "//admin", List.of("//admin", "/admin", "/admin"),
            "/x%2Fadmin", List.of("/x%2Fadmin", "/x%2Fadmin", "/x/admin"),
            "/admin;x=1", List.of("/admin;x=1", "/admin;x=1", "/admin;x=1"),
            "/admin/", List.of("/admin/", "/admin/", "/admin/"),
            "/a\\..\\admin", List.of("/admin", "/admin", "/admin"));
    forms.forEach(
        (path, expected) ->
            assertThat(List.of(normal(BASE, path), normal(MERGE, path), normal(DECODE, path)))
                .as(path)
                .isEqualTo(expected));
  }

  /**
   * Source: Istio's normalization tests; none, base, merged, decoded. A fragment is refused here.
   */
  @ParameterizedTest
  @CsvSource({
    "/, /, /, /",
    "/app/, /app/, /app/, /app/",
    "/app/../admin, /admin, /admin, /admin",
    "/app, /app, /app, /app",
    "/app//, /app//, /app/, /app/",
    "/app/%2f, /app/%2f, /app/%2f, /app/",
    "/app%2f/, /app%2f/, /app%2f/, /app/",
    "/xyz%30..//abc, /xyz0..//abc, /xyz0../abc, /xyz0../abc",
    "/app/%2E./admin, /admin, /admin, /admin",
    "/app\\admin, /app/admin, /app/admin, /app/admin",
    "/app/\\/\\/\\admin, /app//////admin, /app/admin, /app/admin",
    "/%2Fapp%5cadmin%5Cabc, /%2Fapp%5cadmin%5Cabc, /%2Fapp%5cadmin%5Cabc, /app/admin/abc",
    "/%5Capp%2f%5c%2F%2e%2e%2fadmin%5c\\abc, /%5Capp%2f%5c%2F..%2fadmin%5c/abc,"
        + " /%5Capp%2f%5c%2F..%2fadmin%5c/abc, /app/admin/abc",
    "/app//../admin, /app/admin, /app/admin, /app/admin",
    "/app//../../admin, /admin, /admin, /admin",
  })
  void formsOfIstio(String path, String base, String merged, String decoded) {
    assertThat(normal(PathNormalization.NONE, path)).isEqualTo(path);
    assertThat(normal(BASE, path)).isEqualTo(base);
    assertThat(normal(MERGE, path)).isEqualTo(merged);
    assertThat(normal(DECODE, path)).isEqualTo(decoded);
  }

  /** Source: as before. What looks like an escape to others is none to a proxy. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/0x2e0x2e/admin",
        "/0x2e0x2e0x2fadmin",
        "/0x2e0x2e0x5cadmin",
        "/0x2f0x2fadmin",
        "/0x5c0x5cadmin",
        "/%25c0%25ae%25c1%259cadmin",
        "/%25c0%25ae%25c0%25ae/admin",
        "/%25c0%25afadmin",
        "/%25c1%259cadmin",
        "/%252e%252e/admin",
        "/%252e%252e%252fadmin",
        "/%c1%9cadmin",
        "/%c0%ae%c0%ae/admin",
        "/%c0%afadmin",
        "/.../admin",
        "/..../admin",
        "/..;/admin",
        "/;/admin",
        "/admin;a=b",
        "/admin;a=b/xyz",
        "/admin,a=b/xyz",
        "/Admin",
        "/ADMIN"
      })
  void formsThatIstioLeavesAlone(String path) {
    assertThat(decide(DECODE, path)).isEqualTo(PathDecision.Normal.INSTANCE);
  }

  /** Source: as before. Of all bytes only those that are unreserved, and slashes. */
  @Test
  void everyEscapeOfAByte() {
    String unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/";
    for (int value = 1; value < 256; value++) {
      String path = String.format("/admin%%%02x", value);
      char c = value == '\\' ? '/' : (char) value;
      String expected = unreserved.indexOf(c) < 0 ? path : "/admin" + c;
      assertThat(normal(DECODE, path)).as(path).isEqualTo(expected);
    }
    assertThat(normal(DECODE, "/%c0%2e%c0%2e/admin")).isEqualTo("/%c0.%c0./admin");
    assertThat(normal(DECODE, "/%c0%2fadmin")).isEqualTo("/%c0/admin");
    assertThat(decide(DECODE, "/admin%00")).isInstanceOf(PathDecision.Refused.class);
  }

  /** Source: Envoy path_utility_test.cc, NormalizeValidPaths and NormalizeCasePath. */
  @Test
  void formsOfEnvoy() {
    Map<String, String> forms =
        Map.ofEntries(
            Map.entry("/xyz", "/xyz"),
            Map.entry("/x/y/z", "/x/y/z"),
            Map.entry("/a/b/../c", "/a/c"),
            Map.entry("/a/b/./c", "/a/b/c"),
            Map.entry("/a/b/../../../../c", "/c"),
            Map.entry("/a/..\\c", "/c"),
            Map.entry("/%c0%af", "/%c0%af"),
            Map.entry("/%5c%25", "/%5c%25"),
            Map.entry("/a/b/%2E%2E/c", "/a/c"),
            Map.entry("/a/b/%2E./c", "/a/c"),
            Map.entry("/a/b/%2e%2e/c", "/a/c"),
            Map.entry("/a/b/%2E/c", "/a/b/c"),
            Map.entry("/../a/b", "/a/b"),
            Map.entry("/./a/b", "/a/b"),
            Map.entry("/A/B/C", "/A/B/C"),
            Map.entry("/a/%2F%2f/c", "/a/%2F%2f/c"),
            Map.entry("/a/..", "/"),
            Map.entry("/a/.", "/a/"),
            Map.entry("/a//../b", "/a/b"),
            Map.entry("/a/b.%2e/.c/..d", "/a/b../.c/..d"),
            Map.entry("/%41%7a%30%2D%5f%7E", "/Az0-_~"),
            Map.entry("/%3a%40%21", "/%3a%40%21"));
    forms.forEach((path, form) -> assertThat(normal(BASE, path)).as(path).isEqualTo(form));
  }

  /** Source: Envoy path_utility_test.cc, MergeSlashes. */
  @Test
  void slashesAreMergedInThePathAlone() {
    PathNormalization merge = new PathNormalization(false, true, EscapedSlashes.KEEP_UNCHANGED);
    assertThat(normal(merge, "/a//b/c/")).isEqualTo("/a/b/c/");
    assertThat(normal(merge, "//a/b/c")).isEqualTo("/a/b/c");
    assertThat(normal(merge, "/a/b/c//")).isEqualTo("/a/b/c/");
    assertThat(normal(merge, "/a////b/c")).isEqualTo("/a/b/c");
    assertThat(normal(merge, "/a//b?a=///c")).isEqualTo("/a/b?a=///c");
    assertThat(normal(merge, "/a//b?")).isEqualTo("/a/b?");
    assertThat(normal(merge, "//a/?b")).isEqualTo("/a/?b");
    assertThat(normal(merge, "/a/../%61\\")).isEqualTo("/a/../%61\\");
  }

  /** Source: Envoy path_utility_test.cc, UnescapeSlashes. */
  @Test
  void escapedSlashesAreDecodedInThePathAlone() {
    PathNormalization unescape =
        new PathNormalization(false, false, EscapedSlashes.UNESCAPE_AND_FORWARD);
    assertThat(normal(unescape, "/a%2Fb%2fc/")).isEqualTo("/a/b/c/");
    assertThat(normal(unescape, "/a%5Cb%5c")).isEqualTo("/a\\b\\");
    assertThat(normal(unescape, "/a%2Fb?c=%2F")).isEqualTo("/a/b?c=%2F");
    assertThat(normal(unescape, "/%2b%2%")).isEqualTo("/%2b%2%");
  }

  @Test
  void zeroByteIsRefusedAndOtherBrokenEscapesStay() {
    for (String path : List.of("/xyz/.%00../abc", "/xyz/%00.%00./abc", "/xyz/AAAAA%%0000/abc")) {
      assertThat(decide(BASE, path)).as(path).isInstanceOf(PathDecision.Refused.class);
    }
    assertThat(decide(BASE, "/a?%00")).isEqualTo(PathDecision.Normal.INSTANCE);
    assertThat(normal(BASE, "/a%zz/%2/%/%61")).isEqualTo("/a%zz/%2/%/a");
  }

  @Test
  void decodingMakesNoNewEscape() {
    assertThat(normal(BASE, "/%2%65%2%65/x")).isEqualTo("/%2%65%2%65/x");
    assertThat(normal(BASE, "/%%32e%%32e/x")).isEqualTo("/%%32e%%32e/x");
    assertThat(normal(BASE, "/%2%67")).isEqualTo("/%2g");
  }

  @Test
  void escapedSlashesAreRefusedOrRedirectedWhereThatIsAskedFor() {
    PathNormalization reject = new PathNormalization(true, false, EscapedSlashes.REJECT_REQUEST);
    PathNormalization redirect =
        new PathNormalization(true, false, EscapedSlashes.UNESCAPE_AND_REDIRECT);
    assertThat(decide(reject, "/a%5cb").kind()).isEqualTo(PathDecision.Kind.REFUSED);
    assertThat(decide(reject, "/%61")).isEqualTo(new PathDecision.Changed("/a"));
    assertThat(decide(redirect, "/a%2F../b?c")).isEqualTo(new PathDecision.Redirected("/b?c"));
    assertThat(decide(redirect, "/%61")).isEqualTo(new PathDecision.Changed("/a"));
  }

  @Test
  void whatIsNoPathStays() {
    assertThat(decide(DECODE, "*")).isEqualTo(PathDecision.Normal.INSTANCE);
    assertThat(decide(DECODE, "")).isEqualTo(PathDecision.Normal.INSTANCE);
    assertThat(decide(PathNormalization.NONE, "/a/../%00")).isEqualTo(PathDecision.Normal.INSTANCE);
  }

  @Test
  void normalFormStaysAndIsNeverLonger() {
    Random random = new Random(42);
    int changed = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder("/");
      for (int j = random.nextInt(12); j > 0; j--) {
        text.append(ATOMS.get(random.nextInt(ATOMS.size())));
      }
      String query = random.nextBoolean() ? "" : "?" + text;
      String path = text.append(query).toString();
      for (PathNormalization options : all()) {
        String once = normal(options, path);
        changed += once.equals(path) ? 0 : 1;
        assertThat(once.length()).as(path).isLessThanOrEqualTo(path.length());
        assertThat(once).as(path).startsWith("/").endsWith(query);
        assertThat(decide(options, once)).as(path).isEqualTo(PathDecision.Normal.INSTANCE);
        if (options.normalize()) {
          String form = once.substring(0, once.length() - query.length());
          assertThat(("/" + form + "/").replaceAll("(?i)%2e", "."))
              .as(path)
              .doesNotContain("/./", "/../", "\\");
        }
      }
    }
    assertThat(changed).isGreaterThan(100_000);
  }

  private static List<PathNormalization> all() {
    List<PathNormalization> all = new ArrayList<>();
    for (EscapedSlashes escaped :
        List.of(EscapedSlashes.KEEP_UNCHANGED, EscapedSlashes.UNESCAPE_AND_FORWARD)) {
      for (boolean normalize : List.of(false, true)) {
        all.add(new PathNormalization(normalize, false, escaped));
        all.add(new PathNormalization(normalize, true, escaped));
      }
    }
    return all;
  }
}
