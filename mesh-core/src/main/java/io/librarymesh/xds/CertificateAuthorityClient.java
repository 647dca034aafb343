package io.librarymesh.xds;

import static java.util.Objects.requireNonNull;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.librarymesh.identity.CertificateSigner;
import io.librarymesh.identity.IdentitySource;
import io.librarymesh.identity.Pem;
import io.librarymesh.identity.PinnedTls;
import io.librarymesh.proto.istio.v1.auth.IstioCertificateRequest;
import io.librarymesh.proto.istio.v1.auth.IstioCertificateResponse;
import io.librarymesh.proto.istio.v1.auth.IstioCertificateServiceGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks an authority for certificates over gRPC: our control plane's, or istiod. By a token as long
 * as there is no certificate, and by the certificate from then on. Any thread; prints no token.
 *
 * <p>Source: Istio {@code istio.v1.auth.IstioCertificateService}.
 */
public final class CertificateAuthorityClient implements CertificateSigner {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final long PATIENCE_SECONDS = 10;
  private static final int MAX_ANSWER_BYTES = 1 << 20;
  private static final int MAX_TOKEN_BYTES = 64 << 10;
  private static final int SHOWN = 200;

  private final String target;
  private final Supplier<Optional<String>> token;
  private final Executor executor;
  private volatile PinnedTls tls;

  private CertificateAuthorityClient(
      String target, PinnedTls tls, Supplier<Optional<String>> token, Executor executor) {
    this.target = requireNonNull(target, "target");
    this.tls = requireNonNull(tls, "tls");
    this.token = requireNonNull(token, "token");
    this.executor = executor;
  }

  /**
   * Asks by a token first.
   *
   * @param target {@code host:port}
   * @param token asked for each time that there is no certificate to show, such as {@link
   *     #tokenIn}; one that may be used once is of no use a second time
   */
  public static CertificateAuthorityClient of(
      String target, PinnedTls tls, Supplier<Optional<String>> token) {
    return new CertificateAuthorityClient(target, tls, token, XdsThread.SHARED);
  }

  /**
   * A token in a file that somebody else may replace, such as a projected token of Kubernetes. A
   * file that is missing is no token.
   */
  public static Supplier<Optional<String>> tokenIn(Path file) {
    return () -> {
      try {
        if (!Files.exists(file)) {
          return Optional.empty();
        }
        if (Files.size(file) > MAX_TOKEN_BYTES) {
          throw new IOException(file + ": larger than " + MAX_TOKEN_BYTES + " bytes");
        }
        return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  /**
   * Renews by the certificate that the source has, from now on: to be called with the source that
   * this one signs for.
   */
  public void present(IdentitySource source) {
    tls = tls.presenting(source);
  }

  @Override
  public CompletionStage<Signed> sign(String request, Duration lifetime) {
    CompletableFuture<Signed> signed = new CompletableFuture<>();
    PinnedTls how = tls;
    ManagedChannel channel;
    Metadata headers = new Metadata();
    try {
      if (!how.hasIdentity()) {
        String text =
            token
                .get()
                .orElseThrow(
                    () ->
                        new IllegalStateException(
                            "no token, and no certificate yet (expected: one of the two)"));
        headers.put(AUTHORIZATION, "Bearer " + text);
      }
      channel = TlsChannel.open(target, how, executor, MAX_ANSWER_BYTES);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(failure(e.getMessage()));
    }
    IstioCertificateServiceGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .createCertificate(
            IstioCertificateRequest.newBuilder()
                .setCsr(request)
                .setValidityDuration(lifetime.toSeconds())
                .build(),
            new Answer(channel, signed));
    return signed;
  }

  private IOException failure(@Nullable String why) {
    return new IOException("certificate authority " + target + ": " + visible(why));
  }

  /** What a peer says could command a terminal or forge a line. */
  private static String visible(@Nullable String text) {
    String all = text == null ? "no reason was given" : text;
    StringBuilder out = new StringBuilder();
    all.chars().limit(SHOWN).forEach(c -> out.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
    return out.toString();
  }

  private final class Answer implements StreamObserver<IstioCertificateResponse> {
    private final ManagedChannel channel;
    private final CompletableFuture<Signed> signed;

    Answer(ManagedChannel channel, CompletableFuture<Signed> signed) {
      this.channel = channel;
      this.signed = signed;
    }

    @Override
    public void onNext(IstioCertificateResponse response) {
      try {
        signed.complete(read(response.getCertChainList()));
      } catch (CertificateException e) {
        signed.completeExceptionally(failure(e.getMessage()));
      }
    }

    @Override
    public void onError(Throwable cause) {
      channel.shutdownNow();
      Status status = Status.fromThrowable(cause);
      signed.completeExceptionally(failure(status.getCode() + ": " + reason(status)));
    }

    @Override
    public void onCompleted() {
      channel.shutdownNow();
      signed.completeExceptionally(failure("no answer"));
    }
  }

  /** What our own check of the server found, if it was that; transports bury it. */
  private static String reason(Status status) {
    Throwable innermost = null;
    for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException && cause.getMessage() != null) {
        return cause.getMessage();
      }
      innermost = cause;
    }
    String text = String.valueOf(status.getDescription()).lines().findFirst().orElse("");
    return innermost == null ? text : text + ": " + innermost.getMessage();
  }

  /** The leaf, its issuers, and last the roots, of which one text may hold several. */
  private static Signed read(List<String> texts) throws CertificateException {
    if (texts.size() < 2) {
      throw new CertificateException(
          "cert_chain: " + texts.size() + " (expected: a certificate and, last, the roots)");
    }
    List<X509Certificate> chain = new ArrayList<>();
    for (String text : texts.subList(0, texts.size() - 1)) {
      chain.addAll(Pem.certificates("cert_chain", text));
    }
    return new Signed(chain, Pem.certificates("cert_chain, roots", texts.get(texts.size() - 1)));
  }

  @Override
  public String toString() {
    return "CertificateAuthorityClient[" + target + ", " + tls + "]";
  }
}
