package io.librarymesh.controlplane.serve;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The bootstrap of a workload that uses grpc-java, with its certificate in files. */
final class GrpcWorkload {
  private static final AtomicLong SERIALS = new AtomicLong(1);
  private static final X500Name ROOT = new X500Name("CN=root");

  private GrpcWorkload() {}

  static String id(String account) {
    return "spiffe://cluster.local/ns/default/sa/" + account;
  }

  /** Signs the certificates of workloads. */
  static final class Root {
    private final KeyPair keys = newKeys();
    private final X509Certificate certificate = sign(keys, ROOT, "");

    /** Writes the certificate of an account, and who is trusted. */
    void write(Path directory, String account, Root trusted) throws Exception {
      KeyPair own = newKeys();
      X509Certificate leaf = sign(own, new X500Name("CN=workload"), id(account));
      pem(directory.resolve("cert.pem"), "CERTIFICATE", leaf.getEncoded());
      pem(directory.resolve("key.pem"), "PRIVATE KEY", own.getPrivate().getEncoded());
      pem(directory.resolve("root.pem"), "CERTIFICATE", trusted.certificate.getEncoded());
    }

    private X509Certificate sign(KeyPair of, X500Name subject, String uri) {
      try {
        JcaX509v3CertificateBuilder builder =
            new JcaX509v3CertificateBuilder(
                ROOT,
                BigInteger.valueOf(SERIALS.getAndIncrement()),
                Date.from(Instant.now().minus(Duration.ofHours(1))),
                Date.from(Instant.now().plus(Duration.ofHours(1))),
                subject,
                of.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(uri.isEmpty()));
        builder.addExtension(
            Extension.keyUsage,
            true,
            new KeyUsage(uri.isEmpty() ? KeyUsage.keyCertSign : KeyUsage.digitalSignature));
        if (!uri.isEmpty()) {
          builder.addExtension(
              Extension.subjectAlternativeName,
              false,
              new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
        }
        return new JcaX509CertificateConverter()
            .getCertificate(
                builder.build(
                    new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
      } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
        throw new AssertionError(e);
      }
    }

    private static KeyPair newKeys() {
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static void pem(Path file, String kind, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        file, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }

  /**
   * A bootstrap.
   *
   * @param metadata of the node, beside its namespace
   */
  static Map<String, ?> bootstrap(
      int controlPlane, String node, Map<String, ?> metadata, Path certificates) {
    Map<String, Object> all = new HashMap<>(metadata);
    all.put("NAMESPACE", "default");
    return Map.of(
        "node",
        Map.of("id", node, "metadata", all),
        "xds_servers",
        List.of(
            Map.of(
                "server_uri",
                "127.0.0.1:" + controlPlane,
                "channel_creds",
                List.of(Map.of("type", "insecure")),
                "server_features",
                List.of("xds_v3"))),
        "server_listener_resource_name_template",
        "xds.istio.io/grpc/lds/inbound/%s",
        "certificate_providers",
        Map.of(
            "default",
            Map.of(
                "plugin_name",
                "file_watcher",
                "config",
                Map.of(
                    "certificate_file",
                    certificates.resolve("cert.pem").toString(),
                    "private_key_file",
                    certificates.resolve("key.pem").toString(),
                    "ca_certificate_file",
                    certificates.resolve("root.pem").toString(),
                    "refresh_interval",
                    "600s"))));
  }
}
