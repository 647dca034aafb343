package io.librarymesh.okhttp;

import java.net.Proxy;
import java.net.ProxySelector;
import javax.net.SocketFactory;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.Authenticator;
import okhttp3.Cache;
import okhttp3.CertificatePinner;
import okhttp3.Dns;
import okhttp3.Interceptor;
import org.jspecify.annotations.Nullable;

/** How the caller's client reaches the network, as far as an interceptor can see. */
record Network(
    Dns dns,
    SocketFactory sockets,
    @Nullable SSLSocketFactory tls,
    @Nullable X509TrustManager trust,
    HostnameVerifier verifier,
    CertificatePinner pinner,
    @Nullable Proxy proxy,
    ProxySelector proxySelector,
    Authenticator proxyAuthenticator,
    @Nullable Cache cache) {

  static Network of(Interceptor.Chain chain) {
    return new Network(
        chain.getDns(),
        chain.getSocketFactory(),
        chain.getSslSocketFactoryOrNull(),
        chain.getX509TrustManagerOrNull(),
        chain.getHostnameVerifier(),
        chain.getCertificatePinner(),
        chain.getProxy(),
        chain.getProxySelector(),
        chain.getProxyAuthenticator(),
        chain.getCache());
  }

  /** Compares by identity: calls of one client share these objects, and this runs in each call. */
  @SuppressWarnings("ReferenceEquality") // on purpose, see above
  boolean isThatOf(Interceptor.Chain chain) {
    return chain.getDns() == dns
        && chain.getSocketFactory() == sockets
        && chain.getSslSocketFactoryOrNull() == tls
        && chain.getX509TrustManagerOrNull() == trust
        && chain.getHostnameVerifier() == verifier
        && chain.getCertificatePinner() == pinner
        && chain.getProxy() == proxy
        && chain.getProxySelector() == proxySelector
        && chain.getProxyAuthenticator() == proxyAuthenticator
        && chain.getCache() == cache;
  }
}
