package io.librarymesh.controlplane.translate;

import io.grpc.Status;
import io.librarymesh.controlplane.istio.HttpFaultInjection;
import io.librarymesh.controlplane.istio.Percent;
import io.librarymesh.proto.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.librarymesh.proto.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.librarymesh.proto.envoy.type.v3.FractionalPercent;
import java.util.Optional;

/** A rule's faults as Envoy's HTTPFault. A fault that can never happen is left out. */
final class FaultTranslation {

  static final String FILTER = "envoy.filters.http.fault";

  private FaultTranslation() {}

  static Optional<HTTPFault> translate(HttpFaultInjection fault) {
    HTTPFault.Builder result = HTTPFault.newBuilder();
    fault.delay().ifPresent(delay -> setDelay(result, delay));
    fault.abort().ifPresent(abort -> setAbort(result, abort));
    return result.hasDelay() || result.hasAbort() ? Optional.of(result.build()) : Optional.empty();
  }

  private static void setDelay(HTTPFault.Builder result, HttpFaultInjection.Delay delay) {
    if (delay.percentage().perMillion() > 0) {
      delay
          .fixedDelay()
          .ifPresent(
              fixed ->
                  result.setDelay(
                      FaultDelay.newBuilder()
                          .setFixedDelay(Packing.duration(fixed))
                          .setPercentage(fraction(delay.percentage()))));
    }
  }

  private static void setAbort(HTTPFault.Builder result, HttpFaultInjection.Abort abort) {
    FaultAbort.Builder reply = FaultAbort.newBuilder().setPercentage(fraction(abort.percentage()));
    abort.httpStatus().ifPresent(reply::setHttpStatus);
    abort.grpcStatus().ifPresent(name -> reply.setGrpcStatus(Status.Code.valueOf(name).value()));
    if (abort.percentage().perMillion() > 0
        && reply.getErrorTypeCase() != FaultAbort.ErrorTypeCase.ERRORTYPE_NOT_SET) {
      result.setAbort(reply);
    }
  }

  static FractionalPercent fraction(Percent percent) {
    return FractionalPercent.newBuilder()
        .setNumerator(percent.perMillion())
        .setDenominator(FractionalPercent.DenominatorType.MILLION)
        .build();
  }
}
