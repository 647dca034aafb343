package io.librarymesh.outcome;

import io.librarymesh.config.HeaderMatch;
import io.librarymesh.config.RetryOn;
import io.librarymesh.config.RetryPolicy;
import io.librarymesh.route.HeaderMatcher;
import io.librarymesh.route.RequestHead;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Which outcomes of an attempt a retry policy repeats. Says nothing of how often, nor whether the
 * request can be sent again. Immutable; any thread.
 *
 * <p>Source: Envoy {@code retry_state_impl.cc}. {@code http3-post-connect-failure} never applies.
 */
public final class RetryRules {
  /** Source: draft-ietf-httpapi-idempotency-key-header. */
  private static final String IDEMPOTENCY_KEY = "idempotency-key";

  /** RFC 8470, 5.2. */
  private static final int TOO_EARLY = 425;

  private static final String RATE_LIMITED = "x-envoy-ratelimited";

  private final Set<RetryOn> on;
  private final BitSet retriableStatusCodes;
  private final boolean tooEarly;
  private final int numRetries;
  private final boolean anyMethod;
  private final HeaderMatcher[] retriableHeaders;
  private final HeaderMatcher[] requestHeaders;
  private final boolean anyServerError;
  private final boolean gatewayError;
  private final boolean noAnswer;

  private RetryRules(RetryPolicy policy) {
    on = policy.on().isEmpty() ? EnumSet.noneOf(RetryOn.class) : EnumSet.copyOf(policy.on());
    retriableStatusCodes = new BitSet();
    if (on.contains(RetryOn.RETRIABLE_STATUS_CODES)) {
      policy.retriableStatusCodes().forEach(retriableStatusCodes::set);
    }
    tooEarly = retriableStatusCodes.get(TOO_EARLY);
    retriableStatusCodes.clear(TOO_EARLY);
    numRetries = policy.numRetries();
    anyMethod = policy.anyMethod();
    retriableHeaders = matchers("retriableHeaders", policy.headers().retriable());
    requestHeaders = matchers("retriableRequestHeaders", policy.headers().request());
    anyServerError = on.contains(RetryOn.FIVE_XX);
    gatewayError = on.contains(RetryOn.GATEWAY_ERROR);
    noAnswer = anyServerError || gatewayError || on.contains(RetryOn.RESET);
  }

  private static HeaderMatcher[] matchers(String name, List<HeaderMatch> matches) {
    try {
      return matches.stream().map(HeaderMatcher::compile).toArray(HeaderMatcher[]::new);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("retryPolicy." + name + ": " + e.getMessage(), e);
    }
  }

  /**
   * Prepares a policy for use.
   *
   * @throws IllegalArgumentException when a regular expression is not RE2
   */
  public static RetryRules compile(RetryPolicy policy) {
    return new RetryRules(policy);
  }

  /** Whether nothing is ever retried. */
  public boolean isNone() {
    return numRetries == 0 || on.isEmpty();
  }

  /**
   * Whether there is a condition at all. Where there is none, not even an attempt that hangs is
   * followed by another.
   */
  public boolean hasConditions() {
    return !on.isEmpty();
  }

  /** Attempts after the first. */
  public int numRetries() {
    return numRetries;
  }

  /** Whether such a request is retried at all. */
  public boolean concern(RequestHead head) {
    for (HeaderMatcher matcher : requestHeaders) {
      if (matcher.matches(head)) {
        return true;
      }
    }
    return requestHeaders.length == 0;
  }

  /**
   * Whether a request may be processed a second time: by its method (RFC 9110, 9.2.2), because it
   * carries a key by which its receiver knows it again, or because the policy says so.
   */
  public boolean mayRepeat(RequestHead head) {
    return switch (head.method()) {
      case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
      default -> anyMethod || head.header(IDEMPOTENCY_KEY) != null;
    };
  }

  /**
   * Whether an attempt that ended so may have been processed. Source: RFC 9113, 8.7: a stream that
   * was refused was not.
   */
  public static boolean mayBeProcessed(TransportFailure failure, boolean requestSent) {
    return requestSent
        && failure != TransportFailure.CONNECT_FAILURE
        && failure != TransportFailure.REFUSED_STREAM;
  }

  /** Whether an answer is retried, at once or after a back-off. */
  public boolean retriesResponse(RequestHead request, ResponseHead head) {
    return retriesAtOnce(request, head) || retriesResponse(head);
  }

  /**
   * Whether an answer is retried without a back-off: the request came too early for the upstream,
   * not because its caller had sent it early. Source: Envoy {@code
   * RetryDecision::RetryImmediately}.
   */
  public boolean retriesAtOnce(RequestHead request, ResponseHead head) {
    return tooEarly
        && head.status() == TOO_EARLY
        && head.header(RATE_LIMITED) == null
        && request.header("early-data") == null;
  }

  /**
   * Whether an answer is retried after a back-off. An answer marked as rate limited is, only if
   * that is asked for.
   */
  public boolean retriesResponse(ResponseHead head) {
    if (head.header(RATE_LIMITED) != null) {
      return on.contains(RetryOn.ENVOY_RATELIMITED);
    }
    int status = head.status();
    return (anyServerError && status >= 500 && status <= 599)
        || (gatewayError && status >= 502 && status <= 504)
        || (status == 409 && on.contains(RetryOn.RETRIABLE_4XX))
        || retriableStatusCodes.get(status)
        || hasRetriableHeader(head)
        || retriesGrpcStatus(GrpcStatus.of(head));
  }

  private boolean hasRetriableHeader(ResponseHead head) {
    if (!on.contains(RetryOn.RETRIABLE_HEADERS)) {
      return false;
    }
    for (HeaderMatcher matcher : retriableHeaders) {
      if (matcher.matchesAnswer(head::header)) {
        return true;
      }
    }
    return false;
  }

  private boolean retriesGrpcStatus(int status) {
    return switch (status) {
      case GrpcStatus.CANCELLED -> on.contains(RetryOn.CANCELLED);
      case GrpcStatus.DEADLINE_EXCEEDED -> on.contains(RetryOn.DEADLINE_EXCEEDED);
      case GrpcStatus.RESOURCE_EXHAUSTED -> on.contains(RetryOn.RESOURCE_EXHAUSTED);
      case GrpcStatus.INTERNAL -> on.contains(RetryOn.INTERNAL);
      case GrpcStatus.UNAVAILABLE -> on.contains(RetryOn.UNAVAILABLE);
      default -> false;
    };
  }

  /**
   * Whether an attempt without an answer is retried.
   *
   * @param requestSent whether any byte of the request may have reached the upstream
   */
  public boolean retriesFailure(TransportFailure failure, boolean requestSent) {
    if (noAnswer) {
      return true;
    }
    boolean beforeRequest = on.contains(RetryOn.RESET_BEFORE_REQUEST);
    return switch (failure) {
      case CONNECT_FAILURE -> beforeRequest || on.contains(RetryOn.CONNECT_FAILURE);
      case REFUSED_STREAM -> (beforeRequest && !requestSent) || on.contains(RetryOn.REFUSED_STREAM);
      case CONNECTION_TERMINATION, REMOTE_RESET -> beforeRequest && !requestSent;
      case PROTOCOL_ERROR -> false;
    };
  }

  /** Whether an attempt that ran out of its per-try timeout is retried. */
  public boolean retriesTimeout() {
    return noAnswer;
  }
}
