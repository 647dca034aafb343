package io.librarymesh.xds;

import io.librarymesh.identity.Identity;
import io.librarymesh.identity.IdentitySource;
import io.librarymesh.identity.PinnedTls;
import io.librarymesh.identity.RenewedIdentitySource;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A workload's place with a control plane that is an authority as well: let in by a token, known by
 * the certificate that it got from then on, which is renewed until this is closed. Any thread;
 * prints neither token nor key.
 *
 * <p>{@link #identity} is for {@code Mesh.builder(source).identity(...)} and for servers, {@link
 * #tls} for {@code XdsConfigSource.builder(node).server(target, ...)}.
 */
public final class Enrollment implements AutoCloseable {
  private final String target;
  private final PinnedTls tls;
  private final RenewedIdentitySource identity;

  private Enrollment(String target, PinnedTls tls, RenewedIdentitySource identity) {
    this.target = target;
    this.tls = tls;
    this.identity = identity;
  }

  /**
   * Asks for a certificate now, and again until there is one.
   *
   * @param target {@code host:port} of the control plane, by default 15012
   * @param roots by which the control plane is known; there is no trust on first use
   * @param token asked for as long as there is no certificate, such as {@link
   *     CertificateAuthorityClient#tokenIn}
   */
  public static Enrollment begin(
      String target, List<X509Certificate> roots, Supplier<Optional<String>> token) {
    PinnedTls pinned = PinnedTls.of(roots);
    CertificateAuthorityClient authority = CertificateAuthorityClient.of(target, pinned, token);
    RenewedIdentitySource identity =
        RenewedIdentitySource.start(
            authority, Optional.empty(), RenewedIdentitySource.DEFAULT_LIFETIME);
    authority.present(identity);
    return new Enrollment(target, pinned.presenting(identity), identity);
  }

  /** Who this workload is; nobody before the first certificate. */
  public IdentitySource identity() {
    return identity;
  }

  /** How the control plane is spoken to. */
  public PinnedTls tls() {
    return tls;
  }

  /**
   * Waits for the first certificate.
   *
   * @return the identity in force
   * @throws IOException if there is none in time, with what was wrong last
   */
  public Identity await(Duration atMost) throws IOException, InterruptedException {
    CountDownLatch first = new CountDownLatch(1);
    // Heard for as long as the source lives; it costs nothing after the first time.
    AutoCloseable unused = identity.subscribe(known -> first.countDown());
    boolean inTime = first.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    return identity
        .current()
        .filter(known -> inTime)
        .orElseThrow(
            () ->
                new IOException(
                    identity
                        .problem()
                        .orElse(
                            "certificate authority "
                                + target
                                + ": no answer in "
                                + atMost.toSeconds()
                                + " s")));
  }

  /** Ends the renewing. The identity in force stays readable. */
  @Override
  public void close() {
    identity.close();
  }
}
