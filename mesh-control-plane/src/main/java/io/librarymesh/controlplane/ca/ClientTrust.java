package io.librarymesh.controlplane.ca;

import io.librarymesh.identity.SvidRefusedException;
import io.librarymesh.identity.SvidVerifier;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Accepts clients with certificates of this authority, by the roots that are in force now. */
final class ClientTrust extends X509ExtendedTrustManager {
  private static final X509Certificate[] NONE = {};

  private final CertificateAuthority authority;

  ClientTrust(CertificateAuthority authority) {
    this.authority = authority;
  }

  private void verify(X509Certificate... chain) throws SvidRefusedException {
    new SvidVerifier(authority.bundles(), authority.clock()).verify(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws SvidRefusedException {
    verify(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws SvidRefusedException {
    verify(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws SvidRefusedException {
    verify(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this side is the server");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("this side is the server");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("this side is the server");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NONE;
  }
}
