package io.librarymesh.identity;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of TLS: what it presents, and whom it believes. Sessions are resumed only
 * within one of these, since a session that is resumed shows no certificate. Safe in any thread.
 */
public final class ClientTls {
  private final ServerCheck servers;
  private final SSLContext context;

  private ClientTls(ServerCheck servers, KeyManager[] keys) {
    this.servers = servers;
    try {
      context = SSLContext.getInstance("TLS");
      context.init(keys, new TrustManager[] {new Trust(servers)}, null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS is part of every Java platform", e);
    }
  }

  /** A client that shows nothing. */
  public static ClientTls anonymous(ServerCheck servers) {
    return new ClientTls(servers, new KeyManager[0]);
  }

  /** A client that shows who it is in the mesh. */
  public static ClientTls of(X509Svid svid, ServerCheck servers) {
    return new ClientTls(servers, new KeyManager[] {new SvidKeyManager(svid)});
  }

  /**
   * A client that shows a certificate of any kind.
   *
   * @param chain the client's certificate, then its issuers
   * @throws CertificateException if the key is not that of the first certificate
   */
  public static ClientTls of(List<X509Certificate> chain, PrivateKey key, ServerCheck servers)
      throws CertificateException {
    X509Svid.requirePair(chain.get(0), key);
    return new ClientTls(servers, new KeyManager[] {new SvidKeyManager(chain, key)});
  }

  /**
   * Speaks TLS over a connection: returns when the server has proved who it is.
   *
   * @param sni the name to tell; empty for none. Need not be one of DNS: those of Istio, such as
   *     {@code outbound_.80_._.greeter.default.svc.cluster.local}, are none
   * @param alpn the protocols to offer, the most welcome first; may be empty
   * @param versions of TLS, as the JDK calls them
   * @throws SSLException if there is no TLS or the server is somebody else; the message says who
   * @throws IOException if the connection broke
   */
  public Socket connect(Socket connected, String sni, List<String> alpn, List<String> versions)
      throws IOException {
    String host = sni.isEmpty() ? requireNonNull(connected.getInetAddress()).getHostAddress() : sni;
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(connected, host, connected.getPort(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(versions.toArray(String[]::new));
    parameters.setApplicationProtocols(alpn.toArray(String[]::new));
    parameters.setServerNames(sni.isEmpty() ? List.of() : List.of(new AnyName(sni)));
    parameters.setEndpointIdentificationAlgorithm("");
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
      verifyAgain(socket);
    } catch (SSLException e) {
      throw told(e);
    }
    return socket;
  }

  private void verifyAgain(SSLSocket socket) throws SSLException {
    Certificate leaf = socket.getSession().getPeerCertificates()[0];
    try {
      servers.verifyAgain((X509Certificate) leaf);
    } catch (CertificateException e) {
      throw new SSLHandshakeException(String.valueOf(e.getMessage()));
    }
  }

  /** In the words of whoever refused, which JSSE buries among its own. */
  private static SSLException told(SSLException e) {
    String why = e.getMessage();
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        why = cause.getMessage();
        break;
      }
    }
    SSLException told = new SSLHandshakeException("TLS handshake: " + clear(why));
    told.addSuppressed(e);
    return told;
  }

  private static String clear(@Nullable String why) {
    if (why == null) {
      return "failed";
    }
    return why.contains("SSL message")
        ? why + ": the endpoint does not answer in TLS (expected: a port that speaks it)"
        : why;
  }

  /** A name that the JDK would not let pass for one of DNS. */
  private static final class AnyName extends SNIServerName {
    AnyName(String name) {
      super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** Extended, because JSSE would add checks of its own around a plain one. */
  private static final class Trust extends X509ExtendedTrustManager {
    private static final X509Certificate[] NONE = {};

    private final ServerCheck servers;

    Trust(ServerCheck servers) {
      this.servers = servers;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      servers.verify(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      servers.verify(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      servers.verify(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw clientsOnly();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      throw clientsOnly();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      throw clientsOnly();
    }

    private static CertificateException clientsOnly() {
      return new CertificateException("this is the side of the client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return NONE;
    }
  }
}
