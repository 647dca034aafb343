package io.librarymesh.controlplane.translate;

import com.google.protobuf.UInt32Value;
import io.librarymesh.controlplane.istio.HttpMatchRequest;
import io.librarymesh.controlplane.istio.HttpRetry;
import io.librarymesh.controlplane.istio.StringMatch;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy;
import io.librarymesh.proto.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.librarymesh.proto.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A rule's retries as Envoy's RetryPolicy. A rule's own policy inherits nothing: what it leaves out
 * is Istio's built-in value, even where the mesh has another.
 */
final class RetryTranslation {

  private static final List<String> BUILT_IN_CONDITIONS =
      List.of(
          "connect-failure",
          "refused-stream",
          "unavailable",
          "cancelled",
          "retriable-status-codes");
  private static final HttpRetry BUILT_IN =
      new HttpRetry(
          2, Optional.empty(), List.of(), Optional.empty(), Optional.empty(), Optional.empty());
  private static final String STATUS_CODES = "retriable-status-codes";

  /** What grpc-java and its like act on; they take the other conditions and ignore them. */
  private static final Set<String> GRPC_CONDITIONS =
      Set.of("cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable");

  private static final int HOST_SELECTION_ATTEMPTS = 5;
  private static final int PRIORITY_UPDATE_FREQUENCY = 2;

  private RetryTranslation() {}

  /**
   * The policy of a route.
   *
   * @param own the rule's policy, if it has one
   * @param sticky whether the route's only destination hashes, so that another host is not wanted
   * @return absent when nothing is retried
   */
  static Optional<RetryPolicy> translate(
      Optional<HttpRetry> own, boolean sticky, MeshConfig mesh, Dialect dialect) {
    HttpRetry retry = own.or(mesh::defaultHttpRetryPolicy).orElse(BUILT_IN);
    if (retry.attempts() < 1) {
      return Optional.empty();
    }
    return dialect.isGrpc() ? forGrpc(retry) : Optional.of(full(retry, sticky));
  }

  private static RetryPolicy full(HttpRetry retry, boolean sticky) {
    RetryPolicy.Builder policy =
        RetryPolicy.newBuilder().setNumRetries(UInt32Value.of(retry.attempts()));
    List<String> conditions = new ArrayList<>();
    for (String token : conditions(retry)) {
      if (isStatus(token)) {
        policy.addRetriableStatusCodes(Integer.parseInt(token));
      } else {
        conditions.add(token);
      }
    }
    if (policy.getRetriableStatusCodesCount() > 0 && !conditions.contains(STATUS_CODES)) {
      conditions.add(STATUS_CODES);
    }
    policy.setRetryOn(String.join(",", conditions));
    retry.perTryTimeout().ifPresent(t -> policy.setPerTryTimeout(Packing.duration(t)));
    setBackOff(policy, retry);
    if (retry.retryIgnorePreviousHosts().orElse(!sticky)) {
      policy
          .addRetryHostPredicate(
              RetryPolicy.RetryHostPredicate.newBuilder()
                  .setName("envoy.retry_host_predicates.previous_hosts")
                  .setTypedConfig(Packing.pack(PreviousHostsPredicate.getDefaultInstance())))
          .setHostSelectionRetryMaxAttempts(HOST_SELECTION_ATTEMPTS);
    }
    if (retry.retryRemoteLocalities().orElse(false)) {
      policy.setRetryPriority(
          RetryPolicy.RetryPriority.newBuilder()
              .setName("envoy.retry_priorities.previous_priorities")
              .setTypedConfig(
                  Packing.pack(
                      PreviousPrioritiesConfig.newBuilder()
                          .setUpdateFrequency(PRIORITY_UPDATE_FREQUENCY)
                          .build())));
    }
    return policy.build();
  }

  private static Optional<RetryPolicy> forGrpc(HttpRetry retry) {
    List<String> conditions = conditions(retry).stream().filter(GRPC_CONDITIONS::contains).toList();
    if (conditions.isEmpty()) {
      return Optional.empty();
    }
    RetryPolicy.Builder policy =
        RetryPolicy.newBuilder()
            .setRetryOn(String.join(",", conditions))
            .setNumRetries(UInt32Value.of(retry.attempts()));
    setBackOff(policy, retry);
    return Optional.of(policy.build());
  }

  /** Whether gRPC's clients act on a condition. */
  static boolean isForGrpc(String condition) {
    return GRPC_CONDITIONS.contains(condition);
  }

  /** Whether a policy's conditions are those that hold where nobody wrote any. */
  static boolean isBuiltIn(RetryPolicy policy) {
    return policy.getRetryOn().equals(String.join(",", BUILT_IN_CONDITIONS))
        && policy.getRetriableStatusCodesCount() == 0;
  }

  /**
   * Whether a rule says that requests may be processed twice whatever their method: by the
   * annotation of its VirtualService, or since it names such a method and has retries of its own.
   */
  static boolean forAnyMethod(VirtualService owner, RouteSelection.Candidate candidate) {
    if ("true".equals(owner.metadata().annotations().get(VirtualService.RETRY_ANY_METHOD))) {
      return true;
    }
    return candidate.rule().retries().isPresent()
        && candidate
            .match()
            .flatMap(HttpMatchRequest::method)
            .filter(StringMatch.Exact.class::isInstance)
            .isPresent();
  }

  /**
   * Whether a try that runs out of its time goes on beside the next: where the annotation of the
   * VirtualService says so, and a try has a time.
   */
  static boolean hedges(VirtualService owner, RetryPolicy policy) {
    return policy.hasPerTryTimeout()
        && "true"
            .equals(owner.metadata().annotations().get(VirtualService.HEDGE_ON_PER_TRY_TIMEOUT));
  }

  private static List<String> conditions(HttpRetry retry) {
    return retry.retryOn().isEmpty() ? BUILT_IN_CONDITIONS : retry.retryOn();
  }

  private static void setBackOff(RetryPolicy.Builder policy, HttpRetry retry) {
    retry
        .backoff()
        .ifPresent(
            base ->
                policy.setRetryBackOff(
                    RetryPolicy.RetryBackOff.newBuilder().setBaseInterval(Packing.duration(base))));
  }

  private static boolean isStatus(String token) {
    return token.length() == 3 && token.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
