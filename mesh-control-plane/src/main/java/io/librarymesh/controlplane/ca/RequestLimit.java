package io.librarymesh.controlplane.ca;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.librarymesh.proto.istio.v1.auth.IstioCertificateServiceGrpc;

/**
 * Ends a request for a certificate that is larger than any of them while it comes in: everybody may
 * send one, and 4 MiB of each, which gRPC takes, would be kept until the token has been looked at.
 * What others send has been asked for by then by somebody with a certificate.
 */
public final class RequestLimit extends ServerStreamTracer.Factory {
  private static final long MAX_BYTES = 64 << 10;
  private static final String METHOD =
      IstioCertificateServiceGrpc.getCreateCertificateMethod().getFullMethodName();
  private static final ServerStreamTracer NONE = new ServerStreamTracer() {};

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    return method.equals(METHOD) ? new Counted() : NONE;
  }

  /** Told by the thread of the connection alone. */
  private static final class Counted extends ServerStreamTracer {
    private long bytes;

    @Override
    public void inboundWireSize(long more) {
      bytes += more;
      if (bytes > MAX_BYTES) {
        throw Status.RESOURCE_EXHAUSTED
            .withDescription("request: more than " + MAX_BYTES + " bytes")
            .asRuntimeException();
      }
    }
  }
}
