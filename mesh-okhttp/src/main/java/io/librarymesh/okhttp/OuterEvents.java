package io.librarymesh.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Passes what attempts do on the network on to the caller's listener, as events of the caller's own
 * call. The beginning and the end of calls are left out: there is one, and OkHttp tells of it.
 */
final class OuterEvents extends EventListener {
  private final Call call;
  private final EventListener listener;
  private final @Nullable EndpointAddress endpoint;

  OuterEvents(Call call, EventListener listener) {
    this(call, listener, null);
  }

  private OuterEvents(Call call, EventListener listener, @Nullable EndpointAddress endpoint) {
    this.call = call;
    this.listener = listener;
    this.endpoint = endpoint;
  }

  /** The events of an attempt that {@code client} sends. */
  OuterEvents of(OkHttpClient client) {
    return client.dns() instanceof EndpointAddress address
        ? new OuterEvents(call, listener, address)
        : this;
  }

  /** Where a connection really goes, which OkHttp takes from the URL. */
  private InetSocketAddress real(InetSocketAddress address) {
    return endpoint == null ? address : endpoint.told(address);
  }

  @Override
  public void proxySelectStart(Call inner, HttpUrl url) {
    listener.proxySelectStart(call, url);
  }

  @Override
  public void proxySelectEnd(Call inner, HttpUrl url, List<Proxy> proxies) {
    listener.proxySelectEnd(call, url, proxies);
  }

  @Override
  public void dnsStart(Call inner, String domainName) {
    listener.dnsStart(call, domainName);
  }

  @Override
  public void dnsEnd(Call inner, String domainName, List<InetAddress> addresses) {
    listener.dnsEnd(call, domainName, addresses);
  }

  @Override
  public void connectStart(Call inner, InetSocketAddress address, Proxy proxy) {
    listener.connectStart(call, real(address), proxy);
  }

  @Override
  public void secureConnectStart(Call inner) {
    listener.secureConnectStart(call);
  }

  @Override
  public void secureConnectEnd(Call inner, @Nullable Handshake handshake) {
    listener.secureConnectEnd(call, handshake);
  }

  @Override
  public void connectEnd(
      Call inner, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
    listener.connectEnd(call, real(address), proxy, protocol);
  }

  @Override
  public void connectFailed(
      Call inner,
      InetSocketAddress address,
      Proxy proxy,
      @Nullable Protocol protocol,
      IOException e) {
    listener.connectFailed(call, real(address), proxy, protocol, e);
  }

  @Override
  public void connectionAcquired(Call inner, Connection connection) {
    listener.connectionAcquired(call, connection);
  }

  @Override
  public void connectionReleased(Call inner, Connection connection) {
    listener.connectionReleased(call, connection);
  }

  @Override
  public void requestHeadersStart(Call inner) {
    listener.requestHeadersStart(call);
  }

  @Override
  public void requestHeadersEnd(Call inner, Request request) {
    listener.requestHeadersEnd(call, request);
  }

  @Override
  public void requestBodyStart(Call inner) {
    listener.requestBodyStart(call);
  }

  @Override
  public void requestBodyEnd(Call inner, long byteCount) {
    listener.requestBodyEnd(call, byteCount);
  }

  @Override
  public void requestFailed(Call inner, IOException e) {
    listener.requestFailed(call, e);
  }

  @Override
  public void responseHeadersStart(Call inner) {
    listener.responseHeadersStart(call);
  }

  @Override
  public void responseHeadersEnd(Call inner, Response response) {
    listener.responseHeadersEnd(call, response);
  }

  @Override
  public void responseBodyStart(Call inner) {
    listener.responseBodyStart(call);
  }

  @Override
  public void responseBodyEnd(Call inner, long byteCount) {
    listener.responseBodyEnd(call, byteCount);
  }

  @Override
  public void responseFailed(Call inner, IOException e) {
    listener.responseFailed(call, e);
  }

  @Override
  public void cacheHit(Call inner, Response response) {
    listener.cacheHit(call, response);
  }

  @Override
  public void cacheMiss(Call inner) {
    listener.cacheMiss(call);
  }

  @Override
  public void cacheConditionalHit(Call inner, Response cachedResponse) {
    listener.cacheConditionalHit(call, cachedResponse);
  }
}
