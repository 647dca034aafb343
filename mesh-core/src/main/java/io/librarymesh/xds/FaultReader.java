package io.librarymesh.xds;

import io.librarymesh.config.FaultInjection;
import io.librarymesh.config.FractionalPercent;
import io.librarymesh.config.HeaderMatch;
import io.librarymesh.proto.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.librarymesh.proto.envoy.extensions.filters.common.fault.v3.FaultRateLimit;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads fault injection. Source: Envoy {@code filters.http.fault.v3.HTTPFault}. */
final class FaultReader {
  /** The filter's usual name, by which an override without a message of its own is recognized. */
  static final String FILTER_NAME = "envoy.filters.http.fault";

  private FaultReader() {}

  static FaultInjection read(HTTPFault fault, FieldPath at, Findings findings) {
    FieldUse.report(fault, at, findings);
    FaultInjection.Delay delay =
        fault.hasDelay()
            ? delay(fault.getDelay(), at.field("delay"), findings)
            : FaultInjection.Delay.NONE;
    FaultInjection.Abort abort =
        fault.hasAbort()
            ? abort(fault.getAbort(), at.field("abort"), findings)
            : FaultInjection.Abort.NONE;
    FaultInjection.ResponseRateLimit limit =
        fault.hasResponseRateLimit()
            ? rateLimit(fault.getResponseRateLimit(), at.field("response_rate_limit"), findings)
            : FaultInjection.ResponseRateLimit.NONE;
    int maxActive =
        fault.hasMaxActiveFaults()
            ? (int)
                Math.min(
                    Integer.toUnsignedLong(fault.getMaxActiveFaults().getValue()),
                    FaultInjection.UNLIMITED)
            : FaultInjection.UNLIMITED;
    return new FaultInjection(delay, abort, limit, gate(fault, at, findings), maxActive);
  }

  private static FaultInjection.Gate gate(HTTPFault fault, FieldPath at, Findings findings) {
    List<HeaderMatch> headers = new ArrayList<>();
    for (int i = 0; i < fault.getHeadersCount(); i++) {
      headers.add(MatcherReader.header(fault.getHeaders(i), at.element("headers", i), findings));
    }
    return new FaultInjection.Gate(
        fault.getUpstreamCluster(), Set.copyOf(fault.getDownstreamNodesList()), headers);
  }

  private static FaultInjection.ResponseRateLimit rateLimit(
      FaultRateLimit limit, FieldPath at, Findings findings) {
    FractionalPercent share =
        MatcherReader.percent(limit.getPercentage(), at.field("percentage"), findings);
    return switch (limit.getLimitTypeCase()) {
      case FIXED_LIMIT -> {
        long rate = limit.getFixedLimit().getLimitKbps();
        if (rate == 0) {
          findings.error(at.field("fixed_limit").field("limit_kbps"), "0 (expected: >= 1)");
        }
        yield rate == 0 || share.numerator() == 0
            ? FaultInjection.ResponseRateLimit.NONE
            // Beyond what a long holds there is no limit to notice.
            : new FaultInjection.ResponseRateLimit(share, rate < 0 ? Long.MAX_VALUE : rate);
      }
      case HEADER_LIMIT -> FaultInjection.ResponseRateLimit.ofHeader(share);
      case LIMITTYPE_NOT_SET -> {
        findings.error(at, "no limit (expected: fixed_limit)");
        yield FaultInjection.ResponseRateLimit.NONE;
      }
    };
  }

  private static FaultInjection.Delay delay(FaultDelay delay, FieldPath at, Findings findings) {
    FractionalPercent share =
        MatcherReader.percent(delay.getPercentage(), at.field("percentage"), findings);
    return switch (delay.getFaultDelaySecifierCase()) {
      case FIXED_DELAY -> {
        long nanos =
            DurationReader.positiveNanos(delay.getFixedDelay(), at.field("fixed_delay"), findings);
        yield share.numerator() == 0
            ? FaultInjection.Delay.NONE
            : new FaultInjection.Delay(share, nanos);
      }
      case HEADER_DELAY -> FaultInjection.Delay.ofHeader(share);
      case FAULTDELAYSECIFIER_NOT_SET -> {
        findings.error(at, "no delay (expected: fixed_delay)");
        yield FaultInjection.Delay.NONE;
      }
    };
  }

  private static FaultInjection.Abort abort(FaultAbort abort, FieldPath at, Findings findings) {
    FractionalPercent share =
        MatcherReader.percent(abort.getPercentage(), at.field("percentage"), findings);
    return switch (abort.getErrorTypeCase()) {
      case HTTP_STATUS -> status(abort.getHttpStatus(), share, at.field("http_status"), findings);
      case GRPC_STATUS -> grpcStatus(abort.getGrpcStatus(), share, at, findings);
      case HEADER_ABORT -> FaultInjection.Abort.ofHeader(share);
      case ERRORTYPE_NOT_SET -> {
        findings.error(at, "no status (expected: http_status)");
        yield FaultInjection.Abort.NONE;
      }
    };
  }

  private static FaultInjection.Abort grpcStatus(
      int status, FractionalPercent share, FieldPath at, Findings findings) {
    if (status < 0) {
      findings.error(
          at.field("grpc_status"),
          Integer.toUnsignedString(status) + " (expected: <= " + Integer.MAX_VALUE + ")");
      return FaultInjection.Abort.NONE;
    }
    return FaultInjection.Abort.ofGrpc(share, status);
  }

  private static FaultInjection.Abort status(
      int status, FractionalPercent share, FieldPath at, Findings findings) {
    if (status < 200 || status > 599) {
      findings.error(at, Integer.toUnsignedString(status) + " (expected: 200..599)");
      return FaultInjection.Abort.NONE;
    }
    return share.numerator() == 0
        ? FaultInjection.Abort.NONE
        : new FaultInjection.Abort(share, status);
  }
}
