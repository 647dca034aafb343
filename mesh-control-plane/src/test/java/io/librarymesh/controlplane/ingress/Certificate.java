package io.librarymesh.controlplane.ingress;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for one host that signs itself, as files and as what Java takes. */
final class Certificate {

  private static final char[] PASSWORD = "password".toCharArray();
  private static final String ALIAS = "mesh";

  private final KeyStore keys;

  /** Path of the certificate in PEM. */
  final Path chain;

  /** Path of the key in PEM. */
  final Path key;

  private Certificate(KeyStore keys, Path chain, Path key) {
    this.keys = keys;
    this.chain = chain;
    this.key = key;
  }

  static Certificate forHost(String host, Path directory) throws Exception {
    Path store = directory.resolve(host + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + host,
                "-ext",
                "san=dns:" + host,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .inheritIO()
            .start();
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      keytool.destroyForcibly();
      throw new IOException("keytool made no certificate");
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream stream = Files.newInputStream(store)) {
      keys.load(stream, PASSWORD);
    }
    byte[] certificate = keys.getCertificate(ALIAS).getEncoded();
    byte[] key = keys.getKey(ALIAS, PASSWORD).getEncoded();
    return new Certificate(
        keys,
        pem(directory.resolve(host + ".crt"), "CERTIFICATE", certificate),
        pem(directory.resolve(host + ".key"), "PRIVATE KEY", key));
  }

  private static Path pem(Path file, String type, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return Files.writeString(
        file, "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
  }

  /** For a server that has this certificate. */
  SSLContext server() throws GeneralSecurityException {
    return context(true, this);
  }

  /** For a client that trusts this certificate and has none itself. */
  SSLContext client() throws GeneralSecurityException {
    return context(false, this);
  }

  /** For a client that has this certificate and trusts another one. */
  SSLContext clientOf(Certificate server) throws GeneralSecurityException {
    return context(true, server);
  }

  private SSLContext context(boolean own, Certificate trusted) throws GeneralSecurityException {
    KeyManagerFactory mine = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    mine.init(keys, PASSWORD);
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    try {
      anchors.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
    anchors.setCertificateEntry(ALIAS, trusted.keys.getCertificate(ALIAS));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(anchors);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own ? mine.getKeyManagers() : null, trust.getTrustManagers(), null);
    return context;
  }
}
