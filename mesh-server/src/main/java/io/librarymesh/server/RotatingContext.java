package io.librarymesh.server;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/** Makes each engine with the identity of now, and with what every server of the mesh asks for. */
final class RotatingContext extends SSLContextSpi {
  private final ServerTls tls;

  private RotatingContext(ServerTls tls) {
    this.tls = tls;
  }

  static SSLContext of(ServerTls tls) {
    RotatingContext spi = new RotatingContext(tls);
    try {
      return new SSLContext(spi, SSLContext.getDefault().getProvider(), "TLS") {};
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException("TLS is part of every Java platform", e);
    }
  }

  private SSLContext current() {
    try {
      return tls.required().context();
    } catch (SSLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  @Override
  protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
      throws KeyManagementException {
    throw new KeyManagementException("the identity of the mesh is in it");
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    return tls.configure(current().createSSLEngine());
  }

  @Override
  protected SSLEngine engineCreateSSLEngine(String host, int port) {
    return tls.configure(current().createSSLEngine(host, port));
  }

  @Override
  protected SSLParameters engineGetDefaultSSLParameters() {
    SSLParameters parameters = current().getDefaultSSLParameters();
    tls.harden(parameters);
    return parameters;
  }

  @Override
  protected SSLParameters engineGetSupportedSSLParameters() {
    return current().getSupportedSSLParameters();
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    throw new UnsupportedOperationException("server: engines alone");
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    throw new UnsupportedOperationException("server: engines alone");
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    return current().getServerSessionContext();
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    return current().getClientSessionContext();
  }
}
