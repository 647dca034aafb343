package io.librarymesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.authz.ExternalAnswer;
import io.librarymesh.config.Body;
import io.librarymesh.config.ExternalAuthorization;
import io.librarymesh.config.InboundFilter;
import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.config.RbacPolicy;
import io.librarymesh.config.RbacRules;
import io.librarymesh.config.StringMatch;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Requests to the JDK's server, judged. */
final class MeshHttpFilterTest {
  private final TestRoot root = new TestRoot();
  private final TestRoot.Source identity = new TestRoot.Source(root.identity("greeter"));

  private Greeter start(InboundFilter... filters) throws IOException {
    return new Greeter(
        identity, new InboundRules(Mode.STRICT, TestRules.engine(filters)), Greeter.LIMITS);
  }

  private String get(Greeter server, String path, String... headers) throws IOException {
    try (TestClient client = TestClient.mutual(server.port(), root.identity("web"))) {
      return client.get(path, headers);
    }
  }

  @Test
  void whoIsDeniedByEitherFormOfThePathIsDenied() throws Exception {
    try (Greeter server = start(TestRules.deny(TestRules.path("/admin")))) {
      for (String path :
          List.of("/admin", "//x/admin", "/%61dmin", "/x/../admin", "http://x/admin")) {
        assertThat(get(server, path))
            .as(path)
            .startsWith("HTTP/1.1 403")
            .endsWith("RBAC: access denied");
      }
      assertThat(get(server, "/x/../a?b")).contains("path=/a?b caller=");
      assertThat(server.refused(InboundRefusal.DENIED)).isEqualTo(5);
    }
  }

  @Test
  void tokensAreAskedForAndKeptFromTheApplication() throws Exception {
    try (Greeter server = start(TestRules.tokens())) {
      assertThat(get(server, "/a"))
          .startsWith("HTTP/1.1 401")
          .containsIgnoringCase("www-authenticate: Bearer realm=\"http")
          .endsWith("Jwt is missing");
      assertThat(get(server, "/a", "Authorization: Bearer " + TestRules.token(), "x-user: bob"))
          .contains("user=alice authorization=null")
          .contains("https://issuer");
    }
  }

  @Test
  void callersOfGrpcGetAStatusOfTheirs() throws Exception {
    try (Greeter server = start(TestRules.deny(RbacCondition.ALWAYS))) {
      assertThat(get(server, "/a", "content-type: application/grpc"))
          .startsWith("HTTP/1.1 200")
          .containsIgnoringCase("grpc-status: 7")
          .containsIgnoringCase("grpc-message: RBAC: access denied");
    }
  }

  private static final ExternalAuthorization AUTHORIZER = authorizer(false);

  private static ExternalAuthorization authorizer(boolean failOpen) {
    StringMatch user = new StringMatch.Exact("x-user", true);
    return new ExternalAuthorization(
        Optional.empty(),
        new ExternalAuthorization.Check(
            "outbound|80||authz", 1_000_000_000L, "", List.of(), Map.of()),
        new ExternalAuthorization.Answers(
            List.of(user), List.of(new StringMatch.Exact("x-told", true)), List.of()),
        new ExternalAuthorization.Failure(failOpen, 403));
  }

  @Test
  void whatAnAuthorizerAnswersDecides() throws Exception {
    try (Greeter server = start(AUTHORIZER)) {
      assertThat(get(server, "/a")).startsWith("HTTP/1.1 403");

      server.authorizer =
          check -> answer(200, Map.of("x-user", List.of("bob"), "x-told", List.of("y")));
      assertThat(get(server, "/a", "x-user: root"))
          .startsWith("HTTP/1.1 200")
          .containsIgnoringCase("x-told: y")
          .contains("user=bob");

      server.authorizer = check -> answer(200, Map.of());
      assertThat(get(server, "/a", "x-user: root")).contains("user=null");

      server.authorizer =
          check ->
              answer(302, Map.of("location", List.of("/login"), "connection", List.of("x-user")));
      assertThat(get(server, "/a"))
          .startsWith("HTTP/1.1 302")
          .containsIgnoringCase("location: /login")
          .doesNotContain("x-user")
          .endsWith("says the authorizer");
      assertThat(get(server, "/a", "content-type: application/grpc"))
          .startsWith("HTTP/1.1 200")
          .containsIgnoringCase("grpc-status: 2")
          .containsIgnoringCase("grpc-message: says the authorizer");

      server.authorizer =
          check -> {
            throw new IllegalStateException("broken");
          };
      assertThat(get(server, "/a")).startsWith("HTTP/1.1 403");
      assertThat(server.listener().counts().failedOpen()).isZero();
    }
  }

  @Test
  void whoIsLetInWithoutAnAnswerIsCounted() throws Exception {
    try (Greeter server = start(authorizer(true))) {
      assertThat(get(server, "/a")).as("nobody can ask").startsWith("HTTP/1.1 403");
      server.authorizer = check -> new ExternalAnswer.Failed("down");
      assertThat(get(server, "/a", "x-user: root"))
          .startsWith("HTTP/1.1 200")
          .contains("user=null");
      assertThat(server.listener().counts().failedOpen()).isEqualTo(1);
    }
  }

  private static ExternalAnswer answer(int status, Map<String, List<String>> headers) {
    return new ExternalAnswer.Response(status, headers, Body.ofText("says the authorizer"));
  }

  @Test
  void whatIsTriedOutIsCountedAndDeniesNobody() throws Exception {
    RbacRules rules =
        new RbacRules(
            RbacRules.Action.DENY,
            List.of(new RbacPolicy("p", RbacCondition.ALWAYS, RbacCondition.ALWAYS)));
    try (Greeter server =
        start(new InboundFilter.Rbac(Optional.empty(), Optional.of(rules), "dry_"))) {
      assertThat(get(server, "/a")).startsWith("HTTP/1.1 200");
      assertThat(server.listener().counts().shadowDenied()).isEqualTo(1);
      assertThat(server.listener().counts().shadowAllowed()).isZero();
    }
  }
}
