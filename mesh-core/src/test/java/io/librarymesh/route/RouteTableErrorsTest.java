package io.librarymesh.route;

import static io.librarymesh.route.Tables.equal;
import static io.librarymesh.route.Tables.exact;
import static io.librarymesh.route.Tables.header;
import static io.librarymesh.route.Tables.host;
import static io.librarymesh.route.Tables.prefix;
import static io.librarymesh.route.Tables.route;
import static io.librarymesh.route.Tables.table;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.librarymesh.config.PathMatch;
import io.librarymesh.config.QueryParameterMatch;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.ValueMatch;
import io.librarymesh.config.VirtualHost;
import java.util.List;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, and how the message says where. */
final class RouteTableErrorsTest {
  private static final StringMatch BAD_REGEX = new StringMatch.Regex("a(");

  private static ThrowableAssertAlternative<?> refused(Runnable compiling) {
    return assertThatIllegalArgumentException().isThrownBy(compiling::run);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.*.com", "*a*", "**", "a**", "www.*x"})
  void misplacedWildcardIsRefused(String domain) {
    refused(() -> table(host("A", "a.com"), host("B", "b.com", domain)))
        .withMessage(
            "virtualHosts[1].domains[1]: %s (expected: one * at most, at the start or at the end)",
            domain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.com", "A.com", "*.b", "*.B", "c.*", "*"})
  void domainThatIsThereAlreadyIsRefused(String domain) {
    refused(() -> table(host("A", "a.com", "*.b", "c.*", "*"), host("B", domain)))
        .withMessageStartingWith("virtualHosts[1].domains[0]: " + domain + " (expected: ");
  }

  @Test
  void domainsThatDifferInTheirWildcardAreNotTheSame() {
    assertThatCode(() -> table(host("A", "a"), host("B", "*a"), host("C", "a*")))
        .doesNotThrowAnyException();
  }

  @Test
  void regexThatIsNotRe2IsRefused() {
    PathMatch lookAhead = new PathMatch.Regex("/(?=a)b");

    refused(() -> table(route("a", prefix("/")), route("b", lookAhead)))
        .withMessageStartingWith("virtualHosts[0].routes[1].match.path: /(?=a)b (expected: an RE2");
  }

  @Test
  void regexOfAStarAloneIsRefused() {
    refused(() -> table(route("a", prefix("/"), header("x", new StringMatch.Regex("*")))))
        .withMessageStartingWith("virtualHosts[0].routes[0].match.headers[0]: * (expected: an RE2");
  }

  @Test
  void badRegexOfAHeaderIsRefusedWithItsPosition() {
    refused(
            () ->
                table(
                    route(
                        "a",
                        prefix("/"),
                        header("x", equal("1")),
                        header("y", BAD_REGEX),
                        header("z", BAD_REGEX))))
        .withMessageContaining("virtualHosts[0].routes[0].match.headers[1]: a( (expected: an RE2")
        .withMessageContaining("virtualHosts[0].routes[0].match.headers[2]: a( (expected: an RE2");
  }

  @Test
  void badRegexOfAQueryParameterIsRefusedWithItsPosition() {
    QueryParameterMatch bad = new QueryParameterMatch("q", new ValueMatch.Text(BAD_REGEX));

    refused(() -> table(route("a", prefix("/"), bad)))
        .withMessageStartingWith("virtualHosts[0].routes[0].match.queryParameters[0]: a( (");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/a/", "/a?b", "/a#b"})
  void separatedPrefixThatCannotMatchIsRefused(String prefix) {
    refused(() -> table(route("a", new PathMatch.SeparatedPrefix(prefix, true))))
        .withMessageStartingWith("virtualHosts[0].routes[0].match.path: \"" + prefix + "\" (");
  }

  @Test
  void allErrorsAreReportedAtOnce() {
    VirtualHost a = host("A", "a", "a*b");
    VirtualHost b =
        new VirtualHost(
            "B",
            List.of("a"),
            List.of(route("ok", exact("/a")), route("bad", new PathMatch.Regex("["))),
            false);

    refused(() -> table(a, b))
        .withMessageContainingAll(
            "virtualHosts[0].domains[1]: ",
            "; virtualHosts[1].domains[0]: ",
            "; virtualHosts[1].routes[1].match.path: ");
  }
}
