package io.librarymesh;

import io.librarymesh.config.UpstreamTls;
import io.librarymesh.config.UpstreamTls.Certificate;
import io.librarymesh.config.UpstreamTls.Trust;
import io.librarymesh.config.UpstreamTls.Version;
import io.librarymesh.identity.ClientTls;
import io.librarymesh.identity.Identity;
import io.librarymesh.identity.IdentityFiles;
import io.librarymesh.identity.Pem;
import io.librarymesh.identity.ServerCheck;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards endpoints, with one identity of this workload and for servers of one policy.
 * Connections must be kept apart by it: one that was made with another of these has another
 * identity, or was shown the certificate of a server that may not be the right one here. Safe in
 * any thread; compared by identity.
 */
public final class EndpointTls {
  private static final List<String> ISTIO_HTTP_1 = List.of("istio-http/1.1", "istio", "http/1.1");
  private static final List<String> ISTIO_HTTP_2 = List.of("istio-h2", "istio", "h2");

  private final UpstreamTls asked;
  private final @Nullable Identity identity;
  private final UpstreamIdentities identities;
  private final List<String> versions;
  private final boolean ofMesh;

  /** Guarded by {@code this}; what was made of the files when they were last looked at. */
  private @Nullable Made made;

  private record Made(List<FileTime> times, ClientTls tls) {}

  EndpointTls(UpstreamTls asked, @Nullable Identity identity, UpstreamIdentities identities) {
    this.asked = asked;
    this.identity = identity;
    this.identities = identities;
    this.versions =
        Arrays.stream(Version.values())
            .filter(v -> v.compareTo(asked.oldest()) >= 0 && v.compareTo(asked.newest()) <= 0)
            .map(Version::jdkName)
            .toList();
    this.ofMesh =
        asked.certificate() instanceof Certificate.OfMesh
            || asked.alpn().stream().anyMatch(protocol -> protocol.startsWith("istio"));
  }

  /** What the cluster asks for. */
  UpstreamTls asked() {
    return asked;
  }

  /** Whether it asks the same of servers as another, and may show them another identity. */
  public boolean replaces(EndpointTls other) {
    return this != other && asked.equals(other.asked);
  }

  /** Whether nothing has come in its place: an identity is replaced before it expires. */
  @SuppressWarnings("ReferenceEquality") // Asked on every call; a source makes one object of each.
  boolean isCurrent() {
    return !asked.needsIdentity() || identities.current() == identity;
  }

  /**
   * Speaks TLS over a connection to an endpoint. Waits for the server's proof of who it is, and may
   * read files.
   *
   * @param connected to the endpoint; nothing has been sent or read
   * @param http2 whether the requests that follow are of HTTP/2 rather than HTTP/1.1
   * @throws IOException if there is no identity, no TLS, the server is somebody else or the
   *     connection broke; the message says who was expected and who answered
   */
  public Socket connect(Socket connected, boolean http2) throws IOException {
    return tls().connect(connected, asked.sni(), alpn(http2), versions);
  }

  /**
   * As Istio's sidecars, whose filter chooses by the request. Never {@code istio-peer-exchange},
   * after which a peer speaks a protocol of its own first.
   */
  private List<String> alpn(boolean http2) {
    if (ofMesh) {
      return http2 ? ISTIO_HTTP_2 : ISTIO_HTTP_1;
    }
    return List.of(http2 ? "h2" : "http/1.1");
  }

  private synchronized ClientTls tls() throws IOException {
    List<FileTime> times = times();
    Made current = made;
    if (current == null || !current.times().equals(times)) {
      try {
        current = new Made(times, make());
      } catch (CertificateException e) {
        throw unusable(e);
      }
      made = current;
    }
    return current.tls();
  }

  private static IOException unusable(Exception e) {
    return new IOException("TLS: " + e.getMessage());
  }

  /** Envoy looks at files when they change; here they are looked at before each connection. */
  private List<FileTime> times() throws IOException {
    List<FileTime> times = new ArrayList<>();
    if (asked.certificate() instanceof Certificate.Files files) {
      times.add(Files.getLastModifiedTime(path(files.chain())));
      times.add(Files.getLastModifiedTime(path(files.privateKey())));
    }
    if (asked.trust() instanceof Trust.File file) {
      times.add(Files.getLastModifiedTime(path(file.path())));
    }
    return times;
  }

  private static Path path(String name) throws IOException {
    try {
      Path path = Path.of(name);
      if (!Files.isReadable(path)) {
        throw new IOException("TLS: " + name + " cannot be read (expected: a file of PEM)");
      }
      return path;
    } catch (InvalidPathException e) {
      throw unusable(e);
    }
  }

  private ClientTls make() throws IOException, CertificateException {
    ServerCheck servers = servers();
    if (asked.certificate() instanceof Certificate.OfMesh) {
      return ClientTls.of(requireIdentity().svid(), servers);
    }
    if (asked.certificate() instanceof Certificate.Files files) {
      List<X509Certificate> chain =
          Pem.certificates(files.chain(), IdentityFiles.text(path(files.chain())));
      PrivateKey key =
          Pem.privateKey(files.privateKey(), IdentityFiles.text(path(files.privateKey())));
      return ClientTls.of(chain, key, servers);
    }
    return ClientTls.anonymous(servers);
  }

  private ServerCheck servers() throws IOException, CertificateException {
    Trust trust = asked.trust();
    if (trust instanceof Trust.OfMesh) {
      return ServerCheck.workload(
          requireIdentity().bundles(),
          ServerNames.workloads(asked.names()),
          InstantSource.system());
    }
    if (trust instanceof Trust.InsecureAnybody) {
      identities.warnOfAnybody(asked);
      return ServerCheck.insecureAnybody();
    }
    List<X509Certificate> roots =
        trust instanceof Trust.File file
            ? Pem.certificates(file.path(), IdentityFiles.text(path(file.path())))
            : List.of();
    return ServerCheck.named(roots, ServerNames.rule(asked), ServerNames.expected(asked));
  }

  private Identity requireIdentity() throws IOException {
    if (identity == null) {
      throw new IOException("TLS: " + identities.whyNone());
    }
    return identity;
  }

  @Override
  public String toString() {
    return "TLS (server name " + asked.sni() + ", expects " + ServerNames.expected(asked) + ")";
  }
}
