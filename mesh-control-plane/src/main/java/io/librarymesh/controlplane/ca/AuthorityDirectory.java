package io.librarymesh.controlplane.ca;

import io.librarymesh.identity.IdentityFiles;
import io.librarymesh.identity.Pem;
import io.librarymesh.identity.TrustDomain;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The folder that an authority lives in. Its files are those of Istio's Secret {@code cacerts}, so
 * that an intermediate of one's own is put there as it is for istiod: {@code ca-key.pem} and {@code
 * ca-cert.pem}, which sign; {@code cert-chain.pem}, from that certificate up; {@code
 * root-cert.pem}, what workloads trust. Besides, while roots are replaced, {@code next-key.pem} and
 * {@code next-cert.pem}.
 *
 * <p>Safe between processes: what changes it holds a lock.
 */
public final class AuthorityDirectory {
  /** As long as Istio's own. */
  static final Duration ROOT_LIFETIME = Duration.ofDays(3650);

  private static final Duration BACKDATE = Duration.ofMinutes(2);
  private static final String KEY = "ca-key.pem";
  private static final String CERTIFICATE = "ca-cert.pem";
  private static final String CHAIN = "cert-chain.pem";
  private static final String ROOTS = "root-cert.pem";
  private static final String NEXT_KEY = "next-key.pem";
  private static final String NEXT_CERTIFICATE = "next-cert.pem";
  private static final List<String> PARTS = List.of(KEY, CERTIFICATE, ROOTS);

  private final Path folder;
  private final InstantSource clock;
  private final CertificateWriter writer;

  /** The authority of this folder, which need not exist yet. */
  public AuthorityDirectory(Path folder) {
    this(folder, InstantSource.system());
  }

  /** The same with a clock of one's own. */
  public AuthorityDirectory(Path folder, InstantSource clock) {
    this(folder, clock, new SecureRandom());
  }

  AuthorityDirectory(Path folder, InstantSource clock, SecureRandom random) {
    this.folder = folder;
    this.clock = clock;
    this.writer = new CertificateWriter(random);
  }

  /** Where it is. */
  public Path folder() {
    return folder;
  }

  /** How far the replacement of roots has come. */
  public enum Phase {
    /** Workloads trust one root, which signs. */
    SETTLED,
    /** They are being told of another one, which does not sign yet. */
    ANNOUNCED,
    /** The new one signs; they trust both. */
    SWITCHED
  }

  /**
   * Makes a root of its own, unless there is an authority already.
   *
   * @return whether it was made now
   * @throws IOException if it cannot be written, or only a part of an authority is there
   */
  public boolean create(TrustDomain trustDomain) throws IOException {
    PrivateFiles.createFolder(folder);
    try (Lock held = lock()) {
      held.check();
      List<String> there = PARTS.stream().filter(this::exists).toList();
      if (there.size() == PARTS.size()) {
        return false;
      }
      if (!there.isEmpty()) {
        throw half(there);
      }
      KeyPair keys = writer.newKey();
      X509Certificate root = newRoot(keys, trustDomain);
      // The key comes last: without it nothing signs.
      write(ROOTS, PemText.of(root));
      write(CERTIFICATE, PemText.of(root));
      write(KEY, PemText.of(keys.getPrivate()));
      return true;
    }
  }

  private X509Certificate newRoot(KeyPair keys, TrustDomain trustDomain) {
    Instant now = clock.instant();
    return writer.root(
        keys,
        trustDomain,
        new CertificateWriter.Validity(now.minus(BACKDATE), now.plus(ROOT_LIFETIME)));
  }

