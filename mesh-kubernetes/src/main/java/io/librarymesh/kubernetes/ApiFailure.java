package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jspecify.annotations.Nullable;

/** What a failure of the API server means to its reader. */
final class ApiFailure {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  private ApiFailure() {}

  /** Whether trying again is of no use before somebody has granted something. */
  static boolean isRefusal(Throwable failure) {
    KubernetesClientException answer = answer(failure);
    return answer != null && (answer.getCode() == UNAUTHORIZED || answer.getCode() == FORBIDDEN);
  }

  /** What to tell a user. */
  static String words(Throwable failure) {
    KubernetesClientException answer = answer(failure);
    if (answer != null && answer.getStatus() != null && isRefusal(answer)) {
      return (answer.getCode() == FORBIDDEN ? "forbidden" : "not authenticated")
          + " ("
          + answer.getStatus().getMessage()
          + "); grant the account list and watch";
    }
    Throwable root = answer == null ? root(failure) : answer;
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }

  /** What the API server answered; null when it did not. */
  private static @Nullable KubernetesClientException answer(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof KubernetesClientException answer && answer.getCode() != 0) {
        return answer;
      }
    }
    return null;
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return root;
  }
}
