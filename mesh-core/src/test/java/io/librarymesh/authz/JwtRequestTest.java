package io.librarymesh.authz;

import static io.librarymesh.authz.JwtFixture.ALICE;
import static io.librarymesh.authz.JwtFixture.OTHER;
import static io.librarymesh.authz.JwtFixture.RSA;
import static io.librarymesh.authz.JwtFixture.allow;
import static io.librarymesh.authz.JwtFixture.allowed;
import static io.librarymesh.authz.JwtFixture.alone;
import static io.librarymesh.authz.JwtFixture.asIstio;
import static io.librarymesh.authz.JwtFixture.claim;
import static io.librarymesh.authz.JwtFixture.decide;
import static io.librarymesh.authz.JwtFixture.denied;
import static io.librarymesh.authz.JwtFixture.provider;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.JwtAuthentication;
import io.librarymesh.config.JwtProvider;
import io.librarymesh.config.JwtProvider.Header;
import io.librarymesh.config.JwtProvider.Locations;
import io.librarymesh.config.JwtRequirement;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens: where they are found in a request, and what the application is given. */
class JwtRequestTest {
  @Test
  void noTokenPassesWithoutClaims() {
    assertThat(allowed(decide(Caller.plain(), alone(RSA.jwks()))).claims().isEmpty()).isTrue();
  }

  @Test
  void validTokenGivesItsClaims() throws GeneralSecurityException {
    Caller caller = Caller.plain().bearer(RSA.sign("RS256", ALICE));

    assertThat(decide(caller, asIstio(alone(RSA.jwks())), allow(claim("alice", "sub"))).isAllowed())
        .isTrue();
    assertThat(decide(caller, asIstio(alone(RSA.jwks())), allow(claim("bob", "sub"))).isAllowed())
        .isFalse();
    assertThat(
            decide(Caller.plain(), asIstio(alone(RSA.jwks())), allow(claim("alice", "sub")))
                .isAllowed())
        .isFalse();
  }

  @Test
  void requiredTokenThatIsMissingHasNoError() {
    JwtAuthentication required =
        new JwtAuthentication(
            Map.of("a", alone(RSA.jwks())), JwtRequirement.Provider.of("a"), true);
    String longPath = "/" + "x".repeat(500);

    InboundVerdict.Denied denied = denied(decide(Caller.plain().get(longPath), required));

    assertThat(denied.body()).isEqualTo("Jwt is missing");
    assertThat(denied.challenge()).startsWith("Bearer realm=\"http://api/xxx").endsWith("x\"");
    assertThat(denied.challenge()).hasSize("Bearer realm=\"\"".length() + 256);
  }

  @Test
  void tokenIsFoundBehindItsPrefixOnly() throws GeneralSecurityException {
    String token = RSA.sign("RS256", ALICE);
    JwtProvider provider = alone(RSA.jwks());

    assertThat(
            allowed(decide(Caller.plain().header("authorization", "bearer " + token), provider))
                .claims()
                .isEmpty())
        .as("lower case: no token")
        .isTrue();
    assertThat(
            allowed(
                    decide(
                        Caller.plain().header("authorization", "x, Bearer  \"" + token + "\""),
                        provider))
                .claims()
                .isEmpty())
        .as("anywhere in the value")
        .isFalse();
    assertThat(
            decide(Caller.plain().header("authorization", "Bearer garbage"), provider).isAllowed())
        .isFalse();
  }

  @Test
  void everyLineOfAHeaderHasToBeValid() throws GeneralSecurityException {
    Caller caller =
        Caller.plain().bearer(RSA.sign("RS256", ALICE)).bearer(OTHER.sign("RS256", ALICE));

    assertThat(decide(caller, alone(RSA.jwks())).isAllowed()).isFalse();
  }

  @Test
  void tokenOfTheQueryIsTakenOut() throws GeneralSecurityException {
    String token = RSA.sign("RS256", ALICE);

    InboundVerdict.Allowed verdict =
        allowed(
            decide(Caller.plain().get("/a?x=1&access_token=" + token + "&y"), alone(RSA.jwks())));

    assertThat(verdict.path()).isEqualTo("/a?x=1&y");
    assertThat(verdict.claims().isEmpty()).isFalse();
  }

  @Test
  void ownLocationsReplaceTheUsualOnes() throws GeneralSecurityException {
    Locations locations =
        new Locations(List.of(new Header("x-jwt", "")), List.of(), List.of("session"));
    JwtProvider provider = provider("a", RSA.jwks(), locations);
    String token = RSA.sign("RS256", ALICE);

    assertThat(allowed(decide(Caller.plain().bearer(token), provider)).claims().isEmpty()).isTrue();
    assertThat(allowed(decide(Caller.plain().header("x-jwt", token), provider)).headers().removed())
        .contains("x-jwt");
    InboundVerdict.Allowed byCookie =
        allowed(decide(Caller.plain().header("cookie", "a=b; session=" + token), provider));
    assertThat(byCookie.claims().isEmpty()).isFalse();
    assertThat(byCookie.headers().removed()).doesNotContain("cookie");
  }

