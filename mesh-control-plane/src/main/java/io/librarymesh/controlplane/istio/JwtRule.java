package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Somebody whose tokens are accepted; Istio's {@code JWTRule}.
 *
 * @param issuer what the claim {@code iss} has to equal; empty: anything
 * @param audiences one of which {@code aud} has to name; none: {@code aud} does not matter
 * @param jwksUri where the issuer's keys are; empty beside empty {@code jwks}: where the issuer's
 *     own configuration says
 * @param jwks the keys themselves
 * @param fromHeaders headers with a token
 * @param fromParams query parameters with a token
 * @param fromCookies cookies with a token
 * @param outputPayloadToHeader the header that gives the application the claims; empty: none
 * @param outputClaimToHeaders headers that give it single claims
 * @param forwardOriginalToken whether the application is given the token
 * @param timeout of fetching keys
 * @param spaceDelimitedClaims claims whose strings are lists of words, besides {@code scope} and
 *     {@code permission}
 */
public record JwtRule(
    String issuer,
    List<String> audiences,
    Optional<String> jwksUri,
    Optional<String> jwks,
    List<FromHeader> fromHeaders,
    List<String> fromParams,
    List<String> fromCookies,
    String outputPayloadToHeader,
    List<ClaimToHeader> outputClaimToHeaders,
    boolean forwardOriginalToken,
    Optional<Duration> timeout,
    List<String> spaceDelimitedClaims) {

  /** Copies the lists. */
  public JwtRule {
    audiences = List.copyOf(audiences);
    fromHeaders = List.copyOf(fromHeaders);
    fromParams = List.copyOf(fromParams);
    fromCookies = List.copyOf(fromCookies);
    outputClaimToHeaders = List.copyOf(outputClaimToHeaders);
    spaceDelimitedClaims = List.copyOf(spaceDelimitedClaims);
  }

  /**
   * A header with a token.
   *
   * @param prefix what the token comes after; empty: the value is the token
   */
  public record FromHeader(String name, String prefix) {}

  /**
   * A header that gives the application a claim.
   *
   * @param claim its name; that of one inside another comes after a dot
   */
  public record ClaimToHeader(String header, String claim) {}
}
