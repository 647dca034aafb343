package io.librarymesh;

import io.librarymesh.attempt.Admission;
import io.librarymesh.attempt.Limits;
import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.pick.HostState;
import io.librarymesh.route.RequestHead;
import io.librarymesh.telemetry.ResponseFlag;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answers that the mesh gives itself: Envoy's status, Envoy's words, then in brackets what the
 * reader needs to find the cause. Source: the local replies of Envoy's router and fault filter.
 */
final class LocalReplies {
  private static final Map<String, String> OVERLOADED = Map.of("x-envoy-overloaded", "true");
  private static final ResponseFlag[] FLAGS = ResponseFlag.values();

  private LocalReplies() {}

  static Step.Reply of(int status, String envoyText, String details, int flags) {
    return new Step.Reply(status, text(envoyText, details), Map.of(), flagSet(flags));
  }

  static Step.Reply redirect(int status, String location, int flags) {
    return new Step.Reply(status, "", Map.of("location", location), flagSet(flags));
  }

  static Step.Reply overflow(String details, int flags) {
    String text = resetText(false, "overflow");
    return new Step.Reply(503, text(text, details), OVERLOADED, flagSet(flags));
  }

  /** The answer to a failure that is not retried, or not any more. */
  static Step.Reply failed(TransportFailure failure, boolean retried, String details, int flags) {
    int status = failure == TransportFailure.PROTOCOL_ERROR ? 502 : 503;
    return of(status, resetText(retried, reason(failure)), details, flags);
  }

  static ResponseFlag flag(TransportFailure failure) {
    return switch (failure) {
      case CONNECT_FAILURE -> ResponseFlag.UF;
      case CONNECTION_TERMINATION -> ResponseFlag.UC;
      case REMOTE_RESET, REFUSED_STREAM -> ResponseFlag.UR;
      case PROTOCOL_ERROR -> ResponseFlag.UPE;
    };
  }

  /** Such as {@code connect_failure}, for records of attempts. */
  static String name(TransportFailure failure) {
    return switch (failure) {
      case CONNECT_FAILURE -> "connect_failure";
      case CONNECTION_TERMINATION -> "connection_termination";
      case REMOTE_RESET -> "remote_reset";
      case REFUSED_STREAM -> "refused_stream";
      case PROTOCOL_ERROR -> "protocol_error";
    };
  }

  static Set<ResponseFlag> flagSet(int bits) {
    if (bits == 0) {
      return Set.of();
    }
    EnumSet<ResponseFlag> flags = EnumSet.noneOf(ResponseFlag.class);
    for (ResponseFlag flag : FLAGS) {
      if ((bits & flag.mask()) != 0) {
        flags.add(flag);
      }
    }
    return flags;
  }

  /** Service, subset, endpoint, attempt, and the reason when there is one. */
  static String details(
      ClusterRuntime cluster, @Nullable HostState host, int attempt, int allowed, String reason) {
    StringBuilder text = new StringBuilder(cluster.state.description());
    if (host != null) {
      text.append(", endpoint ").append(host.endpoint().hostPort());
    }
    text.append(", attempt ").append(attempt).append(" of ").append(allowed);
    return reason.isEmpty() ? text.toString() : text.append(": ").append(reason).toString();
  }

  /** Which limit refused an attempt. */
  static String limit(Limits limits, Admission admission) {
    CircuitBreakers.Thresholds breakers = limits.breakers();
    return admission == Admission.OVERFLOW_REQUESTS
        ? "max_requests " + breakers.maxRequests()
        : "max_pending_requests " + breakers.maxPendingRequests();
  }

  static String where(RequestHead head) {
    return head.scheme() + "://" + head.authority() + head.path();
  }

  private static String text(String envoyText, String details) {
    if (details.isEmpty()) {
      return envoyText;
    }
    return envoyText.isEmpty() ? details : envoyText + " [" + details + "]";
  }

  private static String resetText(boolean retried, String reason) {
    return "upstream connect error or disconnect/reset before headers. "
        + (retried ? "retried and the latest reset reason: " : "reset reason: ")
        + reason;
  }

  private static String reason(TransportFailure failure) {
    return switch (failure) {
      case CONNECT_FAILURE -> "remote connection failure";
      case CONNECTION_TERMINATION -> "connection termination";
      case REMOTE_RESET -> "remote reset";
      case REFUSED_STREAM -> "remote refused stream reset";
      case PROTOCOL_ERROR -> "protocol error";
    };
  }
}
