package io.librarymesh.identity;

/** Why a certificate does not prove who its holder is. */
public enum SvidRefusal {
  /** Nothing was presented. */
  NO_CERTIFICATE,
  /** Cannot be read. */
  MALFORMED,
  /** The leaf has no URI among its names. */
  NO_URI,
  /** The leaf has more than one URI, of which none counts. */
  SEVERAL_URIS,
  /** The URI is no SPIFFE ID. */
  NO_SPIFFE_ID,
  /** The SPIFFE ID names a trust domain, not a workload. */
  NO_WORKLOAD,
  /** The leaf may sign certificates ({@code cA}, {@code keyCertSign} or {@code cRLSign}). */
  SIGNING_CERTIFICATE,
  /** The leaf's key usage is missing, not critical, or does not have {@code digitalSignature}. */
  KEY_USAGE,
  /** The leaf's extended key usage lacks {@code serverAuth} or {@code clientAuth}. */
  EXTENDED_KEY_USAGE,
  /** RSA below 2048 bits, a curve below 256 bits, or a kind of key that is not known. */
  WEAK_KEY,
  /** More certificates than a chain may have. */
  CHAIN_TOO_LONG,
  /** There is no bundle for the trust domain. */
  UNKNOWN_TRUST_DOMAIN,
  /** Out of the time it is valid for. */
  EXPIRED,
  /** Before the time it is valid for. */
  NOT_YET_VALID,
  /** On the list of what an authority took back. */
  REVOKED,
  /** No path leads from it to a root of its trust domain. */
  UNTRUSTED,
  /** It is valid, but of somebody else than was asked for. */
  UNEXPECTED_ID
}
