package io.librarymesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SPIFFE-ID, section 2. */
class SpiffeIdTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://cluster.local/ns/default/sa/web",
        "spiffe://a",
        "spiffe://a_b-c.d1/x.y/Z_-9",
        "spiffe://1/..."
      })
  void keepsWhatIsInNormalForm(String text) {
    assertThat(SpiffeId.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({
    "SPIFFE://Cluster.Local/NS/a, spiffe://cluster.local/NS/a",
    "Spiffe://EXAMPLE.org, spiffe://example.org"
  })
  void schemeAndTrustDomainAreLoweredAndThePathIsNot(String written, String normal) {
    assertThat(SpiffeId.parse(written)).hasToString(normal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "spiffe://",
        "spiffe:///path",
        "http://cluster.local/a",
        "spiffe:/cluster.local/a",
        "spiffe://cluster.local/",
        "spiffe://cluster.local/a/",
        "spiffe://cluster.local//a",
        "spiffe://cluster.local/./a",
        "spiffe://cluster.local/a/..",
        "spiffe://cluster.local/a?b=c",
        "spiffe://cluster.local/a#b",
        "spiffe://cluster.local/%61",
        "spiffe://cluster%2elocal/a",
        "spiffe://user@cluster.local/a",
        "spiffe://cluster.local:443/a",
        "spiffe://cluster.local/a b",
        "spiffe://cluster.local/a\u0000b",
        "spiffe://clüster.local/a",
        "spiffe://cluster.local/\u00e9",
        "spiffe://cluster.local/a\\b",
        "\u017fpiffe://cluster.local/a",
        "spiffe://a/\u212a"
      })
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> SpiffeId.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theKelvinSignIsNoLetterOfATrustDomain() {
    // In lower case it would be a k.
    assertThatThrownBy(() -> SpiffeId.parse("spiffe://\u212a/a"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void lengthsAreBounded() {
    String domain = "d".repeat(255);
    assertThat(SpiffeId.parse("spiffe://" + domain).trustDomain().name()).isEqualTo(domain);
    assertThatThrownBy(() -> SpiffeId.parse("spiffe://" + domain + "d"))
        .hasMessageContaining("1 to 255");
    String start = "spiffe://a/";
    String longest = start + "p".repeat(2048 - start.length());
    assertThat(SpiffeId.parse(longest)).hasToString(longest);
    assertThatThrownBy(() -> SpiffeId.parse(longest + "p")).hasMessageContaining("2049");
  }

  @Test
  void messagesDoNotPassOnControlCharacters() {
    assertThatThrownBy(() -> SpiffeId.parse("spiffe://a/\n\u001b[31m"))
        .hasMessageContaining("\\u000a\\u001b[31m");
  }

  @Test
  void knowsServiceAccounts() {
    assertThat(SpiffeId.parse("spiffe://td/ns/foo/sa/web").serviceAccount())
        .contains(new SpiffeId.ServiceAccount("foo", "web"));
    assertThat(SpiffeId.parse("spiffe://td/ns/foo/sa/web/x").serviceAccount()).isEmpty();
    assertThat(SpiffeId.parse("spiffe://td/x/ns/foo/sa").serviceAccount()).isEmpty();
    assertThat(SpiffeId.parse("spiffe://td").serviceAccount()).isEmpty();
  }
}
