package io.librarymesh.authz;

import io.librarymesh.config.Body;
import io.librarymesh.config.Metadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What becomes of a request to a server. Immutable. */
public sealed interface InboundVerdict {
  /** What policies that are tried out would have decided; empty when there are none. */
  List<ShadowVerdict> shadows();

  /** Whether the request goes on. */
  default boolean isAllowed() {
    return this instanceof Allowed;
  }

  /**
   * The request goes on to the application.
   *
   * @param path what the application should see instead of the request target: in the form that was
   *     judged, without tokens that are not to be forwarded
   * @param policy the last one that let it pass; empty when none had to
   * @param audited whether a policy marks it for an audit
   * @param claims of the tokens, by the names of {@code JwtProvider.payloadName}
   * @param answerHeaders what the response to the caller gets in place of its own headers of these
   *     names: lines by lower-case name
   */
  record Allowed(
      String path,
      String policy,
      boolean audited,
      Metadata claims,
      HeaderEdits headers,
      Map<String, List<String>> answerHeaders,
      List<ShadowVerdict> shadows)
      implements InboundVerdict {
    public Allowed {
      answerHeaders = Map.copyOf(answerHeaders);
      shadows = List.copyOf(shadows);
    }
  }

  /**
   * The request is answered at once and never reaches the application.
   *
   * @param status of HTTP
   * @param body text/plain; empty: none
   * @param details for logs, such as {@code rbac_access_denied_matched_policy[none]}; never for the
   *     caller
   * @param policy the one that denies it; empty when it is none that does
   * @param challenge the value of {@code WWW-Authenticate}; empty: no such header
   * @param answer what somebody else has answered who was asked, in place of the body as text
   */
  record Denied(
      int status,
      String body,
      String details,
      String policy,
      String challenge,
      Optional<Answer> answer,
      List<ShadowVerdict> shadows)
      implements InboundVerdict {
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int BAD_GATEWAY = 502;
    private static final int UNAVAILABLE = 503;
    private static final int GATEWAY_TIMEOUT = 504;
    private static final int GRPC_UNKNOWN = 2;
    private static final int GRPC_UNIMPLEMENTED = 12;
    private static final int GRPC_INTERNAL = 13;
    private static final int GRPC_UNAVAILABLE = 14;
    private static final int GRPC_UNAUTHENTICATED = 16;
    private static final int GRPC_PERMISSION_DENIED = 7;

    public Denied {
      shadows = List.copyOf(shadows);
    }

    /** One that nobody else was asked about. */
    public Denied(
        int status,
        String body,
        String details,
        String policy,
        String challenge,
        List<ShadowVerdict> shadows) {
      this(status, body, details, policy, challenge, Optional.empty(), shadows);
    }

    /** The status of gRPC that callers who speak it get with HTTP 200. */
    public int grpcStatus() {
      return switch (status) {
        case BAD_REQUEST -> GRPC_INTERNAL;
        case UNAUTHORIZED -> GRPC_UNAUTHENTICATED;
        case FORBIDDEN -> GRPC_PERMISSION_DENIED;
        case NOT_FOUND -> GRPC_UNIMPLEMENTED;
        case TOO_MANY_REQUESTS, BAD_GATEWAY, UNAVAILABLE, GATEWAY_TIMEOUT -> GRPC_UNAVAILABLE;
        default -> GRPC_UNKNOWN;
      };
    }
  }

  /**
   * What an authorizer answers to somebody who is not let in.
   *
   * @param headers lines by lower-case name, without those of the connection
   */
  record Answer(Map<String, List<String>> headers, Body body) {
    public Answer {
      headers = Map.copyOf(headers);
    }
  }
}
