package io.librarymesh.controlplane.ca;

import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.librarymesh.controlplane.metrics.Metrics;
import io.librarymesh.identity.SpiffeId;
import java.io.IOException;
import java.util.List;

/**
 * What a port needs on which clients prove who they are, or ask for the certificate to prove it
 * with.
 */
public final class AuthorityEndpoint implements AutoCloseable {
  private final SslContext tls;
  private final CallerIdentity callers;
  private final CertificateService service;

  private AuthorityEndpoint(SslContext tls, CallerIdentity callers, CertificateService service) {
    this.tls = tls;
    this.callers = callers;
    this.service = service;
  }

  /**
   * An endpoint of an authority.
   *
   * @param identity of the control plane
   * @param hosts DNS names and IP addresses that clients reach it by
   * @throws IOException if the authority cannot sign a certificate for it
   */
  public static AuthorityEndpoint of(
      CertificateAuthority authority,
      List<Authenticator> authenticators,
      SpiffeId identity,
      List<String> hosts,
      Metrics metrics)
      throws IOException {
    try {
      OwnCertificate own = new OwnCertificate(authority, identity, hosts);
      // The JDK's TLS: it asks for the certificate with each handshake, so that it can be renewed.
      SslContext tls =
          GrpcSslContexts.configure(SslContextBuilder.forServer(own), SslProvider.JDK)
              .trustManager(new ClientTrust(authority))
              .clientAuth(ClientAuth.OPTIONAL)
              .protocols("TLSv1.3", "TLSv1.2")
              .build();
      return new AuthorityEndpoint(
          tls,
          new CallerIdentity(authority),
          new CertificateService(authority, authenticators, metrics, System::nanoTime));
    } catch (CaRefusedException e) {
      throw new IOException("certificate of the control plane: " + e.getMessage(), e);
    }
  }

  /** TLS of the control plane, which asks clients for a certificate and takes those without. */
  public SslContext tls() {
    return tls;
  }

  /** To stand before all services of the port. */
  public CallerIdentity callers() {
    return callers;
  }

  /** The authority itself. */
  public ServerServiceDefinition service() {
    return service.definition();
  }

  @Override
  public void close() {
    service.close();
  }
}
