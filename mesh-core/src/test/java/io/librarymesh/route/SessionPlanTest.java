package io.librarymesh.route;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.StatefulSession;
import io.librarymesh.time.WallClock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in cookies and headers; conformance cases see where it leads. */
class SessionPlanTest {
  private static final long NOW_SECONDS = 1_700_000_000;
  private static final WallClock CLOCK = () -> NOW_SECONDS * 1_000 + 999;
  private static final WallClock NOT_ASKED =
      () -> {
        throw new AssertionError("clock asked");
      };

  /** From Envoy's description of {@code CookieBasedSessionState}. */
  private static final String OLDER = "MS4yLjMuNDo4MA==";

  private static SessionPlan plan(StatefulSession.State state) {
    return requireNonNull(SessionPlan.compile(new StatefulSession(state, false)));
  }

  private static SessionPlan cookie(long maxAgeSeconds) {
    return plan(new StatefulSession.Cookie("sid", maxAgeSeconds, "", List.of()));
  }

  private static TestRequest with(String value) {
    return TestRequest.get("/").withHeader("cookie", "sid=\"" + value + "\"");
  }

  private static @Nullable String host(SessionPlan plan, RequestHead head, WallClock clock) {
    RequestSession session = plan.of(head, clock);
    return session == null ? null : session.host();
  }

  private static List<String> given(SessionPlan plan, RequestHead head, String served) {
    List<String> lines = new ArrayList<>();
    HeaderSink sink =
        new HeaderSink() {
          @Override
          public void add(String name, String value) {
            lines.add(name + ": " + value);
          }

          @Override
          public void remove(String name) {
            lines.add("-" + name);
          }
        };
    RequestSession session = requireNonNull(plan.of(head, CLOCK));
    if (!session.isWith(served)) {
      session.remember(served, CLOCK, sink);
    }
    return lines;
  }

  @Test
  void olderCookieIsTheAddress() {
    assertThat(host(cookie(0), with(OLDER), NOT_ASKED)).isEqualTo("1.2.3.4:80");
  }

  @Test
  void newerCookieIsAMessage() {
    // 0a 0a 31 2e 32 2e 33 2e 34 3a 38 30: field 1, ten bytes.
    assertThat(host(cookie(0), with("CgoxLjIuMy40Ojgw"), NOT_ASKED)).isEqualTo("1.2.3.4:80");
    assertThat(given(cookie(0), TestRequest.get("/"), "1.2.3.4:80"))
        .containsExactly("set-cookie: sid=\"CgoxLjIuMy40Ojgw\"; HttpOnly");
  }

  @Test
  void cookieWithAnAgeSaysWhenItExpires() {
    // 1700000090 is 0x6553f15a: e2... in groups of seven bits, the lowest first.
    byte[] message = message("1.2.3.4:80", 0xda, 0xe2, 0xcf, 0xaa, 0x06);

    assertThat(given(cookie(90), TestRequest.get("/"), "1.2.3.4:80"))
        .containsExactly(
            "set-cookie: sid=\""
                + Base64.getEncoder().encodeToString(message)
                + "\"; Max-Age=90; HttpOnly");
  }

  private static byte[] message(String address, int... expires) {
    byte[] message = new byte[2 + address.length() + 1 + expires.length];
    message[0] = 0x0a;
    message[1] = (byte) address.length();
    for (int i = 0; i < address.length(); i++) {
      message[2 + i] = (byte) address.charAt(i);
    }
    message[2 + address.length()] = 0x10;
    for (int i = 0; i < expires.length; i++) {
      message[3 + address.length() + i] = (byte) expires[i];
    }
    return message;
  }

  @ParameterizedTest
  @CsvSource({
    "0, true",
    // What an Envoy counts from the start of its machine says nothing here.
    "99999, true",
    "999999999, true",
    "1000000000, false",
    "1699999999, false",
    "1700000000, true",
    "9999999999, true"
  })
  void cookieCountsUntilItExpires(long expires, boolean counts) {
    String value = new SessionAddress("1.2.3.4:80", expires).message();

    assertThat(host(cookie(0), with(value), CLOCK)).isEqualTo(counts ? "1.2.3.4:80" : "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*", // no Base64
        "", // no cookie
        "A" // one letter is not a byte
      })
  void cookieThatSaysNothing(String value) {
    assertThat(host(cookie(0), with(value), NOT_ASKED)).isEmpty();
  }

  @Test
  void everyMessageIsReadToItsEnd() {
    byte[] whole = Base64.getDecoder().decode(new SessionAddress("[::1]:80", 7).message());
    for (int length = 1; length < whole.length; length++) {
      byte[] part = java.util.Arrays.copyOf(whole, length);
      // A broken message is no message, so its bytes are taken for an address that no host has.
      SessionAddress read = SessionAddress.of(Base64.getEncoder().encodeToString(part));
      assertThat(requireNonNull(read).address()).isNotEmpty();
    }
    assertThat(SessionAddress.of(new SessionAddress("[::1]:80", 7).message()))
        .isEqualTo(new SessionAddress("[::1]:80", 7));
  }

  @Test
  void fieldsThatAreNotKnownArePassedOver() {
    byte[] message = {
      0x18, 0x01, // field 3, a number
      0x22, 0x01, 0x41, // field 4, one byte
      0x2d, 0, 0, 0, 0, // field 5, four bytes
      0x31, 0, 0, 0, 0, 0, 0, 0, 0, // field 6, eight bytes
      0x0a, 0x03, 'a', ':', '1'
    };
    assertThat(SessionAddress.of(Base64.getEncoder().encodeToString(message)))
        .isEqualTo(new SessionAddress("a:1", 0));
  }

  @Test
  void headerIsTheAddressBothWays() {
    SessionPlan plan = plan(new StatefulSession.Header("x-session"));
    TestRequest asking = TestRequest.get("/").withHeader("x-session", OLDER);

    assertThat(host(plan, asking, NOT_ASKED)).isEqualTo("1.2.3.4:80");
    assertThat(given(plan, asking, "1.2.3.4:80")).isEmpty();
    assertThat(given(plan, TestRequest.get("/"), "1.2.3.4:80"))
        .containsExactly("-x-session", "x-session: " + OLDER);
  }

  @ParameterizedTest
  @CsvSource({
    "'', /anything, true",
    "/, /anything, true",
    "/cart, /cart, true",
    "/cart, /cart/1, true",
    "/cart, /cart?x=1, true",
    "/cart, /cart#x, true",
    "/cart, /cartoon, false",
    "/cart, /car, false",
    "/cart/, /cart/1, true",
    "/cart/, /cart, false"
  })
  void pathOfACookie(String path, String request, boolean covered) {
    assertThat(SessionPlan.covers(path, request)).isEqualTo(covered);
  }
}