  /**
   * What signs now.
   *
   * @throws IOException if there is none, a part of it is missing, others may read the key, or its
   *     parts do not belong together
   */
  SigningKey read() throws IOException {
    List<String> there = PARTS.stream().filter(this::exists).toList();
    if (there.isEmpty()) {
      throw new IOException(
          folder + ": no certificate authority (expected: ca-key.pem, ca-cert.pem, root-cert.pem)");
    }
    if (there.size() < PARTS.size()) {
      throw half(there);
    }
    PrivateFiles.check(folder.resolve(KEY));
    try {
      X509Certificate certificate = certificates(CERTIFICATE).get(0);
      PrivateKey key = Pem.privateKey(name(KEY), text(KEY));
      List<X509Certificate> roots = certificates(ROOTS);
      List<X509Certificate> chain = exists(CHAIN) ? certificates(CHAIN) : List.of(certificate);
      return AuthorityCheck.of(folder, certificate, key, chain, roots, clock.instant());
    } catch (CertificateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** How far the replacement of roots has come. */
  public Phase phase() throws IOException {
    if (exists(NEXT_CERTIFICATE)) {
      return Phase.ANNOUNCED;
    }
    return read().roots().size() > 1 ? Phase.SWITCHED : Phase.SETTLED;
  }

  /**
   * Begins to replace the root: makes another one, which workloads trust from their next renewal
   * on, and which does not sign yet.
   *
   * @throws IOException if a replacement is under way, or an intermediate signs here
   */
  public void announce(TrustDomain trustDomain) throws IOException {
    try (Lock held = lock()) {
      held.check();
      expect(Phase.SETTLED);
      SigningKey now = ownRoot();
      KeyPair keys = writer.newKey();
      X509Certificate next = newRoot(keys, trustDomain);
      write(NEXT_KEY, PemText.of(keys.getPrivate()));
      write(NEXT_CERTIFICATE, PemText.of(next));
      List<X509Certificate> both = new ArrayList<>(now.roots());
      both.add(next);
      write(ROOTS, PemText.of(both));
    }
  }

  /**
   * Signs with the new root from now on. To be called when every workload has renewed its
   * certificate since {@link #announce}.
   */
  public void promote() throws IOException {
    try (Lock held = lock()) {
      held.check();
      expect(Phase.ANNOUNCED);
      String key = text(NEXT_KEY);
      String certificate = text(NEXT_CERTIFICATE);
      // A reader between the two finds that they do not belong together, and keeps what it has.
      write(KEY, key);
      write(CERTIFICATE, certificate);
      Files.delete(folder.resolve(NEXT_CERTIFICATE));
      Files.delete(folder.resolve(NEXT_KEY));
    }
  }

  /**
   * Forgets the old root. To be called when no certificate that it signed counts any more, which is
   * the longest lifetime after {@link #promote}.
   *
   * @throws IOException if that cannot be so yet
   */
  public void settle(Duration longestLifetime) throws IOException {
    try (Lock held = lock()) {
      held.check();
      expect(Phase.SWITCHED);
      Instant promoted = Files.getLastModifiedTime(folder.resolve(CERTIFICATE)).toInstant();
      Instant safe = promoted.plus(longestLifetime);
      if (clock.instant().isBefore(safe)) {
        throw new IOException(
            folder
                + ": certificates of the old root count until "
                + safe
                + " (expected: another try after that)");
      }
      write(ROOTS, PemText.of(ownRoot().certificate()));
    }
  }

  private SigningKey ownRoot() throws IOException {
    SigningKey now = read();
    if (!now.intermediates().isEmpty()) {
      throw new IOException(
          folder
              + ": an intermediate signs here (expected: an own root; put the new intermediate and"
              + " both roots into the folder instead)");
    }
    return now;
  }

  private void expect(Phase expected) throws IOException {
    Phase now = phase();
    if (now != expected) {
      throw new IOException(
          folder + ": the replacement of roots is " + now + " (expected: " + expected + ")");
    }
  }

  private IOException half(List<String> there) {
    return new IOException(
        folder
            + ": only "
            + String.join(", ", there)
            + " (expected: ca-key.pem, ca-cert.pem and root-cert.pem, or none of them)");
  }

  private List<X509Certificate> certificates(String part) throws IOException, CertificateException {
    return Pem.certificates(name(part), text(part));
  }

  private String name(String part) {
    return folder.resolve(part).toString();
  }

  private String text(String part) throws IOException {
    return IdentityFiles.text(folder.resolve(part));
  }

  private boolean exists(String part) {
    return Files.exists(folder.resolve(part));
  }

  private void write(String part, String text) throws IOException {
    PrivateFiles.write(folder.resolve(part), text);
  }

  /** What can be told apart of two states of the files without reading them. */
  List<Object> stamp() throws IOException {
    List<Object> stamp = new ArrayList<>();
    for (String part : List.of(KEY, CERTIFICATE, CHAIN, ROOTS)) {
      if (exists(part)) {
        Path file = folder.resolve(part);
        stamp.add(Files.getLastModifiedTime(file));
        stamp.add(Files.size(file));
      }
    }
    return stamp;
  }

  private Lock lock() throws IOException {
    Path file = folder.resolve(".lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      return new Lock(channel, channel.lock());
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new IOException(folder + ": another thread changes it now (expected: a later try)", e);
    }
  }

  /** Closing the channel gives the lock back. */
  private record Lock(FileChannel channel, FileLock lock) implements AutoCloseable {
    void check() throws IOException {
      if (!lock.isValid()) {
        throw new IOException("the lock of the folder was lost (expected: another try)");
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
