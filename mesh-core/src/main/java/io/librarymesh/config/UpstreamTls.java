package io.librarymesh.config;

import java.util.List;

/**
 * TLS towards the endpoints of a cluster. Source: Envoy {@code
 * transport_sockets.tls.v3.UpstreamTlsContext}.
 *
 * @param sni the name that is told to the server; empty for none
 * @param hostSni whether the endpoint's host name is told in its place, where it has one
 * @param alpn the protocols that the cluster offers; may be empty. Those of Istio say that the
 *     server is a peer of the mesh
 * @param certificate what is presented to the server
 * @param trust whose signature the server's certificate must have
 * @param names who the server may be: one of these must be among the names of its certificate. When
 *     there are none, nobody of the mesh is accepted; of others the one whose certificate names
 *     {@code sni}
 * @param oldest the oldest version of TLS that is spoken
 * @param newest the newest version of TLS that is spoken; not older than {@code oldest}
 */
public record UpstreamTls(
    String sni,
    boolean hostSni,
    List<String> alpn,
    Certificate certificate,
    Trust trust,
    List<SubjectAltName> names,
    Version oldest,
    Version newest) {
  public UpstreamTls {
    alpn = List.copyOf(alpn);
    names = List.copyOf(names);
    if (oldest.compareTo(newest) > 0) {
      throw new IllegalArgumentException(
          "oldest: " + oldest + " (expected: not above " + newest + ")");
    }
  }

  /** TLS between two workloads of the mesh, as Istio's {@code ISTIO_MUTUAL}. */
  public static UpstreamTls ofMesh(String sni, List<SubjectAltName> names) {
    return new UpstreamTls(
        sni,
        false,
        List.of("istio"),
        new Certificate.OfMesh(),
        new Trust.OfMesh(),
        names,
        Version.TLS_1_2,
        Version.TLS_1_3);
  }

  /** The same with this name for an endpoint that has one. */
  public UpstreamTls towards(String hostname) {
    return hostSni && !hostname.isEmpty() && !hostname.equals(sni)
        ? new UpstreamTls(hostname, true, alpn, certificate, trust, names, oldest, newest)
        : this;
  }

  /** Whether it takes an identity of the mesh to speak it. */
  public boolean needsIdentity() {
    return certificate instanceof Certificate.OfMesh || trust instanceof Trust.OfMesh;
  }

  /** What is presented to the server. */
  public sealed interface Certificate {
    /** Nothing. */
    record None() implements Certificate {}

    /** The identity of this workload (SDS {@code default}). */
    record OfMesh() implements Certificate {}

    /**
     * A certificate in files of PEM.
     *
     * @param chain the certificate, then its issuers
     * @param privateKey PKCS#8 without a password
     */
    record Files(String chain, String privateKey) implements Certificate {}
  }

  /** Whose signature a certificate must have. */
  public sealed interface Trust {
    /** The roots that came with the identity of this workload (SDS {@code ROOTCA}). */
    record OfMesh() implements Trust {}

    /**
     * The certificates in a file of PEM.
     *
     * @param path on this machine
     */
    record File(String path) implements Trust {}

    /** The roots that the JDK trusts. */
    record SystemRoots() implements Trust {}

    /** Anybody is believed to be the server: only what listens in silence is kept out. */
    record InsecureAnybody() implements Trust {}
  }

  /**
   * A name that a certificate may have.
   *
   * @param match compared with each name of that kind
   */
  public record SubjectAltName(Kind kind, StringMatch match) {
    /** A URI of this spelling, such as {@code spiffe://cluster.local/ns/default/sa/greeter}. */
    public static SubjectAltName uri(String uri) {
      return new SubjectAltName(Kind.URI, new StringMatch.Exact(uri, false));
    }

    /** What the name is. */
    public enum Kind {
      URI,
      DNS,
      IP_ADDRESS,
      /** A DNS name or an IP address, for a rule that does not say which. */
      HOST
    }
  }

  /** A version of TLS. */
  public enum Version {
    TLS_1_2("TLSv1.2"),
    TLS_1_3("TLSv1.3");

    private final String jdkName;

    Version(String jdkName) {
      this.jdkName = jdkName;
    }

    /** As the JDK calls it. */
    public String jdkName() {
      return jdkName;
    }
  }
}
