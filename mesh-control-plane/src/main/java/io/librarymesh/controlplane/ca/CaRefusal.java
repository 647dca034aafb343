package io.librarymesh.controlplane.ca;

import io.grpc.Status;

/** Why nobody got a certificate; for counts, logs and tests. */
public enum CaRefusal {
  /** Neither a token nor a client certificate. */
  NO_CREDENTIALS(Status.Code.UNAUTHENTICATED),
  /** A token that no authenticator knows, or whose secret is another one. */
  UNKNOWN_TOKEN(Status.Code.UNAUTHENTICATED),
  /** A join token that somebody has used. */
  USED_TOKEN(Status.Code.UNAUTHENTICATED),
  /** A token whose time has passed. */
  EXPIRED_TOKEN(Status.Code.UNAUTHENTICATED),
  /** A client certificate that does not count. */
  UNTRUSTED_CERTIFICATE(Status.Code.UNAUTHENTICATED),
  /** Who decides about a token cannot be asked. */
  AUTHENTICATOR_UNREACHABLE(Status.Code.UNAVAILABLE),
  /** Too many requests, of one identity or one address, or at once. */
  TOO_MANY(Status.Code.RESOURCE_EXHAUSTED),
  /** The request for a certificate is too long. */
  REQUEST_TOO_LARGE(Status.Code.INVALID_ARGUMENT),
  /** It is none. */
  MALFORMED_REQUEST(Status.Code.INVALID_ARGUMENT),
  /** It is not signed with the key that it is for. */
  NO_PROOF_OF_POSSESSION(Status.Code.INVALID_ARGUMENT),
  /** A key that is too weak, or of a kind that is not known. */
  KEY(Status.Code.INVALID_ARGUMENT),
  /** It asks for the identity of somebody else. */
  FOREIGN_IDENTITY(Status.Code.PERMISSION_DENIED),
  /** The authority's own certificate has expired, or is about to. */
  AUTHORITY_EXPIRED(Status.Code.FAILED_PRECONDITION);

  private final Status.Code code;

  CaRefusal(Status.Code code) {
    this.code = code;
  }

  /** As gRPC says it. */
  public Status.Code code() {
    return code;
  }
}
