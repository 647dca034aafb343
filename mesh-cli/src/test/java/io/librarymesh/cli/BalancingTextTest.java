package io.librarymesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets the request, as far as that is decided before it is sent. */
class BalancingTextTest {
  private static final Pattern CHOSEN =
      Pattern.compile("load balancing +ring hash of header x-user: (127[.]0[.]0[.]1:\\d+)");

  @TempDir Path directory;

  private final Echoes echoes = new Echoes();

  @AfterEach
  void close() {
    echoes.close();
  }

  @BeforeEach
  void declare() throws IOException {
    for (int i = 0; i < 3; i++) {
      echoes.add("v1", Echoes.WELL);
    }
    echoes.declare(directory);
  }

  private void balance(String loadBalancer) throws IOException {
    Files.writeString(
        directory.resolve("subsets.yaml"),
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: echo}
        spec:
          host: echo.test
          trafficPolicy: {loadBalancer: {%s}}
        """
            .formatted(loadBalancer));
  }

  private String explain(String... arguments) {
    return run("explain", arguments).out();
  }

  private Terminal run(String command, String... arguments) {
    List<String> all =
        new ArrayList<>(List.of(command, "http://echo.test/", "--config", directory.toString()));
    all.addAll(List.of(arguments));
    return Terminal.run(all.toArray(String[]::new));
  }

  @Test
  void theHostOfAHashIsTheOneThatCallsGet() throws IOException {
    balance("consistentHash: {httpHeaderName: x-user}");
    for (String user : List.of("alice", "bob", "carol")) {
      Matcher chosen = CHOSEN.matcher(explain("-H", "x-user: " + user));
      assertThat(chosen.find()).isTrue();
      String called = run("call", "-H", "x-user: " + user, "-n", "3").out();
      assertThat(called).containsPattern(chosen.group(1) + " +3 +3 +0");
    }
  }

  @Test
  void aRequestWithoutTheHeaderGoesAnywhere() throws IOException {
    balance("consistentHash: {httpHeaderName: x-user}");
    assertThat(explain())
        .contains("ring hash of header x-user, which the request does not have: picked at random");
  }

  @Test
  void aCookieThatIsMadeUpIsNotForetold() throws IOException {
    balance("consistentHash: {httpCookie: {name: who, ttl: 1h}, maglev: {tableSize: 101}}");
    assertThat(explain())
        .contains("Maglev hash of cookie who, which the request does not have: picked at random,")
        .contains("and given to the caller as a cookie");
    assertThat(explain("-H", "cookie: who=me"))
        .containsPattern("Maglev hash of cookie who: 127[.]0[.]0[.]1:");
  }

  @Test
  void otherPoliciesAreNamed() throws IOException {
    assertThat(explain()).contains("load balancing    least requests in flight of 2 drawn");
    balance("simple: ROUND_ROBIN");
    assertThat(explain()).contains("load balancing    round robin");
    balance("simple: RANDOM");
    assertThat(explain()).contains("load balancing    random");
  }
}
