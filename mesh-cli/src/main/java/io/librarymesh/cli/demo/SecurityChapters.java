package io.librarymesh.cli.demo;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The security exercises of the workshop. */
final class SecurityChapters {
  private static final String HELLOWEB = "spiffe://cluster.local/ns/default/sa/helloweb";
  private static final String GREETER = "spiffe://cluster.local/ns/default/sa/greeter";

  private static final Map<String, String> NO_TOKEN = Map.of();
  private static final int REQUESTS = 20;

  private final Visitors visitors = new Visitors();
  private final Instant soon = Instant.now().plus(Duration.ofHours(1));
  private final Map<String, String> plain = visitors.token("", soon);
  private final Map<String, String> bar = visitors.token("\"foo\":\"bar\"", soon);

  private SecurityChapters() {}

  static List<Chapter> all() {
    return new SecurityChapters().chapters();
  }

  private List<Chapter> chapters() {
    String token = Rules.token(visitors.jwks());
    return List.of(
        new Chapter(
            "Mutual TLS between helloweb and greeter",
            "strict",
            Rules.STRICT,
            SecurityChapters::mutualTls),
        new Chapter(
            "A token is required (the workshop's Policy of 2019)",
            Sign.status(403, NO_TOKEN),
            token,
            Optional.empty(),
            this::tokens),
        new Chapter(
            "RBAC on, and nobody has a role",
            Sign.status(403, plain),
            Rules.RBAC_ON + token,
            Optional.empty(),
            this::nobody),
        new Chapter(
            "A role for who has the claim foo: bar",
            Sign.status(200, bar),
            Rules.RBAC_ON + Rules.ROLE + token,
            Optional.empty(),
            this::role));
  }

  private List<Check> tokens(Stage stage) throws IOException, InterruptedException {
    Map<String, String> forged = new Visitors().token("", soon);
    Map<String, String> old = visitors.token("", Instant.now().minus(Duration.ofHours(1)));
    return List.of(
        answered(stage, "without a token", 403, NO_TOKEN),
        answered(stage, "signed by somebody else", 401, forged),
        answered(stage, "that has expired", 401, old),
        answered(stage, "with a token that counts", 200, plain));
  }

  private List<Check> nobody(Stage stage) throws IOException, InterruptedException {
    return List.of(
        answered(stage, "without a token", 403, NO_TOKEN),
        answered(stage, "with a token that counts", 403, plain),
        answered(stage, "with the claim foo: bar", 403, bar));
  }

  private List<Check> role(Stage stage) throws IOException, InterruptedException {
    Map<String, String> baz = visitors.token("\"foo\":\"baz\"", soon);
    return List.of(
        answered(stage, "without a token", 403, NO_TOKEN),
        answered(stage, "with a token that counts", 403, plain),
        answered(stage, "with the claim foo: baz", 403, baz),
        answered(stage, "with the claim foo: bar", 200, bar));
  }

  private static Check answered(Stage stage, String who, int status, Map<String, String> headers)
      throws IOException, InterruptedException {
    Answers answers = stage.load().send(REQUESTS, 4, headers);
    return Check.exactly(who + ", answered " + status, REQUESTS, answers.ofStatus(status));
  }

  private static List<Check> mutualTls(Stage stage) throws IOException, InterruptedException {
    Answers answers = stage.load().send(50, 4, Map.of());
    PeerLook look = closed(stage);
    return List.of(
        Check.exactly("answered 200", 50, answers.ofStatus(200)),
        Check.same("a stranger in plaintext is", "closed", look.plaintext()),
        Check.same("the greeter's certificate", GREETER, look.identity()),
        Check.same("helloweb's, as the greeter sees it", HELLOWEB, answers.all().get(0).caller()),
        Check.exactly(
            "calls with that certificate",
            50,
            answers.count(answer -> answer.caller().equals(HELLOWEB))));
  }

  /** Helloweb has its rules; the greeter is told its own a moment before or after. */
  private static PeerLook closed(Stage stage) throws IOException, InterruptedException {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    PeerLook look = stage.look("v1");
    while (!look.plaintext().equals("closed") && System.nanoTime() < giveUp) {
      TimeUnit.MILLISECONDS.sleep(20);
      look = stage.look("v1");
    }
    return look;
  }
}
