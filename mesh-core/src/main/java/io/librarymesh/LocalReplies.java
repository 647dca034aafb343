package io.librarymesh;

import io.librarymesh.attempt.Admission;
import io.librarymesh.attempt.Limits;
import io.librarymesh.attempt.TimeLimit;
import io.librarymesh.config.Body;
import io.librarymesh.config.CircuitBreakers;
import io.librarymesh.config.ClusterName;
import io.librarymesh.config.StoredResponse;
import io.librarymesh.guard.Failure;
import io.librarymesh.guard.GuardDecision;
import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.pick.HostState;
import io.librarymesh.route.GrpcRequest;
import io.librarymesh.route.HeaderSink;
import io.librarymesh.route.PathDecision;
import io.librarymesh.route.RequestHead;
import io.librarymesh.telemetry.ResponseFlag;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answers that the mesh gives itself: Envoy's status, Envoy's words, then in brackets what the
 * reader needs to find the cause. Source: the local replies of Envoy's router and fault filter.
 */
final class LocalReplies {
  private static final Map<String, List<String>> TEXT =
      Map.of("content-type", List.of("text/plain"));
  private static final Map<String, List<String>> OVERLOADED =
      Map.of("content-type", List.of("text/plain"), "x-envoy-overloaded", List.of("true"));
  private static final Map<String, List<String>> DROPPED =
      Map.of("content-type", List.of("text/plain"), "x-envoy-drop-overload", List.of("true"));
  private static final ResponseFlag[] FLAGS = ResponseFlag.values();
  private static final int TIMEOUTS =
      ResponseFlag.UT.mask()
          | ResponseFlag.SI.mask()
          | ResponseFlag.DT.mask()
          | ResponseFlag.UMSDR.mask();

  private LocalReplies() {}

  static Step.Reply of(int status, String envoyText, String details, int flags) {
    String text = text(envoyText, details);
    return new Step.Reply(
        status, Body.ofText(text), text.isEmpty() ? Map.of() : TEXT, flagSet(flags));
  }

  static Step.Reply redirect(int status, String location, int flags) {
    return new Step.Reply(
        status, Body.EMPTY, Map.of("location", List.of(location)), flagSet(flags));
  }

  static Step.Reply overflow(String details, int flags) {
    String text = resetText(false, "overflow");
    return new Step.Reply(503, Body.ofText(text(text, details)), OVERLOADED, flagSet(flags));
  }

  /** The answer to a call that was not sent to spare its cluster. */
  static Step.Reply dropped(String details, int flags) {
    return new Step.Reply(
        503, Body.ofText(text("drop overload", details)), DROPPED, flagSet(flags));
  }

  /**
   * The answer of a policy. Envoy's filters say the first and the last; there is no bulkhead in
   * Envoy, so what it says is what an overflow of the router's says.
   */
  static Step.Reply refused(GuardDecision.Refuse refuse, String authority, int flags) {
    String details = authority + ", " + refuse.detail();
    return switch (refuse.limit()) {
      case RATE_LIMIT -> of(429, "local_rate_limited", details, flags);
      case BULKHEAD ->
          new Step.Reply(
              503, Body.ofText(text("bulkhead is full", details)), OVERLOADED, flagSet(flags));
      case ADAPTIVE_CONCURRENCY -> of(503, "reached concurrency limit", details, flags);
    };
  }

  /** The answer that a policy has in place of a failure. */
  static Step.Reply stored(StoredResponse response, int flags) {
    return new Step.Reply(response.status(), response.body(), response.headers(), flagSet(flags));
  }

  /** The same answer for other callers. */
  static StoredResponse stored(Step.Reply reply) {
    return new StoredResponse(reply.status(), reply.headers(), reply.body());
  }

