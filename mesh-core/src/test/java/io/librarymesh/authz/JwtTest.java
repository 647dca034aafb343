package io.librarymesh.authz;

import static io.librarymesh.authz.JwtFixture.ALICE;
import static io.librarymesh.authz.JwtFixture.OTHER;
import static io.librarymesh.authz.JwtFixture.RSA;
import static io.librarymesh.authz.JwtFixture.alone;
import static io.librarymesh.authz.JwtFixture.body;
import static io.librarymesh.authz.JwtFixture.claim;
import static io.librarymesh.authz.JwtFixture.decide;
import static io.librarymesh.authz.JwtFixture.denied;
import static io.librarymesh.authz.JwtFixture.provider;
import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.JwtProvider;
import io.librarymesh.config.JwtProvider.Keys;
import io.librarymesh.config.JwtProvider.Locations;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens: what makes them valid, and what callers are told. */
class JwtTest {
  @Test
  void refusalSaysWhatEnvoySays() throws GeneralSecurityException {
    String token = OTHER.sign("RS256", ALICE);

    InboundVerdict.Denied denied =
        denied(decide(Caller.plain().get("/a?b=\"c").bearer(token), alone(RSA.jwks())));

    assertThat(denied.status()).isEqualTo(401);
    assertThat(denied.body()).isEqualTo("Jwt verification fails");
    assertThat(denied.details()).isEqualTo("jwt_authn_access_denied{Jwt_verification_fails}");
    assertThat(denied.challenge())
        .isEqualTo("Bearer realm=\"http://api/a?b=%22c\", error=\"invalid_token\"");
    assertThat(denied.grpcStatus()).isEqualTo(16);
  }

  @Test
  void wrongAudienceIsForbidden() throws GeneralSecurityException {
    String token = RSA.sign("RS256", "{\"iss\":\"a\",\"aud\":\"y\"}");

    InboundVerdict.Denied denied =
        denied(decide(Caller.plain().bearer(token), alone(RSA.jwks(), "x")));

    assertThat(denied.status()).isEqualTo(403);
    assertThat(denied.body()).isEqualTo("Audiences in Jwt are not allowed");
  }

