package io.librarymesh.cli;

import io.librarymesh.controlplane.keys.KeySettings;
import io.librarymesh.identity.IdentityFiles;
import io.librarymesh.identity.Pem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a control plane may fetch the keys from by which tokens are verified. */
final class ServeKeys {
  @Option(
      names = "--no-jwks-fetch",
      description =
          "Do not fetch the keys that RequestAuthentications ask for by jwksUri or by their issuer alone: servers are told the URI and refuse the tokens, unless their programs have the keys.")
  boolean noFetch;

  @Option(
      names = "--jwks-roots",
      paramLabel = "FILE",
      description =
          "PEM file with authorities of the HTTPS servers that keys are fetched from, besides those of the JDK.")
  @Nullable Path roots;

  @Option(
      names = "--insecure-jwks-http",
      description =
          "Fetch keys over http, too: whoever is on the way can let anybody in with keys of his own.")
  boolean insecureHttp;

  @Option(
      names = "--insecure-jwks-private-addresses",
      description =
          "Fetch keys from this machine and private networks, too: whoever writes rules can have the control plane call what only it reaches. Link-local addresses and metadata of clouds are never called.")
  boolean insecurePrivateAddresses;

  /** What was asked for. */
  KeySettings settings() throws IOException {
    return new KeySettings(!noFetch, insecureHttp, insecurePrivateAddresses, certificates());
  }

  private List<X509Certificate> certificates() throws IOException {
    Path file = roots;
    if (file == null) {
      return List.of();
    }
    try {
      return Pem.certificates("--jwks-roots: " + file, IdentityFiles.text(file));
    } catch (CertificateException e) {
      throw new Options.UsageException(String.valueOf(e.getMessage()));
    }
  }
}
