package io.librarymesh.controlplane.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may read the pages under {@code /debug} and ask for the status of clients, which show the
 * whole configuration.
 *
 * <p>On a loopback address: programs of this machine that call it by a local name, so that no web
 * page can read it by having a name of its own point here. On an address of the network, and
 * wherever a token is set: who sends the token. That the caller's address is a loopback address
 * says nothing there, since proxies beside the process call from one for others.
 *
 * @param token what {@code Authorization: Bearer} has to hold; absent for none
 * @param open whether everybody who reaches the address may read everything
 */
public record AdminAccess(Optional<String> token, boolean open) {

  /** Programs of this machine only. */
  public static final AdminAccess LOCAL = new AdminAccess(Optional.empty(), false);

  private static final int SHORTEST_TOKEN = 16;
  private static final String BEARER = "bearer ";
  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]+");
  private static final Pattern LOCAL_HOST =
      Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d+)?");
  private static final String CLOSED =
      "pages under /debug and the status of clients show the whole configuration and are closed on an"
          + " address of the network"
          + " (expected: a token of your choice, given to the server by --debug-token-file or"
          + " debugToken() and sent as 'Authorization: Bearer TOKEN'; or --open-debug or openDebug(),"
          + " which shows them to everybody who reaches this address)";

  /** Checks the token. */
  public AdminAccess {
    token.ifPresent(
        text -> {
          if (text.length() < SHORTEST_TOKEN || !VISIBLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                "debugToken: "
                    + text.length()
                    + " characters (expected: at least "
                    + SHORTEST_TOKEN
                    + " characters of visible ASCII, without spaces)");
          }
        });
  }

  /**
   * Why a caller may not look.
   *
   * @param reason which of the rules it is
   * @param message what would be expected of it
   */
  record Denial(Reason reason, String message) {}

  /** The rules. */
  enum Reason {
    /** The token is missing or another one. */
    TOKEN,
    /** Nobody may look, or not by this name of the server. */
    CLOSED
  }

  /** {@link #denial} as HTTP says it. */
  Optional<Reply> refusal(boolean isLocal, @Nullable String authorization, @Nullable String host) {
    return denial(isLocal, authorization, host)
        .map(
            denial ->
                denial.reason() == Reason.TOKEN
                    ? Reply.error(401, denial.message(), Map.of())
                        .with("WWW-Authenticate", "Bearer")
                    : Reply.error(403, denial.message(), Map.of()));
  }

  /**
   * Why the caller may not look; absent when it may.
   *
   * @param isLocal whether the server listens on a loopback address
   * @param authorization the request's header; null for none
   * @param host the same; of gRPC the authority
   */
  Optional<Denial> denial(boolean isLocal, @Nullable String authorization, @Nullable String host) {
    if (open) {
      return Optional.empty();
    }
    if (token.isPresent()) {
      return isToken(authorization, token.get())
          ? Optional.empty()
          : Optional.of(
              new Denial(
                  Reason.TOKEN,
                  "the token is missing or another one (expected: 'Authorization: Bearer"
                      + " TOKEN' with the token that the server was given; meshctl takes"
                      + " --token-file)"));
    }
    if (!isLocal) {
      return Optional.of(new Denial(Reason.CLOSED, CLOSED));
    }
    return host == null || LOCAL_HOST.matcher(host.toLowerCase(Locale.ROOT)).matches()
        ? Optional.empty()
        : Optional.of(
            new Denial(
                Reason.CLOSED,
                "Host: '"
                    + host
                    + "' (expected: localhost or a loopback address, without a token)"));
  }

  /** Takes as long for a wrong one as for the right one. */
  private static boolean isToken(@Nullable String authorization, String expected) {
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      return false;
    }
    return MessageDigest.isEqual(
        authorization.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8),
        expected.getBytes(StandardCharsets.UTF_8));
  }

  /** Does not show the token. */
  @Override
  public String toString() {
    return "AdminAccess[token=" + (token.isPresent() ? "set" : "none") + ", open=" + open + "]";
  }
}
