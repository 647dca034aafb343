package io.librarymesh.cli.demo;

import io.librarymesh.controlplane.ca.AuthorityDirectory;
import io.librarymesh.controlplane.ca.JoinTokens;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.TrustDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;

/** Join tokens of the demonstration's authority, one for each process. */
final class Tokens {
  private static final Duration LIFETIME = Duration.ofMinutes(5);

  private final Path authority;
  private final Path folder;
  private final JoinTokens tokens;
  private int written;

  Tokens(Path authority, Path folder) {
    this.authority = authority;
    this.folder = folder;
    this.tokens = new JoinTokens(new AuthorityDirectory(authority), InstantSource.system());
  }

  /** Where the roots are by which the control plane is known. */
  Path roots() {
    return authority.resolve("root-cert.pem");
  }

  /** A token for a service account of the namespace {@code default}; returns its file. */
  String write(String account) throws IOException {
    SpiffeId id = SpiffeId.ofServiceAccount(new TrustDomain("cluster.local"), "default", account);
    Path file = folder.resolve("token-" + written++);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, tokens.issue(id, LIFETIME));
    return file.toString();
  }
}
