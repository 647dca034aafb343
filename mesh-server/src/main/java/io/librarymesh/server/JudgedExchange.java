package io.librarymesh.server;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import io.librarymesh.authz.InboundVerdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An exchange as the application sees it once the rules have let it in. */
final class JudgedExchange extends HttpExchange {
  private final HttpExchange exchange;
  private final InboundPeer peer;
  private final InboundCall call;
  private final Headers headers;
  private final URI target;
  private final Map<String, List<String>> answerHeaders;

  JudgedExchange(
      HttpExchange exchange, InboundPeer peer, InboundVerdict.Allowed allowed, URI target) {
    this.exchange = exchange;
    this.peer = peer;
    this.call = InboundCall.of(peer, allowed);
    this.target = target;
    this.answerHeaders = allowed.answerHeaders();
    this.headers = new Headers();
    headers.putAll(exchange.getRequestHeaders());
    allowed.headers().removed().forEach(headers::remove);
    allowed.headers().set().forEach(headers::set);
  }

  @Override
  public Headers getRequestHeaders() {
    return headers;
  }

  @Override
  public URI getRequestURI() {
    return target;
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return peer.remote();
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return peer.local();
  }

  /** By others than ours they are those of the context, which all its exchanges share. */
  @Override
  public @Nullable Object getAttribute(String name) {
    return name.equals(InboundCall.ATTRIBUTE) ? call : exchange.getAttribute(name);
  }

  @Override
  public void setAttribute(String name, @Nullable Object value) {
    if (!name.equals(InboundCall.ATTRIBUTE)) {
      exchange.setAttribute(name, value);
    }
  }

  @Override
  public Headers getResponseHeaders() {
    return exchange.getResponseHeaders();
  }

  @Override
  public String getRequestMethod() {
    return exchange.getRequestMethod();
  }

  @Override
  public HttpContext getHttpContext() {
    return exchange.getHttpContext();
  }

  @Override
  public void close() {
    exchange.close();
  }

  @Override
  public InputStream getRequestBody() {
    return exchange.getRequestBody();
  }

  @Override
  public OutputStream getResponseBody() {
    return exchange.getResponseBody();
  }

  @Override
  public void sendResponseHeaders(int status, long length) throws IOException {
    answerHeaders.forEach(
        (name, lines) -> lines.forEach(line -> exchange.getResponseHeaders().add(name, line)));
    exchange.sendResponseHeaders(status, length);
  }

  @Override
  public int getResponseCode() {
    return exchange.getResponseCode();
  }

  @Override
  public String getProtocol() {
    return exchange.getProtocol();
  }

  @Override
  public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
    exchange.setStreams(in, out);
  }

  @Override
  public @Nullable HttpPrincipal getPrincipal() {
    return exchange.getPrincipal();
  }
}
