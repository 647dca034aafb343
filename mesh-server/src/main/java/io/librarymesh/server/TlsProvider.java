package io.librarymesh.server;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.Provider;
import java.util.Optional;
import org.conscrypt.Conscrypt;

/**
 * Which implementation of TLS ends connections. The JDK's closes handshakes that ask for a name
 * with an underscore, as those of Istio's sidecars do; Conscrypt takes them.
 */
final class TlsProvider {
  private static final Logger LOG = System.getLogger(TlsProvider.class.getName());
  private static final String DISABLED = "jdk.tls.server.disableExtensions";

  private TlsProvider() {}

  /** Conscrypt where it is on the class path and runs on this machine; empty: the JDK's. */
  static Optional<Provider> best() {
    return Detected.BEST;
  }

  private static final class Detected {
    static final Optional<Provider> BEST = detect();

    private static Optional<Provider> detect() {
      try {
        if (Conscrypt.isAvailable()) {
          return Optional.of(Conscrypt.newProvider());
        }
      } catch (LinkageError e) {
        LOG.log(Level.DEBUG, "library-mesh: TLS of the JDK", e);
      }
      if (!System.getProperty(DISABLED, "").contains("server_name")) {
        LOG.log(
            Level.INFO,
            "library-mesh: TLS of the JDK, which refuses the server names of Istio''s sidecars"
                + " (expected for them: org.conscrypt:conscrypt-openjdk-uber, or -D{0}=server_name)",
            DISABLED);
      }
      return Optional.empty();
    }
  }
}
