package io.librarymesh.cli;

import io.librarymesh.identity.IdentityFiles;
import io.librarymesh.identity.Pem;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.identity.SvidRefusedException;
import io.librarymesh.identity.SvidVerifier;
import io.librarymesh.identity.TrustBundle;
import io.librarymesh.identity.TrustBundles;
import io.librarymesh.identity.X509Svid;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code meshctl identity}: who a certificate says its holder is, and whether it proves that. */
@Command(
    name = "identity",
    mixinStandardHelpOptions = true,
    description = {
      "Shows the SPIFFE identity of a workload's certificate in PEM (an X.509-SVID), its chain and how long it is"
          + " valid, and checks what peers of the mesh check: the profile of the certificate, the way to a root of its"
          + " trust domain, expiry, revocation, and that the private key belongs to it. Keys are never shown.",
      "",
      "Ends with 1 when a peer would refuse it."
    },
    footer = {
      "",
      "Examples:",
      "  meshctl identity cert-chain.pem --roots root-cert.pem",
      "  meshctl identity cert-chain.pem --private-key key.pem --roots root-cert.pem -o json",
      "  openssl s_client -connect localhost:8443 -showcerts </dev/null | meshctl identity /dev/stdin --roots root.pem"
    })
final class IdentityCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILE",
      description = "The workload's certificate, then its issuers; other text is passed over.")
  Path certificate = Path.of("");

  @Option(
      names = "--private-key",
      paramLabel = "FILE",
      description = "The key, PKCS#8 without a password: checks that it is the certificate's.")
  @Nullable Path privateKey;

  @Option(
      names = "--roots",
      paramLabel = "FILE",
      description =
          "The roots of the certificate's trust domain. Without them it is only read, not verified.")
  @Nullable Path roots;

  @Option(
      names = "--revocations",
      paramLabel = "FILE",
      description = "Lists of certificates that were taken back (CRL).")
  @Nullable Path revocations;

  @Mixin OutputOptions output = new OutputOptions();

  private final List<String> problems = new ArrayList<>();

  /** By which certificates expire. */
  private final InstantSource clock = InstantSource.system();

  @Override
  public Integer call() throws IOException {
    try {
      List<X509Certificate> chain =
          Pem.certificates(certificate.toString(), IdentityFiles.text(certificate));
      Optional<SpiffeId> id = id(chain.get(0));
      checkKey(chain);
      String verdict = verdict(id, chain);
      String named = id.map(SpiffeId::toString).orElse("");
      IdentityText text = new IdentityText(named, verdict, chain, problems, clock.instant());
      output.print(text::table, text::json);
      return problems.isEmpty() ? 0 : 1;
    } catch (CertificateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private Optional<SpiffeId> id(X509Certificate leaf) {
    try {
      return Optional.of(SvidVerifier.named(leaf));
    } catch (SvidRefusedException e) {
      problems.add(e.getMessage());
      return Optional.empty();
    }
  }

  private void checkKey(List<X509Certificate> chain) throws IOException, CertificateException {
    if (privateKey != null && problems.isEmpty()) {
      PrivateKey key = Pem.privateKey(privateKey.toString(), IdentityFiles.text(privateKey));
      try {
        X509Svid.of(chain, key);
      } catch (SvidRefusedException e) {
        problems.add(e.getMessage());
      }
    }
  }

  private String verdict(Optional<SpiffeId> id, List<X509Certificate> chain)
      throws IOException, CertificateException {
    if (roots == null) {
      return problems.isEmpty() ? "not verified: no --roots were given" : "refused";
    }
    List<X509Certificate> authorities =
        Pem.certificates(roots.toString(), IdentityFiles.text(roots));
    if (id.isPresent() && problems.isEmpty()) {
      try {
        TrustBundle bundle =
            TrustBundle.of(id.get().trustDomain(), authorities).withRevocations(lists());
        new SvidVerifier(TrustBundles.of(bundle), clock)
            .verify(chain.toArray(X509Certificate[]::new));
      } catch (SvidRefusedException e) {
        problems.add(e.getMessage());
      }
    }
    return problems.isEmpty() ? "accepted" : "refused";
  }

  private List<X509CRL> lists() throws IOException, CertificateException {
    return revocations == null
        ? List.of()
        : Pem.revocations(revocations.toString(), IdentityFiles.text(revocations));
  }
}
