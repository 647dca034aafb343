package io.librarymesh;

import io.librarymesh.config.Endpoint;
import io.librarymesh.route.StreamInfo;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the values of headers can tell of a call. Made only for calls whose route changes headers.
 *
 * @param responseCode the status that the caller gets; 0 before that is known
 */
record CallInfo(CallState call, int responseCode) implements StreamInfo {
  @Override
  public long startMillis() {
    Seams seams = call.seams();
    long ago = seams.ticker().nanos() - call.startNanos;
    return seams.wallClock().millis() - TimeUnit.NANOSECONDS.toMillis(ago);
  }

  @Override
  public String routeName() {
    return call.bound().matched.route().name();
  }

  @Override
  public String virtualHostName() {
    return call.bound().matched.virtualHost().name();
  }

  @Override
  public String clusterName() {
    return call.cluster == null ? "" : call.cluster.name;
  }

  @Override
  public @Nullable Endpoint endpoint() {
    return call.host == null ? null : call.host.endpoint();
  }

  @Override
  public int attempt() {
    return call.attemptNumber();
  }

  @Override
  public String responseFlags() {
    return LocalReplies.names(LocalReplies.flagSet(call.flagBits()));
  }

  @Override
  public String hostname() {
    return call.seams().hostname();
  }
}
