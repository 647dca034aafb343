package io.librarymesh.controlplane.keys;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Gets documents over HTTPS, TLS 1.2 or later, from addresses that the guard lets be called:
 * without proxies, cookies and credentials, following redirects only to the same host, up to 1 MiB.
 */
final class GuardedFetch implements KeyFetch {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_REDIRECTS = 3;
  private static final int OK = 200;

  private final boolean insecureHttp;
  private final OkHttpClient client;

  GuardedFetch(KeySettings settings) {
    this(settings, Dns.SYSTEM);
  }

  GuardedFetch(KeySettings settings, Dns dns) {
    this.insecureHttp = settings.insecureHttp();
    X509TrustManager trust = trust(settings.roots());
    AddressGuard guard = new AddressGuard(settings.insecurePrivateAddresses());
    this.client =
        new OkHttpClient.Builder()
            .dns(dns)
            .proxy(Proxy.NO_PROXY)
            .socketFactory(new GuardedSockets(guard))
            .sslSocketFactory(tls(trust).getSocketFactory(), trust)
            .connectionSpecs(
                insecureHttp
                    ? List.of(ConnectionSpec.MODERN_TLS, ConnectionSpec.CLEARTEXT)
                    : List.of(ConnectionSpec.MODERN_TLS))
            .protocols(List.of(Protocol.HTTP_1_1))
            .followRedirects(false)
            .followSslRedirects(false)
            .fastFallback(false)
            // The time of the whole call counts alone.
            .connectTimeout(Duration.ZERO)
            .readTimeout(Duration.ZERO)
            // A name is resolved anew for every document.
            .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
            .build();
  }

  @Override
  public String get(String uri, Duration timeout) throws IOException {
    HttpUrl first = accepted(HttpUrl.parse(uri));
    OkHttpClient timed = client.newBuilder().callTimeout(timeout).build();
    HttpUrl url = first;
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      try (Response response = timed.newCall(request(url)).execute()) {
        if (response.code() == OK) {
          return body(response);
        }
        if (!response.isRedirect()) {
          throw new IOException("HTTP " + response.code() + " (expected: 200)");
        }
        url = redirected(first, response);
      } catch (UnknownHostException e) {
        throw new IOException(url.host() + " is not known (expected: a host that resolves)", e);
      } catch (InterruptedIOException e) {
        throw new IOException("no answer within " + timeout.toMillis() + " ms", e);
      }
    }
    throw new IOException(MAX_REDIRECTS + " redirects (expected: a document)");
  }

  private HttpUrl accepted(@Nullable HttpUrl url) throws RefusedAddress {
    if (url == null) {
      throw new RefusedAddress("it is no URI of HTTPS (expected: https://HOST/...)");
    }
    if (!url.username().isEmpty() || !url.password().isEmpty()) {
      throw new RefusedAddress("it has a user (expected: https://HOST/...)");
    }
    if (!url.isHttps() && !insecureHttp) {
      throw new RefusedAddress("in clear text (expected: https, or insecure http allowed)");
    }
    return url;
  }

  private static Request request(HttpUrl url) {
    return new Request.Builder().url(url).header("Accept", "application/json").build();
  }

  private HttpUrl redirected(HttpUrl first, Response response) throws RefusedAddress {
    String location = response.header("Location");
    HttpUrl next = accepted(location == null ? null : response.request().url().resolve(location));
    boolean same =
        next.scheme().equals(first.scheme())
            && next.host().equals(first.host())
            && next.port() == first.port();
    if (!same) {
      throw new RefusedAddress("it redirects to another host (expected: a document)");
    }
    return next;
  }

  private static String body(Response response) throws IOException {
    try (InputStream stream = response.body().byteStream()) {
      byte[] bytes = stream.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("larger than 1 MiB (expected: less)");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static SSLContext tls(X509TrustManager trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS: the JDK has none", e);
    }
  }

  /** The JDK's authorities, and these. */
  private static X509TrustManager trust(List<X509Certificate> roots) {
    try {
      X509TrustManager usual = trust((KeyStore) null);
      if (roots.isEmpty()) {
        return usual;
      }
      KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
      all.load(null, null);
      int count = 0;
      for (X509Certificate root : usual.getAcceptedIssuers()) {
        all.setCertificateEntry("root-" + count++, root);
      }
      for (X509Certificate root : roots) {
        all.setCertificateEntry("root-" + count++, root);
      }
      return trust(all);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("roots: " + e.getMessage(), e);
    }
  }

  private static X509TrustManager trust(@Nullable KeyStore roots) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(roots);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager found) {
        return found;
      }
    }
    throw new GeneralSecurityException("the JDK has no trust in certificates");
  }
}
