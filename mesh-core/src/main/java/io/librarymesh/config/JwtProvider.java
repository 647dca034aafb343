package io.librarymesh.config;

import java.util.List;
import java.util.Set;

/**
 * Somebody who issues tokens. Source: Envoy {@code http.jwt_authn.v3.JwtProvider}.
 *
 * @param issuer what the claim {@code iss} has to equal; empty: anything
 * @param audiences one of which {@code aud} has to name; empty: {@code aud} does not matter
 * @param keys where its public keys are
 * @param locations where tokens are looked for
 * @param forward whether the token goes on to the application
 * @param payloadHeader the header that gives the application the claims, in base64url; empty: none
 * @param claimHeaders headers that give the application single claims
 * @param payloadName the name under which {@link RbacCondition.Claim} finds the claims
 * @param spaceDelimited the claims whose strings are lists of words
 * @param clockSkewSeconds how far the clocks of issuer and server may be apart
 */
public record JwtProvider(
    String issuer,
    List<String> audiences,
    Keys keys,
    Locations locations,
    boolean forward,
    String payloadHeader,
    List<ClaimHeader> claimHeaders,
    String payloadName,
    Set<String> spaceDelimited,
    int clockSkewSeconds) {
  /** Unless told otherwise. */
  public static final int DEFAULT_CLOCK_SKEW_SECONDS = 60;

  public JwtProvider {
    audiences = List.copyOf(audiences);
    claimHeaders = List.copyOf(claimHeaders);
    spaceDelimited = Set.copyOf(spaceDelimited);
    Ranges.requireNotNegative("clock skew", clockSkewSeconds);
  }

  /** Where public keys are. */
  public sealed interface Keys {
    /** Here: the text of a JSON Web Key Set (RFC 7517). */
    record Inline(String jwks) implements Keys {}

    /** At this URI. */
    record Remote(String uri) implements Keys {}
  }

  /**
   * Where tokens are looked for, in this order.
   *
   * @param parameters of the query
   */
  public record Locations(List<Header> headers, List<String> parameters, List<String> cookies) {
    /** {@code Authorization: Bearer TOKEN} and {@code ?access_token=TOKEN}. */
    public static final Locations DEFAULT =
        new Locations(
            List.of(new Header("authorization", "Bearer ")), List.of("access_token"), List.of());

    public Locations {
      headers = List.copyOf(headers);
      parameters = List.copyOf(parameters);
      cookies = List.copyOf(cookies);
    }

    /** Whether nothing is said, so that the default holds. */
    public boolean isEmpty() {
      return headers.isEmpty() && parameters.isEmpty() && cookies.isEmpty();
    }
  }

  /**
   * A header with a token in its value.
   *
   * @param name lower-case
   * @param prefix what the token comes after, anywhere in the value, case counting; empty: the
   *     value is the token
   */
  public record Header(String name, String prefix) {}

  /**
   * A header that gives the application a claim.
   *
   * @param name lower-case
   * @param claim the name of a claim, or of one in it, after a dot
   */
  public record ClaimHeader(String name, String claim) {}
}