  @ParameterizedTest
  @CsvSource({
    "https://api/, '\"api\"', true",
    "api, '\"http://api/\"', true",
    "api, '\"api//\"', false",
    "api, '[\"x\",\"api\"]', true",
    "api, '[]', false",
    "API, '\"api\"', false",
  })
  void audiencesAreComparedWithoutScheme(String configured, String aud, boolean fits)
      throws GeneralSecurityException {
    String token = RSA.sign("RS256", "{\"iss\":\"a\",\"aud\":" + aud + "}");

    assertThat(decide(Caller.plain().bearer(token), alone(RSA.jwks(), configured)).isAllowed())
        .isEqualTo(fits);
  }

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "'\"exp\":0', ''",
    "'\"exp\":1699999940', ''",
    "'\"exp\":1699999939', Jwt is expired",
    "'\"exp\":1', Jwt is expired",
    "'\"nbf\":1700000060', ''",
    "'\"nbf\":1700000061', Jwt not yet valid",
    "'\"exp\":9223372036854775807', ''",
    "'\"exp\":18446744073709551616', Jwt payload has a registered claim of the wrong type",
    "'\"nbf\":99999999999999999999', Jwt payload has a registered claim of the wrong type",
    "'\"exp\":1e300', Jwt payload has a registered claim of the wrong type",
    "'\"exp\":1e400', Jwt payload is an invalid JSON",
    "'\"exp\":-1', Jwt payload has a registered claim of the wrong type",
    "'\"exp\":\"1800000000\"', Jwt payload has a registered claim of the wrong type",
    "'\"sub\":1', Jwt payload has a registered claim of the wrong type",
    "'\"aud\":[1]', Jwt payload has a registered claim of the wrong type",
    "'\"x\":1,\"x\":2', Jwt payload is an invalid JSON",
  })
  void claimsOfTime(String claim, String expected) throws GeneralSecurityException {
    String more = claim.isEmpty() ? "" : "," + claim;
    Caller caller = Caller.plain().bearer(RSA.sign("RS256", "{\"iss\":\"a\"" + more + "}"));

    InboundVerdict verdict = decide(caller, alone(RSA.jwks()));

    assertThat(verdict instanceof InboundVerdict.Denied denied ? denied.body() : "")
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"
      })
  void algorithms(String algorithm) throws GeneralSecurityException {
    Issuer issuer =
        switch (algorithm) {
          case "ES256" -> Issuer.ec("secp256r1", 32);
          case "ES384" -> Issuer.ec("secp384r1", 48);
          case "ES512" -> Issuer.ec("secp521r1", 66);
          case "EdDSA" -> Issuer.ed25519();
          default -> RSA;
        };
    String token = issuer.sign(algorithm, ALICE);
    String forged = token.substring(0, token.length() - 8) + "AAAAAAAA";

    assertThat(decide(Caller.plain().bearer(token), alone(issuer.jwks())).isAllowed()).isTrue();
    assertThat(decide(Caller.plain().bearer(forged), alone(issuer.jwks())).isAllowed()).isFalse();
    assertThat(decide(Caller.plain().bearer(token), alone(OTHER.jwks())).isAllowed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "HS384", "HS512"})
  void secretsOfConfiguration(String algorithm) throws GeneralSecurityException {
    byte[] key = "0123456789".repeat(8).getBytes(StandardCharsets.UTF_8);
    byte[] wrong = "9876543210".repeat(8).getBytes(StandardCharsets.UTF_8);
    JwtProvider provider = alone(Issuer.set(Issuer.secret(key)));

    assertThat(
            decide(Caller.plain().bearer(Issuer.hmac(algorithm, key, ALICE)), provider).isAllowed())
        .isTrue();
    assertThat(
            decide(Caller.plain().bearer(Issuer.hmac(algorithm, wrong, ALICE)), provider)
                .isAllowed())
        .isFalse();
  }

  @Test
  void secretsThatWereFetchedDoNotCount() throws GeneralSecurityException {
    byte[] key = "0123456789".repeat(8).getBytes(StandardCharsets.UTF_8);

    assertThat(JwkSet.ofIssuer(Issuer.set(Issuer.secret(key), RSA.jwk("", ""))).size())
        .isEqualTo(1);
  }

  @Test
  void publicKeyIsNoSecret() throws GeneralSecurityException {
    String token = Issuer.hmac("HS256", RSA.publicKey(), ALICE);

    assertThat(body(token)).isEqualTo("Jwks doesn't have key to match kid or alg from Jwt");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "NoNe", "NONE", "rs256", "RS1", "ES256K", "A128KW", "dir", ""})
  void unknownAlgorithms(String algorithm) {
    String header = Issuer.encode("{\"alg\":\"" + algorithm + "\"}");

    assertThat(body(header + "." + Issuer.encode(ALICE) + "."))
        .isEqualTo("Jwt header [alg] is not supported");
  }

  @Test
  void signatureOfZerosIsNone() throws GeneralSecurityException {
    Issuer ec = Issuer.ec("secp256r1", 32);
    String signed = Issuer.encode("{\"alg\":\"ES256\"}") + "." + Issuer.encode(ALICE);
    String psychic = signed + "." + Issuer.encode(new byte[64]);

    assertThat(denied(decide(Caller.plain().bearer(psychic), alone(ec.jwks()))).body())
        .isEqualTo("Jwt verification fails");
  }

  @ParameterizedTest
  @CsvSource({
    "a.b, 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections'",
    "a.b.c.d, 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections'",
    "a.b.c, Jwt header is an invalid Base64url encoded",
    "bm9qc29u.b.c, Jwt header is an invalid JSON",
    "e30.b.c, Jwt header [alg] field is required and must be a string",
    "eyJhbGciOjF9.b.c, Jwt header [alg] field is required and must be a string",
    "eyJhbGciOiJSUzI1NiJ9.b.c, Jwt payload is an invalid Base64url encoded",
    "eyJhbGciOiJSUzI1NiJ9.bm9qc29u.c, Jwt payload is an invalid JSON",
    "eyJhbGciOiJSUzI1NiJ9.W10.c, Jwt payload is an invalid JSON",
    "eyJhbGciOiJSUzI1NiJ9.e30.c, Jwt signature is an invalid Base64url encoded",
    "eyJhbGciOiJSUzI1NiJ9.e30.AAAA, Jwt issuer is not configured",
  })
  void shapes(String token, String expected) {
    assertThat(body(token)).isEqualTo(expected);
  }

  @Test
  void nestedTooDeep() throws GeneralSecurityException {
    String deep = "{\"iss\":\"a\",\"x\":" + "[".repeat(5000) + "]".repeat(5000) + "}";

    assertThat(body(RSA.sign("RS256", deep))).isEqualTo("Jwt payload is an invalid JSON");
  }

  @Test
  void tooLarge() throws GeneralSecurityException {
    String large = "{\"iss\":\"a\",\"x\":\"" + "x".repeat(16_384) + "\"}";

    assertThat(body(RSA.sign("RS256", large))).isEqualTo("Jwt is too large");
  }

  @Test
  void extensionsThatMustBeUnderstoodAreNot() throws GeneralSecurityException {
    String header = "{\"alg\":\"RS256\",\"crit\":[\"b64\"],\"b64\":false}";

    assertThat(body(RSA.sign("RS256", header, ALICE)))
        .isEqualTo("Jwt header [crit] is not supported");
  }

  @Test
  void namedKeyIsTheOnlyOne() throws GeneralSecurityException {
    String set = Issuer.set(RSA.jwk("one", ""), OTHER.jwk("two", ""));
    JwtProvider provider = alone(set);
    String one = "{\"alg\":\"RS256\",\"kid\":\"one\"}";
    String two = "{\"alg\":\"RS256\",\"kid\":\"two\"}";
    String three = "{\"alg\":\"RS256\",\"kid\":\"three\"}";

    assertThat(decide(Caller.plain().bearer(RSA.sign("RS256", one, ALICE)), provider).isAllowed())
        .isTrue();
    assertThat(
            denied(decide(Caller.plain().bearer(RSA.sign("RS256", two, ALICE)), provider)).body())
        .isEqualTo("Jwt verification fails");
    assertThat(
            denied(decide(Caller.plain().bearer(RSA.sign("RS256", three, ALICE)), provider)).body())
        .isEqualTo("Jwks doesn't have key to match kid or alg from Jwt");
    assertThat(decide(Caller.plain().bearer(OTHER.sign("RS256", ALICE)), provider).isAllowed())
        .as("no kid: all are tried")
        .isTrue();
  }

  @Test
  void keyForAnotherAlgorithmDoesNotFit() throws GeneralSecurityException {
    JwtProvider provider = alone(Issuer.set(RSA.jwk("", "\"alg\":\"RS512\",")));

    assertThat(denied(decide(Caller.plain().bearer(RSA.sign("RS256", ALICE)), provider)).body())
        .isEqualTo("Jwks doesn't have key to match kid or alg from Jwt");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"keys\":[]}",
        "{}",
        "",
        "[",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"}]}"
      })
  void withoutAKeyEveryTokenIsRefused(String jwks) throws GeneralSecurityException {
    Caller caller = Caller.plain().bearer(RSA.sign("RS256", ALICE));

    assertThat(denied(decide(caller, alone(jwks))).body())
        .isEqualTo("Jwks doesn't have any valid public key");
    assertThat(decide(Caller.plain(), alone(jwks)).isAllowed()).as("no token").isTrue();
  }

  @Test
  void keysThatAreNotThereYetRefuseEveryToken() throws GeneralSecurityException {
    JwtProvider remote =
        new JwtProvider(
            "a",
            List.of(),
            new Keys.Remote("https://a/keys"),
            Locations.DEFAULT,
            false,
            "",
            List.of(),
            "payload",
            Set.of(),
            60);

    assertThat(denied(decide(Caller.plain().bearer(RSA.sign("RS256", ALICE)), remote)).body())
        .isEqualTo("Jwks remote fetch is failed");
  }

  @Test
  void nothingShowsATokenOrAKey() throws GeneralSecurityException {
    String token = RSA.sign("RS256", ALICE);

    assertThat(String.valueOf(Jwt.parse(token).jwt())).doesNotContain(token.substring(0, 20));
    assertThat(JwkSet.ofConfiguration(RSA.jwks()).toString()).isEqualTo("JwkSet[1 keys]");
  }
}
