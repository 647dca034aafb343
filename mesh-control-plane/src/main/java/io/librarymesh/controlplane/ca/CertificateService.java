package io.librarymesh.controlplane.ca;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.librarymesh.controlplane.ca.Authenticator.Caller;
import io.librarymesh.controlplane.metrics.Amount;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.controlplane.metrics.Series;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.proto.istio.v1.auth.IstioCertificateRequest;
import io.librarymesh.proto.istio.v1.auth.IstioCertificateResponse;
import io.librarymesh.proto.istio.v1.auth.IstioCertificateServiceGrpc.IstioCertificateServiceImplBase;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The authority over gRPC. Who asks is known by a token or, to renew, by the certificate that he
 * has. To a caller whose token does not count it is not told why.
 *
 * <p>Source: Istio {@code istio.v1.auth.IstioCertificateService}.
 */
final class CertificateService implements AutoCloseable {
  private static final Logger LOG = System.getLogger(CertificateService.class.getName());

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<Optional<String>> TOKEN =
      Context.keyWithDefault("token", Optional.empty());
  private static final Context.Key<String> SOURCE = Context.keyWithDefault("source", "");

  private static final String BEARER = "bearer ";

  /** Istio's own words. */
  private static final String OPAQUE = "request authenticate failure";

  private static final int THREADS = 4;
  private static final int WAITING = 64;
  private static final int FAILURES_AT_ONCE = 10;
  private static final int CERTIFICATES_AT_ONCE = 20;

  private final CertificateAuthority authority;
  private final List<Authenticator> authenticators;
  private final RateLimit failures;
  private final RateLimit certificates;
  private final Amount issued;
  private final Series<Amount> refused;
  private final ThreadPoolExecutor executor;

  CertificateService(
      CertificateAuthority authority,
      List<Authenticator> authenticators,
      Metrics metrics,
      LongSupplier nanoTime) {
    this.authority = authority;
    this.authenticators = List.copyOf(authenticators);
    this.failures = new RateLimit(FAILURES_AT_ONCE, nanoTime);
    this.certificates = new RateLimit(CERTIFICATES_AT_ONCE, nanoTime);
    this.issued =
        metrics
            .counter("library_mesh_ca_certificates_total", "Certificates that were signed.")
            .with();
    this.refused =
        metrics.counter(
            "library_mesh_ca_refusals_total", "Requests that got no certificate.", "reason");
    this.executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> {
              Thread thread = new Thread(task, "mesh-ca");
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
  }

  ServerServiceDefinition definition() {
    return ServerInterceptors.intercept(new Methods(), new Credentials());
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  /** Carries what a caller shows to where it is looked at. */
  private static final class Credentials implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      String header = headers.get(AUTHORIZATION);
      Optional<String> token =
          header != null && header.toLowerCase(Locale.ROOT).startsWith(BEARER)
              ? Optional.of(header.substring(BEARER.length()).strip())
              : Optional.empty();
      if (token.isEmpty() && CallerIdentity.current().isEmpty()) {
        // Before a byte of the request is read.
        call.close(Status.UNAUTHENTICATED.withDescription(OPAQUE), new Metadata());
        return new ServerCall.Listener<>() {};
      }
      SocketAddress from = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      String source =
          from instanceof InetSocketAddress inet && inet.getAddress() != null
              ? inet.getAddress().getHostAddress()
              : "";
      return Contexts.interceptCall(
          Context.current().withValues(TOKEN, token, SOURCE, source), call, headers, next);
    }
  }

  private final class Methods extends IstioCertificateServiceImplBase {
    @Override
    public void createCertificate(
        IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> responses) {
      ServerCallStreamObserver<IstioCertificateResponse> call =
          (ServerCallStreamObserver<IstioCertificateResponse>) responses;
      // Nobody is to be told that a caller has gone.
      call.setOnCancelHandler(() -> {});
      Optional<String> token = TOKEN.get();
      Optional<SpiffeId> certificate = CallerIdentity.current();
      String source = SOURCE.get();
      try {
        executor.execute(() -> answer(call, request, new Shown(token, certificate, source)));
      } catch (RejectedExecutionException e) {
        refuse(
            call,
            source,
            new CaRefusedException(CaRefusal.TOO_MANY, "too many requests wait for a certificate"));
      }
    }
  }

  /** What a caller shows of himself. */
  private record Shown(Optional<String> token, Optional<SpiffeId> certificate, String source) {
    @Override
    public String toString() {
      return "Shown[" + source + "]";
    }
  }

  private void answer(
      ServerCallStreamObserver<IstioCertificateResponse> call,
      IstioCertificateRequest request,
      Shown shown) {
    try {
      IstioCertificateResponse response = sign(request, shown);
      issued.increment();
      call.onNext(response);
      call.onCompleted();
    } catch (CaRefusedException e) {
      refuse(call, shown.source(), e);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "library-mesh: a certificate could not be signed", e);
      call.onError(
          Status.INTERNAL.withDescription("the certificate could not be signed").asException());
    }
  }

  private IstioCertificateResponse sign(IstioCertificateRequest request, Shown shown)
      throws CaRefusedException {
    Caller caller = caller(shown);
    String name = caller.identity().toString();
    if (!certificates.allows(name)) {
      throw new CaRefusedException(
          CaRefusal.TOO_MANY, name + ": too many certificates (expected: one a second)");
    }
    certificates.count(name);
    SubmittedRequest csr = SubmittedRequest.read(request.getCsr());
    csr.checkAsksFor(caller.identity());
    caller.claim().use();
    CertificateAuthority.Issued signed =
        authority.sign(csr, caller.identity(), seconds(request.getValidityDuration()));
    IstioCertificateResponse.Builder response = IstioCertificateResponse.newBuilder();
    for (X509Certificate one : signed.chain()) {
      response.addCertChain(PemText.of(one));
    }
    return response.addCertChain(PemText.of(signed.roots())).build();
  }

  /** More seconds than a century has mean as long as possible. */
  private static Duration seconds(long wanted) {
    return Duration.ofSeconds(Math.min(wanted, TimeUnit.DAYS.toSeconds(36_500)));
  }

  private Caller caller(Shown shown) throws CaRefusedException {
    if (!failures.allows(shown.source())) {
      throw new CaRefusedException(
          CaRefusal.TOO_MANY, "too many failures (expected: at most one a second)");
    }
    if (shown.token().isPresent()) {
      for (Authenticator authenticator : authenticators) {
        Optional<Caller> caller = authenticator.authenticate(shown.token().get());
        if (caller.isPresent()) {
          return caller.get();
        }
      }
      throw new CaRefusedException(CaRefusal.UNKNOWN_TOKEN, "token: of no kind that is known here");
    }
    return shown
        .certificate()
        .map(Caller::of)
        .orElseThrow(
            () ->
                new CaRefusedException(
                    CaRefusal.NO_CREDENTIALS, "neither a token nor a client certificate"));
  }

  private void refuse(
      ServerCallStreamObserver<IstioCertificateResponse> call,
      String source,
      CaRefusedException refusal) {
    refused.with(refusal.reason().name()).increment();
    Status.Code code = refusal.reason().code();
    LOG.log(
        Level.WARNING,
        "library-mesh: no certificate for {0}: {1}: {2}",
        source,
        refusal.reason(),
        refusal.getMessage());
    boolean opaque = code == Status.Code.UNAUTHENTICATED;
    if (opaque) {
      failures.count(source);
    }
    call.onError(
        code.toStatus().withDescription(opaque ? OPAQUE : refusal.getMessage()).asException());
  }
}
