package io.librarymesh.testkit.conformance;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import java.util.Set;

/** Reads the {@code fault} of a route. */
final class FaultReader {
  private FaultReader() {}

  static FaultInjection fault(CaseNode node) {
    CaseFields fields = node.fields();
    FaultInjection fault =
        new FaultInjection(
            fields.read("delay", FaultInjection.Delay.NONE, FaultReader::delay),
            fields.read("abort", FaultInjection.Abort.NONE, FaultReader::abort),
            fields.read(
                "responseRateLimit",
                FaultInjection.ResponseRateLimit.NONE,
                FaultReader::responseRateLimit),
            new FaultInjection.Gate(
                fields.text("upstreamCluster", ""),
                Set.copyOf(fields.list("downstreamNodes", CaseNode::text)),
                fields.list("headers", MatchReader::header)),
            fields.integer("maxActive", FaultInjection.UNLIMITED));
    fields.end();
    return fault;
  }

  private static FaultInjection.ResponseRateLimit responseRateLimit(CaseNode node) {
    CaseFields fields = node.fields();
    FractionalPercent share = MatchReader.share(fields.required("share"));
    boolean byHeader = fields.read("byHeader", false, CaseNode::flag);
    int rate = byHeader ? 0 : fields.required("kibPerSecond").integer();
    fields.end();
    return node.check(place -> new FaultInjection.ResponseRateLimit(share, rate, byHeader));
  }

  private static FaultInjection.Delay delay(CaseNode node) {
    CaseFields fields = node.fields();
    FractionalPercent share = MatchReader.share(fields.required("share"));
    boolean byHeader = fields.read("byHeader", false, CaseNode::flag);
    long nanos = byHeader ? 0 : fields.required("fixed").nanos();
    fields.end();
    return node.check(place -> new FaultInjection.Delay(share, nanos, byHeader));
  }

  private static FaultInjection.Abort abort(CaseNode node) {
    CaseFields fields = node.fields();
    FractionalPercent share = MatchReader.share(fields.required("share"));
    boolean byHeader = fields.read("byHeader", false, CaseNode::flag);
    int grpcStatus = fields.integer("grpcStatus", FaultInjection.Abort.NO_GRPC_STATUS);
    int status = byHeader || grpcStatus >= 0 ? 0 : fields.required("status").integer();
    fields.end();
    return node.check(place -> new FaultInjection.Abort(share, status, grpcStatus, byHeader));
  }
}
