package io.librarymesh.guard;

import io.librarymesh.config.FailureCondition;
import io.librarymesh.config.Fallback;
import io.librarymesh.config.LastGoodResponse;
import io.librarymesh.config.StoredResponse;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The compiled fallback of one rule. Immutable; any thread. */
final class FallbackPlan {
  /** Of a fallback that does not say what it is for. */
  static final FallbackPlan UNSAID =
      compile(
          new Fallback(
              Set.of(FailureCondition.FIVE_XX, FailureCondition.RATE_LIMITED),
              Set.of(),
              "",
              LastGoodResponse.NONE,
              null));

  private final Fallback config;
  private final @Nullable FallbackDecision forward;
  private final @Nullable FallbackDecision answer;

  private FallbackPlan(Fallback config) {
    this.config = config;
    this.forward =
        config.cluster().isEmpty() ? null : new FallbackDecision.Forward(config.cluster());
    StoredResponse response = config.response();
    this.answer = response == null ? null : new FallbackDecision.Answer(response, false);
  }

  static FallbackPlan compile(Fallback config) {
    return new FallbackPlan(config);
  }

  /**
   * Whether what the caller would get is a failure.
   *
   * @param status what it would see
   */
  boolean appliesTo(int status, Failure failure) {
    Set<FailureCondition> on = config.on();
    return (status >= 500 && status <= 599 && on.contains(FailureCondition.FIVE_XX))
        || (status >= 502 && status <= 504 && on.contains(FailureCondition.GATEWAY_ERROR))
        || namesReason(on, failure)
        || config.statuses().contains(status);
  }

  private static boolean namesReason(Set<FailureCondition> on, Failure failure) {
    return switch (failure) {
      case NONE -> false;
      case CONNECT_FAILURE ->
          on.contains(FailureCondition.CONNECT_FAILURE) || on.contains(FailureCondition.RESET);
      case RESET -> on.contains(FailureCondition.RESET);
      case TIMEOUT -> on.contains(FailureCondition.TIMEOUT);
      case OVERLOAD -> on.contains(FailureCondition.OVERLOAD);
      case RATE_LIMITED -> on.contains(FailureCondition.RATE_LIMITED);
    };
  }

  /** Null when there is no other cluster. */
  @Nullable FallbackDecision forward() {
    return forward;
  }

  /** Null when there is no answer that is always the same. */
  @Nullable FallbackDecision answer() {
    return answer;
  }
}