  /** Why there is no answer from an upstream, as far as flags say it. */
  static Failure failure(int flags) {
    if (isSet(flags, ResponseFlag.RL)) {
      return Failure.RATE_LIMITED;
    }
    if ((flags & TIMEOUTS) != 0) {
      return Failure.TIMEOUT;
    }
    if (isSet(flags, ResponseFlag.UF)) {
      return Failure.CONNECT_FAILURE;
    }
    if (isSet(flags, ResponseFlag.UC)
        || isSet(flags, ResponseFlag.UR)
        || isSet(flags, ResponseFlag.UPE)) {
      return Failure.RESET;
    }
    return isSet(flags, ResponseFlag.UO) || isSet(flags, ResponseFlag.DO)
        ? Failure.OVERLOAD
        : Failure.NONE;
  }

  private static boolean isSet(int flags, ResponseFlag flag) {
    return (flags & flag.mask()) != 0;
  }

  /** The answer to a failure that is not retried, or not any more. */
  static Step.Reply failed(TransportFailure failure, boolean retried, String details, int flags) {
    int status = failure == TransportFailure.PROTOCOL_ERROR ? 502 : 503;
    return of(status, resetText(retried, reason(failure)), details, flags);
  }

  static ResponseFlag flag(TimeLimit limit) {
    return switch (limit) {
      case STREAM_DURATION -> ResponseFlag.DT;
      case STREAM_IDLE -> ResponseFlag.SI;
      case UPSTREAM_DURATION -> ResponseFlag.UMSDR;
      case ROUTE, PER_TRY, PER_TRY_IDLE -> ResponseFlag.UT;
    };
  }

  /** Envoy's words for having run out of time. */
  static String words(TimeLimit limit) {
    return switch (limit) {
      case STREAM_DURATION -> "downstream duration timeout";
      case STREAM_IDLE -> "stream timeout";
      case UPSTREAM_DURATION -> "upstream max stream duration reached";
      case ROUTE, PER_TRY, PER_TRY_IDLE -> "upstream request timeout";
    };
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

  /** The digits of a number, at no cost for those that nearly all attempts have. */
  static String number(int number) {
    return number == 1 ? "1" : Integer.toString(number);
  }

  /** The short names, joined by commas. */
  static String names(Set<ResponseFlag> flags) {
    StringBuilder names = new StringBuilder();
    for (ResponseFlag flag : flags) {
      names.append(names.length() == 0 ? "" : ",").append(flag.shortName());
    }
    return names.toString();
  }

  /** The same answer with the header operations of a call's route carried out. */
  static Step.Reply changed(Step.Reply reply, CallState call) {
    Map<String, List<String>> headers = new LinkedHashMap<>(reply.headers());
    call.changeResponse(
        name -> {
          List<String> lines = reply.headers().get(name);
          return lines == null ? null : String.join(",", lines);
        },
        reply.status(),
        new LineWriter(headers));
    return new Step.Reply(reply.status(), reply.body(), headers, reply.flags());
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

  /** The answer to a request whose path has no rules; gRPC knows no redirects. */
  static Step.Reply refusedPath(PathDecision path, RequestHead head, int flags) {
    String reason = "it has an escaped slash";
    if (path instanceof PathDecision.Refused refused) {
      reason = refused.reason();
    } else if (path instanceof PathDecision.Redirected redirected
        && !GrpcRequest.isGrpc(head.header("content-type"))) {
      return redirect(307, redirected.path(), flags);
    }
    return of(400, "", "the path of " + where(head) + " is refused: " + reason, flags);
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

  /** Names the cluster, and what is most likely missing when it is a subset. */
  static String noCluster(String name) {
    String subset = ClusterName.parse(name).subset();
    return "no cluster "
        + name
        + (subset.isEmpty() ? "" : " (does a DestinationRule declare the subset " + subset + "?)");
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

  /** Changes a map of lines. */
  private record LineWriter(Map<String, List<String>> headers) implements HeaderSink {
    @Override
    public void add(String name, String value) {
      List<String> lines = new ArrayList<>(headers.getOrDefault(name, List.of()));
      lines.add(value);
      headers.put(name, lines);
    }

    @Override
    public void remove(String name) {
      headers.remove(name);
    }
  }
}
