package io.librarymesh.controlplane.istio;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A rule's retry policy; Istio's {@code HTTPRetry}.
 *
 * @param attempts how many retries, not tries; 0 switches retries off
 * @param perTryTimeout the limit of one try; absent means only the rule's timeout limits
 * @param retryOn conditions and status codes, in the order written, trimmed; empty means the
 *     built-in list
 * @param retryIgnorePreviousHosts whether to avoid hosts that were already tried; absent means true
 *     unless the destination hashes
 * @param retryRemoteLocalities whether to prefer another priority on a retry
 * @param backoff the base interval; absent means 25 ms
 */
public record HttpRetry(
    int attempts,
    Optional<Duration> perTryTimeout,
    List<String> retryOn,
    Optional<Boolean> retryIgnorePreviousHosts,
    Optional<Boolean> retryRemoteLocalities,
    Optional<Duration> backoff) {

  /** Copies the list. */
  public HttpRetry {
    retryOn = List.copyOf(retryOn);
  }
}
