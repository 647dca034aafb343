package io.librarymesh.authz;

/**
 * What becomes of a token. The texts are those of Envoy, which callers get as the body; those of
 * {@link #BAD_CRIT} and {@link #TOO_LARGE} are our own.
 */
enum JwtStatus {
  OK(""),
  MISSING("Jwt is missing"),
  EXPIRED("Jwt is expired"),
  NOT_YET_VALID("Jwt not yet valid"),
  BAD_FORMAT("Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections"),
  TOO_LARGE("Jwt is too large"),
  HEADER_BAD_BASE64("Jwt header is an invalid Base64url encoded"),
  HEADER_BAD_JSON("Jwt header is an invalid JSON"),
  HEADER_BAD_ALG("Jwt header [alg] field is required and must be a string"),
  HEADER_UNKNOWN_ALG("Jwt header [alg] is not supported"),
  HEADER_BAD_KID("Jwt header [kid] field is not a string"),
  BAD_CRIT("Jwt header [crit] is not supported"),
  PAYLOAD_BAD_BASE64("Jwt payload is an invalid Base64url encoded"),
  PAYLOAD_BAD_JSON("Jwt payload is an invalid JSON"),
  PAYLOAD_BAD_CLAIM("Jwt payload has a registered claim of the wrong type"),
  SIGNATURE_BAD_BASE64("Jwt signature is an invalid Base64url encoded"),
  UNKNOWN_ISSUER("Jwt issuer is not configured"),
  AUDIENCE_NOT_ALLOWED("Audiences in Jwt are not allowed"),
  NO_MATCHING_KEY("Jwks doesn't have key to match kid or alg from Jwt"),
  VERIFICATION_FAILED("Jwt verification fails"),
  KEYS_NOT_FETCHED("Jwks remote fetch is failed"),
  NO_VALID_KEY("Jwks doesn't have any valid public key");

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  private final String text;

  JwtStatus(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  int httpStatus() {
    return this == AUDIENCE_NOT_ALLOWED ? FORBIDDEN : UNAUTHORIZED;
  }

  /** Whether it says so little about a token that any other reason is worth more. */
  boolean isVague() {
    return this == MISSING || this == UNKNOWN_ISSUER;
  }
}
