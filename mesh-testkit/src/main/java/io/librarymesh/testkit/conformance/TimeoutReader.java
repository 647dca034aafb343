package io.librarymesh.testkit.conformance;

import io.librarymesh.config.Timeouts;
import io.librarymesh.config.Timeouts.GrpcTimeout;
import io.librarymesh.config.Timeouts.StreamDuration;

/**
 * Reads the timeouts of a route. What a case leaves out has Envoy's default, but for 15 seconds.
 */
final class TimeoutReader {
  private TimeoutReader() {}

  static Timeouts timeouts(CaseFields route) {
    long timeout = route.nanos("timeout", 0);
    GrpcTimeout grpc = route.read("grpcTimeout", GrpcTimeout.UNREAD, TimeoutReader::grpc);
    StreamDuration stream =
        route.read("maxStreamDuration", StreamDuration.UNSAID, TimeoutReader::stream);
    long idle = route.nanos("idleTimeout", Timeouts.UNSAID);
    return route.owner().check(at -> new Timeouts(timeout, grpc, stream, idle));
  }

  private static GrpcTimeout grpc(CaseNode node) {
    CaseFields fields = node.fields();
    long max = fields.nanos("max", 0);
    long offset = fields.nanos("offset", 0);
    fields.end();
    return node.check(at -> new GrpcTimeout(true, max, offset));
  }

  private static StreamDuration stream(CaseNode node) {
    if (node.isText()) {
      return new StreamDuration(true, node.nanos(), GrpcTimeout.UNREAD);
    }
    CaseFields fields = node.fields();
    long duration = fields.nanos("duration", Timeouts.UNSAID);
    GrpcTimeout grpc = fields.read("grpcTimeout", GrpcTimeout.UNREAD, TimeoutReader::grpc);
    fields.end();
    return node.check(at -> new StreamDuration(true, duration, grpc));
  }
}
