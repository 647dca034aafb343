package io.librarymesh.controlplane.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminAccessTest {

  private static final String TOKEN = "0123456789abcdef";

  private final AdminAccess withToken = new AdminAccess(Optional.of(TOKEN), false);

  private static int status(Optional<Reply> refusal) {
    return refusal.map(Reply::status).orElse(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST:15014", "127.0.0.1:15014", "127.9.9.9", "[::1]:1"})
  void programsOfThisMachineReadByALocalName(String host) {
    assertThat(AdminAccess.LOCAL.refusal(true, null, host)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:15014",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1:15014@evil.example",
        "",
        "10.0.0.1"
      })
  void aNameThatOthersGaveThisAddressIsRefused(String host) {
    assertThat(status(AdminAccess.LOCAL.refusal(true, null, host))).isEqualTo(403);
  }

  @Test
  void anAddressOfTheNetworkIsClosedAndSaysWhatToDo() {
    Optional<Reply> refusal = AdminAccess.LOCAL.refusal(false, null, "localhost:15014");

    assertThat(status(refusal)).isEqualTo(403);
    assertThat(refusal.orElseThrow().body())
        .contains("--debug-token-file", "'Authorization: Bearer TOKEN'", "--open-debug");
  }

  @Test
  void openPagesAreReadByEverybody() {
    assertThat(new AdminAccess(Optional.empty(), true).refusal(false, null, "any.example"))
        .isEmpty();
  }

  @Test
  void theTokenOpensFromEverywhere() {
    assertThat(withToken.refusal(false, "Bearer " + TOKEN, "any.example")).isEmpty();
    assertThat(withToken.refusal(true, "bearer  " + TOKEN + " ", "any.example")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Bearer", "Bearer ", "Bearer 0123456789abcdeg", "Basic " + TOKEN, TOKEN})
  void anythingElseDoesNot(String authorization) {
    Optional<Reply> refusal = withToken.refusal(true, authorization, "localhost");

    assertThat(status(refusal)).isEqualTo(401);
    assertThat(refusal.orElseThrow().headers()).containsEntry("WWW-Authenticate", "Bearer");
  }

  @Test
  void noTokenIsNotTheToken() {
    assertThat(status(withToken.refusal(true, null, "localhost"))).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "0123456789 abcdef", "0123456789abcdef\n"})
  void aTokenThatCannotBeSentOrIsGuessedIsRefused(String token) {
    assertThatThrownBy(() -> new AdminAccess(Optional.of(token), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 16 characters");
  }

  @Test
  void theTokenIsNotPrinted() {
    assertThat(withToken.toString()).doesNotContain(TOKEN);
  }
}
