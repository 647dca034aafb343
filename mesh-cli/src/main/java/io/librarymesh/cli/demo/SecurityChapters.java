package io.librarymesh.cli.demo;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The security exercises of the workshop. */
final class SecurityChapters {
  private static final String HELLOWEB = "spiffe://cluster.local/ns/default/sa/helloweb";
  private static final String GREETER = "spiffe://cluster.local/ns/default/sa/greeter";

  private SecurityChapters() {}

  static List<Chapter> all() {
    return List.of(
        new Chapter(
            "Mutual TLS between helloweb and greeter",
            "strict",
            Rules.STRICT,
            SecurityChapters::mutualTls));
  }

  private static List<Check> mutualTls(Stage stage) throws IOException, InterruptedException {
    Answers answers = stage.load().send(50, 4, Map.of());
    PeerLook look = closed(stage);
    return List.of(
        Check.exactly("answered 200", 50, answers.ofStatus(200)),
        Check.same("a stranger in plaintext is", "closed", look.plaintext()),
        Check.same("the greeter's certificate", GREETER, look.identity()),
        Check.exactly(
            "calls that the greeter saw come from " + HELLOWEB,
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
