package io.librarymesh.controlplane.admin;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.librarymesh.controlplane.admin.AdminAccess.Denial;
import io.librarymesh.controlplane.admin.AdminAccess.Reason;
import java.util.Optional;

/**
 * Lets in who may read the pages under {@code /debug}; the token is metadata, {@code authorization:
 * Bearer TOKEN}.
 */
final class DebugGate implements ServerInterceptor {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final AdminAccess access;
  private final boolean local;

  DebugGate(AdminAccess access, boolean local) {
    this.access = access;
    this.local = local;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Optional<Denial> denial = access.denial(local, headers.get(AUTHORIZATION), call.getAuthority());
    if (denial.isEmpty()) {
      return next.startCall(call, headers);
    }
    Status status =
        denial.get().reason() == Reason.TOKEN ? Status.UNAUTHENTICATED : Status.PERMISSION_DENIED;
    call.close(status.withDescription(denial.get().message()), new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
