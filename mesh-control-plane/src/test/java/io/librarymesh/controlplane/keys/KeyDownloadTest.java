package io.librarymesh.controlplane.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.librarymesh.controlplane.keys.KeySource.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of the documents of an issuer. */
class KeyDownloadTest {
  private static final KeySource KEYS = new KeySource(Kind.KEY_SET, "https://i/keys");
  private static final String CONFIGURATION = "https://i/.well-known/openid-configuration";
  private static final String SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA";

  private final Map<String, String> documents = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final KeyDownload download =
      new KeyDownload(
          (uri, timeout) -> {
            asked.add(uri);
            String document = documents.get(uri);
            if (document == null) {
              throw new IOException("HTTP 404 (expected: 200)");
            }
            return document;
          });

  private String keys(KeySource source) throws IOException {
    return download.keys(source, Duration.ofSeconds(5));
  }

  @Test
  void setAtAUriIsPassedOn() throws Exception {
    String key = TestKeys.ec("a");
    documents.put("https://i/keys", TestKeys.set(key));

    assertThat(keys(KEYS)).isEqualTo(TestKeys.set(key));
    assertThat(asked).containsExactly("https://i/keys");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://i", "https://i/"})
  void issuerIsAskedWhereItsKeysAre(String issuer) throws Exception {
    String key = TestKeys.ec("a");
    documents.put(CONFIGURATION, "{\"issuer\":\"https://i\",\"jwks_uri\":\"https://other/k\"}");
    documents.put("https://other/k", TestKeys.set(key));

    assertThat(keys(new KeySource(Kind.ISSUER, issuer))).isEqualTo(TestKeys.set(key));
    assertThat(asked).containsExactly(CONFIGURATION, "https://other/k");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "{\"jwks_uri\":{}}", "{\"jwks_uri\":null}", "no json {", ""})
  void configurationWithoutKeysIsAFailure(String configuration) {
    documents.put(CONFIGURATION, configuration);

    assertThatThrownBy(() -> keys(new KeySource(Kind.ISSUER, "https://i")))
        .isInstanceOf(IOException.class)
        .hasMessage(CONFIGURATION + ": no jwks_uri (expected: an issuer's configuration)");
  }

  @Test
  void secretsAndWhatIsNotNeededEndHere() throws Exception { // LM-JWT-3
    String key = TestKeys.ec("a");
    documents.put(
        "https://i/keys",
        TestKeys.set(
            "\"kty\":\"oct\",\"kid\":\"s\",\"k\":\"" + SECRET + "\"",
            key + ",\"d\":\"" + SECRET + "\",\"x5c\":[\"AAAA\"]",
            "\"kty\":\"unknown\""));

    assertThat(keys(KEYS)).isEqualTo(TestKeys.set(key));
  }

  @Test
  void orderOfKeysIsNoDifference() throws Exception {
    String one = TestKeys.ec("a");
    String other = TestKeys.ec("b");
    documents.put("https://i/keys", TestKeys.set(one, other));
    String first = keys(KEYS);
    documents.put("https://i/keys", TestKeys.set(other, one));

    assertThat(keys(KEYS)).isEqualTo(first);
  }

  @Test
  void whatIsNoSetIsAFailureThatRepeatsNothing() {
    String secret = "\"kty\":\"oct\",\"k\":\"" + SECRET + "\"";
    List<String> answers =
        List.of("<html>" + SECRET, "{\"" + SECRET + "\":1}", "{\"keys\":1}", TestKeys.set(secret));
    for (String answer : answers) {
      documents.put("https://i/keys", answer);

      assertThatThrownBy(() -> keys(KEYS))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("https://i/keys: ")
          .hasMessageContaining("(expected: ")
          .hasMessageNotContaining(SECRET);
    }
  }

  @Test
  void tooManyKeysAreAFailure() { // LM-JWT-5: at most 100
    String[] keys = new String[101];
    java.util.Arrays.fill(keys, TestKeys.ec("a"));
    documents.put("https://i/keys", TestKeys.set(keys));

    assertThatThrownBy(() -> keys(KEYS)).hasMessageContaining("101 keys (expected: at most 100)");
  }

  @Test
  void failureNamesTheUri() {
    assertThatThrownBy(() -> keys(KEYS)).hasMessage("https://i/keys: HTTP 404 (expected: 200)");
  }
}
