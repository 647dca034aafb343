package io.librarymesh.identity;

import io.librarymesh.random.RandomSource;
import io.librarymesh.time.Scheduler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An identity that an authority signs, again and again: each time a new key pair is made here,
 * whose private half never leaves the process, and a certificate asked for it, at half of the
 * lifetime of the last one.
 */
public final class RenewedIdentitySource implements IdentitySource {
  /** What Istio's agents ask for. */
  public static final Duration DEFAULT_LIFETIME = Duration.ofHours(24);

  private static final Logger LOG = System.getLogger(RenewedIdentitySource.class.getName());

  /** Monotonic timers stand still while a machine sleeps, and expiry does not. */
  private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

  private final CertificateSigner signer;
  private final Optional<SpiffeId> expected;
  private final Duration lifetime;
  private final Seams seams;
  private final RotationSchedule schedule;
  private final CurrentIdentity current = new CurrentIdentity();
  private Instant received = Instant.MIN;
  private boolean closed;

  /** Time and chance. */
  record Seams(Scheduler scheduler, InstantSource clock, RandomSource random) {}

  RenewedIdentitySource(
      CertificateSigner signer, Optional<SpiffeId> expected, Duration lifetime, Seams seams) {
    this.signer = signer;
    this.expected = expected;
    this.lifetime = lifetime;
    this.seams = seams;
    this.schedule = new RotationSchedule(seams.random());
  }

  /**
   * Begins to ask at once, and renews until it is closed.
   *
   * @param expected who this workload is to be; a certificate of somebody else is not put in force
   */
  public static RenewedIdentitySource start(
      CertificateSigner signer, Optional<SpiffeId> expected, Duration lifetime) {
    return start(
        signer,
        expected,
        lifetime,
        Scheduler.system(),
        InstantSource.system(),
        RandomSource.system());
  }

  /** The same with time and chance of one's own. */
  public static RenewedIdentitySource start(
      CertificateSigner signer,
      Optional<SpiffeId> expected,
      Duration lifetime,
      Scheduler scheduler,
      InstantSource clock,
      RandomSource random) {
    RenewedIdentitySource source =
        new RenewedIdentitySource(signer, expected, lifetime, new Seams(scheduler, clock, random));
    source.ask();
    return source;
  }

  /** Asks for a certificate for a new key. */
  synchronized void ask() {
    if (closed) {
      return;
    }
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      signer
          .sign(SigningRequest.of(keys, expected), lifetime)
          .whenComplete((signed, failure) -> answered(keys, signed, failure));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("P-256 is part of every Java platform", e);
    }
  }

  private synchronized void answered(
      KeyPair keys, CertificateSigner.@Nullable Signed signed, @Nullable Throwable failure) {
    if (closed) {
      return;
    }
    if (signed == null) {
      failed(failure instanceof CompletionException ? failure.getCause() : failure);
      return;
    }
    try {
      X509Svid svid = X509Svid.of(signed.chain(), keys.getPrivate());
      TrustBundles bundles =
          TrustBundles.of(TrustBundle.of(svid.id().trustDomain(), signed.roots()));
      check(svid, bundles);
      received = seams.clock().instant();
      sleepUntil(schedule.renewal(received, svid.notAfter()));
      current.replace(new Identity(svid, bundles));
    } catch (SvidRefusedException e) {
      failed(e);
    }
  }

  /** An authority's mistake must not cut this workload off from its peers. */
  private void check(X509Svid svid, TrustBundles bundles) throws SvidRefusedException {
    if (expected.isPresent() && !svid.id().equals(expected.get())) {
      throw new SvidRefusedException(
          SvidRefusal.UNEXPECTED_ID,
          "the authority signed for " + svid.id() + " (expected: " + expected.get() + ")");
    }
    new SvidVerifier(bundles, seams.clock()).verify(svid.chain().toArray(X509Certificate[]::new));
  }

  private void failed(@Nullable Throwable failure) {
    current.failed(failure == null ? "no reason was given" : String.valueOf(failure.getMessage()));
    Instant now = seams.clock().instant();
    current
        .get()
        .map(Identity::svid)
        .filter(svid -> RotationSchedule.isLate(received, svid.notAfter(), now))
        .ifPresent(
            svid ->
                LOG.log(
                    Level.ERROR,
                    "library-mesh: {0} expires soon and cannot be renewed: {1}",
                    svid,
                    current.problem().orElse("")));
    seams.scheduler().schedule(this::ask, schedule.afterFailure().toNanos());
  }

  private synchronized void sleepUntil(Instant renewal) {
    if (closed) {
      return;
    }
    Duration left = Duration.between(seams.clock().instant(), renewal);
    if (left.isZero() || left.isNegative()) {
      ask();
    } else {
      Duration sleep = left.compareTo(LONGEST_SLEEP) < 0 ? left : LONGEST_SLEEP;
      seams.scheduler().schedule(() -> sleepUntil(renewal), sleep.toNanos());
    }
  }

  @Override
  public Optional<Identity> current() {
    return current.get();
  }

  @Override
  public Optional<String> problem() {
    return current.problem();
  }

  @Override
  public AutoCloseable subscribe(Consumer<Identity> listener) {
    return current.subscribe(listener);
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
