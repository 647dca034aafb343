package io.librarymesh.cli;

import static io.librarymesh.cli.ExplanationText.time;

import io.librarymesh.config.Cluster;
import io.librarymesh.config.HttpProtocolOptions;
import io.librarymesh.config.Timeouts;
import io.librarymesh.config.Timeouts.GrpcTimeout;
import io.librarymesh.route.GrpcRequest;
import java.util.ArrayList;
import java.util.List;
import okhttp3.Request;

/** What bounds a call, for people. */
final class TimeoutText {
  private TimeoutText() {}

  /** Of a route, for a request. */
  static List<String> lines(Timeouts timeouts, Request request) {
    boolean asks = request.header(GrpcRequest.TIMEOUT) != null;
    boolean grpc = GrpcRequest.isGrpc(request.header("content-type"));
    List<String> lines = new ArrayList<>();
    boolean own = grpc && timeouts.grpc().isRead();
    lines.add("  timeout     " + (own ? asked(timeouts.grpc()) : bound(timeouts.routeNanos())));
    Timeouts.StreamDuration stream = timeouts.stream();
    if (asks && stream.grpc().isRead()) {
      lines.add("  whole call  " + asked(stream.grpc()) + ", waits included");
    } else if (stream.maxNanos() > 0) {
      lines.add("  whole call  " + time(stream.maxNanos()) + ", waits included");
    }
    if (timeouts.idleNanos() > 0) {
      lines.add("  silence     " + time(timeouts.idleNanos()));
    }
    return lines;
  }

  private static String asked(GrpcTimeout rule) {
    String asked = "what grpc-timeout asks for";
    return rule.maxNanos() == 0 ? asked : asked + ", at most " + time(rule.maxNanos());
  }

  private static String bound(long nanos) {
    return nanos == 0 ? "none" : time(nanos);
  }

  /** Of a cluster. */
  static List<String> lines(Cluster cluster) {
    List<String> lines = new ArrayList<>();
    lines.add("      connect timeout   " + time(cluster.connectTimeoutNanos()));
    if (cluster.http().maxStreamNanos() > 0) {
      lines.add("      whole attempt     " + time(cluster.http().maxStreamNanos()));
    }
    long idle = cluster.http().idleNanos();
    if (idle != HttpProtocolOptions.UNSAID) {
      lines.add("      idle connections  kept " + (idle == 0 ? "for ever" : "for " + time(idle)));
    }
    return lines;
  }
}
