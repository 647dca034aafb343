package io.librarymesh.controlplane.ca;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.SvidRefusedException;
import io.librarymesh.identity.SvidVerifier;
import io.librarymesh.proto.istio.v1.auth.IstioCertificateServiceGrpc;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Tells services who calls, by the certificate of the connection. It is verified with each call: a
 * connection lives longer than a certificate, and one that resumes a session of TLS has not shown
 * any. Whoever has none may ask for one, and nothing else.
 */
public final class CallerIdentity implements ServerInterceptor {
  private static final Logger LOG = System.getLogger(CallerIdentity.class.getName());

  private static final Context.Key<Optional<SpiffeId>> KEY =
      Context.keyWithDefault("caller-identity", Optional.empty());

  private final CertificateAuthority authority;

  CallerIdentity(CertificateAuthority authority) {
    this.authority = authority;
  }

  /**
   * Who makes the call that is being handled; absent where callers are not asked. On the port where
   * they are, only the authority itself is called by somebody without an identity.
   */
  public static Optional<SpiffeId> current() {
    return KEY.get();
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Optional<SpiffeId> caller;
    try {
      caller = identity(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
    } catch (SvidRefusedException e) {
      LOG.log(Level.WARNING, "library-mesh: a client was refused: {0}", e.getMessage());
      return refuse(call, "the client certificate does not count (expected: one of this mesh)");
    }
    boolean asksForOne =
        IstioCertificateServiceGrpc.SERVICE_NAME.equals(
            call.getMethodDescriptor().getServiceName());
    if (caller.isEmpty() && !asksForOne) {
      return refuse(call, "no client certificate (expected: one that this authority signed)");
    }
    return Contexts.interceptCall(Context.current().withValue(KEY, caller), call, headers, next);
  }

  private Optional<SpiffeId> identity(@org.jspecify.annotations.Nullable SSLSession session)
      throws SvidRefusedException {
    if (session == null) {
      return Optional.empty();
    }
    X509Certificate[] chain;
    try {
      chain =
          Arrays.stream(session.getPeerCertificates())
              .map(X509Certificate.class::cast)
              .toArray(X509Certificate[]::new);
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
    return Optional.of(new SvidVerifier(authority.bundles(), authority.clock()).verify(chain));
  }

  private static <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call, String reason) {
    call.close(Status.UNAUTHENTICATED.withDescription(reason), new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
