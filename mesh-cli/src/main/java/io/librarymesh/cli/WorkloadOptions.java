package io.librarymesh.cli;

import io.librarymesh.identity.FileIdentitySource;
import io.librarymesh.identity.Identity;
import io.librarymesh.identity.IdentityFiles;
import io.librarymesh.identity.IdentitySource;
import io.librarymesh.identity.Pem;
import io.librarymesh.identity.PinnedTls;
import io.librarymesh.identity.SpiffeId;
import io.librarymesh.xds.CertificateAuthorityClient;
import io.librarymesh.xds.Enrollment;
import io.librarymesh.xds.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who a command is in the mesh, and by what it proves that. */
final class WorkloadOptions {
  @Option(
      names = "--namespace",
      paramLabel = "NS",
      description = "Namespace of this process (default: that of its certificate, or default).")
  @Nullable String namespace;

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description =
          "A label of this process, by which Services and rules select it; may be repeated.")
  Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = "--server-roots",
      paramLabel = "FILE",
      description =
          "The control plane is spoken to over mutual TLS, and known by these roots in PEM: root-cert.pem in the folder of 'meshctl serve --ca'; its port is 15012.")
  @Nullable Path serverRoots;

  @Option(
      names = "--token",
      paramLabel = "FILE",
      description =
          "Token by which the control plane signs a certificate for this process, with --server-roots; see 'meshctl ca token'.")
  @Nullable Path token;

  @Option(
      names = "--identity",
      paramLabel = "DIR",
      description =
          "Folder with the certificate of this process, as cert-chain.pem, key.pem and root-cert.pem; followed when they are replaced.")
  @Nullable Path identity;

  /** How long a first certificate is waited for. */
  Duration patience = Duration.ofSeconds(10);

  /**
   * Who the process is.
   *
   * @param identity absent for nobody in particular
   * @param controlPlane how it is spoken to; absent for plain text
   */
  record Workload(
      String namespace,
      String serviceAccount,
      Map<String, String> labels,
      Optional<IdentitySource> identity,
      Optional<PinnedTls> controlPlane)
      implements AutoCloseable {
    /** Of the namespace {@code default}, without a name that could be proved. */
    static final Workload NOBODY =
        new Workload("default", "", Map.of(), Optional.empty(), Optional.empty());

    Node node(String name) {
      return Node.of(name)
          .withNamespace(namespace)
          .withServiceAccount(serviceAccount)
          .withLabels(labels);
    }

    @Override
    public void close() {
      identity.ifPresent(IdentitySource::close);
    }
  }

  /**
   * Finds out who this is, and waits for a certificate where one is to be signed.
   *
   * @param server the control plane's address; absent where there is none elsewhere
   * @throws IOException if there is no such identity
   */
  Workload open(Optional<Options.HostPort> server) throws IOException, InterruptedException {
    check(server.isPresent());
    try {
      if (token != null && serverRoots != null) {
        return enrolled(server.orElseThrow().toString(), roots(serverRoots), token);
      }
      if (identity != null) {
        return of(identity);
      }
    } catch (CertificateException e) {
      throw new IOException(e.getMessage(), e);
    }
    return new Workload(
        namespace == null ? "default" : namespace, "", labels, Optional.empty(), Optional.empty());
  }

  private void check(boolean hasServer) {
    Options.requireFile(serverRoots);
    Options.requireFile(token);
    if (serverRoots != null && !hasServer) {
      throw new Options.UsageException(
          "--server-roots: no control plane is called (expected: with --server or --register)");
    }
    if (token != null && (serverRoots == null || identity != null)) {
      throw new Options.UsageException(
          "--token: (expected: with --server-roots, and no --identity)");
    }
    if (serverRoots != null && token == null && identity == null) {
      throw new Options.UsageException(
          "--server-roots: nothing to be known by (expected: --token or --identity)");
    }
  }

  private static List<X509Certificate> roots(Path file) throws IOException, CertificateException {
    return Pem.certificates(file.toString(), IdentityFiles.text(file));
  }

  private Workload enrolled(String server, List<X509Certificate> roots, Path token)
      throws IOException, InterruptedException {
    Enrollment enrollment =
        Enrollment.begin(server, roots, CertificateAuthorityClient.tokenIn(token));
    try {
      Identity first = enrollment.await(patience);
      return known(first, enrollment.identity(), Optional.of(enrollment.tls()));
    } catch (IOException e) {
      enrollment.close();
      throw new IOException(
          e.getMessage()
              + System.lineSeparator()
              + "No certificate for the token in "
              + token
              + " (expected: one of 'meshctl ca token' that was not used before and is not too old; what was wrong"
              + " stands in the control plane's log).",
          e);
    } catch (InterruptedException | RuntimeException e) {
      enrollment.close();
      throw e;
    }
  }

  private Workload of(Path folder) throws IOException, CertificateException {
    FileIdentitySource source =
        FileIdentitySource.open(
            IdentityFiles.of(
                folder.resolve("cert-chain.pem"),
                folder.resolve("key.pem"),
                folder.resolve("root-cert.pem")));
    Optional<PinnedTls> tls = Optional.empty();
    if (serverRoots != null) {
      tls = Optional.of(PinnedTls.of(roots(serverRoots)).presenting(source));
    }
    return known(source.current().orElseThrow(), source, tls);
  }

  /** The control plane lets a node in as what its certificate says, and as nothing else. */
  private Workload known(Identity first, IdentitySource source, Optional<PinnedTls> tls) {
    SpiffeId id = first.svid().id();
    Optional<SpiffeId.ServiceAccount> account = id.serviceAccount();
    String own = account.map(SpiffeId.ServiceAccount::namespace).orElse("default");
    if (namespace != null && account.isPresent() && !namespace.equals(own)) {
      source.close();
      throw new Options.UsageException(
          "--namespace: "
              + namespace
              + " (expected: "
              + own
              + ", as in the certificate of "
              + id
              + ")");
    }
    return new Workload(
        namespace == null ? own : namespace,
        account.map(SpiffeId.ServiceAccount::name).orElse(""),
        labels,
        Optional.of(source),
        tls);
  }
}