  @Test
  void oneGoodTokenIsEnoughForIstio() throws GeneralSecurityException {
    JwtProvider a =
        provider(
            "a", RSA.jwks(), new Locations(List.of(new Header("x-a", "")), List.of(), List.of()));
    JwtProvider b =
        provider(
            "b", OTHER.jwks(), new Locations(List.of(new Header("x-b", "")), List.of(), List.of()));
    String good = RSA.sign("RS256", ALICE);

    assertThat(
            allowed(decide(Caller.plain().header("x-a", good).header("x-b", "garbage"), a, b))
                .claims()
                .toString())
        .contains("alice");
    assertThat(decide(Caller.plain().header("x-b", "garbage"), a, b).isAllowed()).isFalse();
    assertThat(decide(Caller.plain(), a, b).isAllowed()).isTrue();
  }

  @Test
  void secondIssuerOfOneLocationCounts() throws GeneralSecurityException {
    JwtProvider a = provider("a", RSA.jwks(), Locations.DEFAULT);
    JwtProvider b = provider("b", OTHER.jwks(), Locations.DEFAULT);
    String bob = OTHER.sign("RS256", "{\"iss\":\"b\",\"sub\":\"bob\"}");

    assertThat(allowed(decide(Caller.plain().bearer(bob), a, b)).claims().toString())
        .contains("bob");
    assertThat(
            denied(decide(Caller.plain().bearer(RSA.sign("RS256", "{\"iss\":\"c\"}")), a, b))
                .body())
        .isEqualTo("Jwt issuer is not configured");
  }

  @Test
  void headersOfClaimsAreNeverTheCallers() throws GeneralSecurityException {
    InboundVerdict.Allowed without =
        allowed(decide(Caller.plain().header("x-role", "admin"), alone(RSA.jwks())));
    String claims = "{\"iss\":\"a\",\"realm\":{\"role\":\"dev\"},\"n\":7}";
    InboundVerdict.Allowed with =
        allowed(
            decide(
                Caller.plain().header("x-role", "admin").bearer(RSA.sign("RS256", claims)),
                alone(RSA.jwks())));

    assertThat(without.headers().removed()).contains("x-role", "x-payload", "x-n");
    assertThat(without.headers().set()).isEmpty();
    assertThat(with.headers().removed()).contains("x-role", "authorization");
    assertThat(with.headers().set())
        .isEqualTo(Map.of("x-role", "dev", "x-n", "7", "x-payload", Issuer.encode(claims)));
  }

  /** Of a double the first would be its neighbour, another account. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "9007199254740993",
        "-9007199254740993",
        "9223372036854775808",
        "18446744073709551617",
        "7"
      })
  void wholeNumbersKeepTheirDigits(String number) throws GeneralSecurityException {
    String token = RSA.sign("RS256", "{\"iss\":\"a\",\"n\":" + number + "}");

    InboundVerdict.Allowed allowed =
        allowed(decide(Caller.plain().bearer(token), alone(RSA.jwks())));

    assertThat(allowed.headers().set()).containsEntry("x-n", number);
  }

  @Test
  void claimCannotBringHeadersOfItsOwn() throws GeneralSecurityException {
    String claims = "{\"iss\":\"a\",\"realm\":{\"role\":\"dev\\r\\nx-admin: yes\"}}";

    InboundVerdict.Allowed verdict =
        allowed(decide(Caller.plain().bearer(RSA.sign("RS256", claims)), alone(RSA.jwks())));

    assertThat(verdict.headers().set()).doesNotContainKey("x-role");
  }

  @Test
  void preflightNeedsNoToken() {
    Caller preflight =
        Caller.plain()
            .method("OPTIONS")
            .header("origin", "http://x")
            .header("access-control-request-method", "GET")
            .bearer("garbage");
    Caller onlyOptions = Caller.plain().method("OPTIONS").bearer("garbage");

    assertThat(decide(preflight, alone(RSA.jwks())).isAllowed()).isTrue();
    assertThat(decide(onlyOptions, alone(RSA.jwks())).isAllowed()).isFalse();
    assertThat(
            decide(preflight, asIstio(alone(RSA.jwks())), allow(claim("alice", "sub"))).isAllowed())
        .as("policies hold all the same")
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'[\"dev\",\"admin\"]', groups, true",
    "'\"admin\"', groups, true",
    "'\"dev admin\"', groups, true",
    "'\"dev admin\"', roles, false",
    "'{\"admin\":true}', groups, false",
    "'[[\"admin\"]]', groups, false",
  })
  void listsOfClaims(String value, String name, boolean expected) throws GeneralSecurityException {
    String token = RSA.sign("RS256", "{\"iss\":\"a\",\"" + name + "\":" + value + "}");

    assertThat(
            decide(
                    Caller.plain().bearer(token),
                    asIstio(alone(RSA.jwks())),
                    allow(claim("admin", name)))
                .isAllowed())
        .isEqualTo(expected);
  }
}
