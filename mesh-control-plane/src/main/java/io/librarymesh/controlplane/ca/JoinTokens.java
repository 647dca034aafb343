package io.librarymesh.controlplane.ca;

import io.librarymesh.identity.IdentityFiles;
import io.librarymesh.identity.SpiffeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tokens by which a workload gets its first certificate: each for one identity, once, and not for
 * long. A token is {@code mesh-join.ID.SECRET}; what is kept of it is a file named by the ID with
 * the hash of the secret, so that who reads the files gets no certificate, and what is used up is
 * used up for all processes that share the folder.
 */
public final class JoinTokens implements Authenticator {
  /** No token lives longer. */
  public static final Duration LONGEST = Duration.ofMinutes(10);

  private static final int ID_BYTES = 8;
  private static final int SECRET_BYTES = 32;
  private static final String USED = ".used";
  private static final Pattern TOKEN =
      Pattern.compile("mesh-join\\.([0-9a-f]{16})\\.([A-Za-z0-9_-]{43})");

  private final Path folder;
  private final InstantSource clock;
  private final SecureRandom random;

  /** The tokens of an authority. */
  public JoinTokens(AuthorityDirectory authority) {
    this(authority, InstantSource.system());
  }

  /** The same with a clock of one's own. */
  public JoinTokens(AuthorityDirectory authority, InstantSource clock) {
    this(authority.folder().resolve("tokens"), clock, new SecureRandom());
  }

  JoinTokens(Path folder, InstantSource clock, SecureRandom random) {
    this.folder = folder;
    this.clock = clock;
    this.random = random;
  }

  /** What is kept of one. */
  private record Kept(String hash, Instant expires, SpiffeId identity) {
    static Kept read(String text) {
      List<String> lines = text.lines().toList();
      return new Kept(lines.get(0), Instant.parse(lines.get(1)), SpiffeId.parse(lines.get(2)));
    }

    String text() {
      return hash + "\n" + expires + "\n" + identity + "\n";
    }
  }

  /**
   * Makes a token.
   *
   * @param lifetime until it is used; at most ten minutes
   * @return the token, which is shown this once and kept nowhere
   * @throws IOException if it cannot be written
   */
  public String issue(SpiffeId identity, Duration lifetime) throws IOException {
    if (lifetime.isZero() || lifetime.isNegative() || lifetime.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "ttl: " + lifetime.toSeconds() + "s (expected: from 1s to 10m)");
    }
    if (!identity.namesWorkload()) {
      throw new IllegalArgumentException(identity + ": no workload (expected: a path)");
    }
    forgetExpired();
    byte[] id = new byte[ID_BYTES];
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(id);
    random.nextBytes(secret);
    String name = HexFormat.of().formatHex(id);
    String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    PrivateFiles.createFolder(folder);
    PrivateFiles.write(
        folder.resolve(name),
        new Kept(hash(encoded), clock.instant().plus(lifetime), identity).text());
    return "mesh-join." + name + "." + encoded;
  }

  private void forgetExpired() throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        // Kept for as long again, so that a token that comes late is told from one that never was.
        if (Files.getLastModifiedTime(file)
            .toInstant()
            .isBefore(clock.instant().minus(LONGEST.multipliedBy(2)))) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  @Override
  public Optional<Caller> authenticate(String token) throws CaRefusedException {
    Matcher matcher = TOKEN.matcher(token);
    if (!token.startsWith("mesh-join.")) {
      return Optional.empty();
    }
    if (!matcher.matches()) {
      throw unknown();
    }
    Path file = folder.resolve(matcher.group(1));
    boolean used = Files.exists(used(file));
    Kept kept = kept(used ? used(file) : file);
    if (!MessageDigest.isEqual(bytes(kept.hash()), bytes(hash(matcher.group(2))))) {
      throw unknown();
    }
    if (used) {
      throw usedUp();
    }
    if (!clock.instant().isBefore(kept.expires())) {
      throw new CaRefusedException(
          CaRefusal.EXPIRED_TOKEN, "join token: expired at " + kept.expires());
    }
    return Optional.of(new Caller(kept.identity(), () -> use(file)));
  }

  private static Kept kept(Path file) throws CaRefusedException {
    try {
      return Kept.read(IdentityFiles.text(file));
    } catch (IOException | RuntimeException e) {
      throw unknown();
    }
  }

  /** Of several at once, only one finds the file to rename. */
  private static void use(Path file) throws CaRefusedException {
    try {
      Files.move(file, used(file), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      throw usedUp();
    } catch (IOException e) {
      throw new CaRefusedException(
          CaRefusal.AUTHENTICATOR_UNREACHABLE, "join token: cannot be marked as used");
    }
  }

  private static Path used(Path file) {
    return file.resolveSibling(file.getFileName() + USED);
  }

  private static String hash(String secret) {
    return HexFormat.of().formatHex(Hashes.sha256(bytes(secret)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static CaRefusedException unknown() {
    return new CaRefusedException(CaRefusal.UNKNOWN_TOKEN, "join token: not known");
  }

  private static CaRefusedException usedUp() {
    return new CaRefusedException(CaRefusal.USED_TOKEN, "join token: used before");
  }
}
