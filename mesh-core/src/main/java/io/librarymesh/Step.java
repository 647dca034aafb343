package io.librarymesh;

import io.librarymesh.config.Body;
import io.librarymesh.config.Cluster;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.HttpProtocolOptions;
import io.librarymesh.telemetry.ResponseFlag;
import io.librarymesh.time.Signal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the driver of a {@link MeshCall} must do next. */
public sealed interface Step {
  /** For a switch: Java 17 cannot switch over sealed types. */
  Kind kind();

  /** The six steps. */
  enum Kind {
    SEND,
    WAIT,
    REPLY,
    DELIVER,
    FALLBACK,
    LEAVE
  }

  /**
   * Send the request to {@link #endpoint}, within {@link MeshCall#attemptTimeoutNanos()} and, from
   * {@link MeshCall#onConnected} on, {@link MeshCall#perTryTimeoutNanos()}, with the path,
   * authority and headers that the call says. Then report one of {@code onResponse}, {@code
   * onFailure}, {@code onTimeout}. One object per host, made when the host is configured.
   *
   * @param endpoint null when the request goes to where its URL points
   * @param connectTimeoutNanos the bound of the connection attempt
   * @param maxRequestsPerConnection how many requests the connection is used for at most; 0 for any
   *     number
   * @param idleTimeoutNanos how long the connection is kept that nothing goes over; 0 means for
   *     ever, {@link HttpProtocolOptions#UNSAID} as long as the client likes
   * @param tls what a request with an {@code http} URL is sent through; null for plain text.
   *     Connections that were made with another one must not be used. A request that cannot be sent
   *     through it has failed to connect; it must not be sent without
   */
  record Send(
      @Nullable Endpoint endpoint,
      long connectTimeoutNanos,
      int maxRequestsPerConnection,
      long idleTimeoutNanos,
      @Nullable EndpointTls tls)
      implements Step {
    /** In plain text. */
    public Send(
        @Nullable Endpoint endpoint,
        long connectTimeoutNanos,
        int maxRequestsPerConnection,
        long idleTimeoutNanos) {
      this(endpoint, connectTimeoutNanos, maxRequestsPerConnection, idleTimeoutNanos, null);
    }

    static Send of(@Nullable Endpoint endpoint, Cluster cluster, @Nullable EndpointTls tls) {
      return new Send(
          endpoint,
          cluster.connectTimeoutNanos(),
          cluster.http().maxRequestsPerConnection(),
          cluster.http().idleNanos(),
          tls);
    }

    /** Whether this is what a cluster asks for of its endpoints, TLS aside. */
    boolean isOf(Cluster cluster) {
      return connectTimeoutNanos == cluster.connectTimeoutNanos()
          && maxRequestsPerConnection == cluster.http().maxRequestsPerConnection()
          && idleTimeoutNanos == cluster.http().idleNanos();
    }

    @Override
    public Kind kind() {
      return Kind.SEND;
    }
  }

  /**
   * Wait until {@code signal} fires or {@code nanos} have passed, whichever is first, then call
   * {@link MeshCall#proceed()}.
   *
   * @param signal null when only time is waited for
   */
  record Wait(long nanos, @Nullable Signal signal) implements Step {
    @Override
    public Kind kind() {
      return Kind.WAIT;
    }
  }

  /**
   * Answer the caller with this, without an upstream. The call has ended.
   *
   * @param body what a policy says in place of a failure, or a text in which Envoy's words come
   *     first; may be empty
   * @param headers of the answer, all of them: lines by lower-case name
   * @param flags why
   */
  record Reply(int status, Body body, Map<String, List<String>> headers, Set<ResponseFlag> flags)
      implements Step {
    public Reply {
      headers = Map.copyOf(headers);
    }

    @Override
    public Kind kind() {
      return Kind.REPLY;
    }
  }

  /**
   * The call has failed, and its caller has a fallback of its own: ask it. When it has an answer,
   * give that to the caller and report {@link MeshCall#onFallback}, otherwise {@link
   * MeshCall#onNoFallback}. Only after {@link MeshCall#offerFallback}.
   *
   * @param failure what the caller would get; null for the response that was just reported, with
   *     the headers of {@link MeshCall#responseHeaders}
   */
  record Fallback(@Nullable Reply failure) implements Step {
    @Override
    public Kind kind() {
      return Kind.FALLBACK;
    }
  }

  /**
   * Do nothing further: another attempt answers the caller. Only of calls that were begun beside
   * another by {@link HedgedAttempt#hedge}. The call has ended.
   */
  record Leave() implements Step {
    /** The only one needed. */
    static final Leave INSTANCE = new Leave();

    @Override
    public Kind kind() {
      return Kind.LEAVE;
    }
  }

  /**
   * Give the caller the response that was just reported, or that of {@link MeshCall#winner}, with
   * the headers of {@link MeshCall#responseHeaders}, then report {@link MeshCall#onBodyEnd()},
   * {@link MeshCall#onBodyFailure} or {@link MeshCall#onBodyTimeout}.
   */
  record Deliver() implements Step {
    /** The only one needed. */
    static final Deliver INSTANCE = new Deliver();

    @Override
    public Kind kind() {
      return Kind.DELIVER;
    }
  }
}
