package io.librarymesh.server;

import com.sun.net.httpserver.HttpExchange;
import io.librarymesh.authz.InboundRequest;
import java.net.InetAddress;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request to the JDK's server as the rules look at it. */
final class ExchangeRequest implements InboundRequest {
  private final HttpExchange exchange;
  private final InboundPeer peer;

  ExchangeRequest(HttpExchange exchange, InboundPeer peer) {
    this.exchange = exchange;
    this.peer = peer;
  }

  @Override
  public String method() {
    return exchange.getRequestMethod();
  }

  @Override
  public String scheme() {
    return peer.overTls() ? "https" : "http";
  }

  @Override
  public String authority() {
    List<String> hosts = headerLines("host");
    return hosts.isEmpty() ? "" : hosts.get(0);
  }

  @Override
  public String path() {
    URI target = exchange.getRequestURI();
    if (!target.isAbsolute()) {
      return target.toString();
    }
    // The form that proxies are asked in, which servers have to understand, too (RFC 9112, 3.2.2).
    String path = target.getRawPath() == null ? "" : target.getRawPath();
    String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
    return (path.isEmpty() ? "/" : path) + query;
  }

  /** The server finds contexts by the path that {@link URI} takes for it, decoded. */
  @Override
  public @Nullable String dispatchPath() {
    String path = exchange.getRequestURI().getPath();
    return path == null || path.isEmpty() ? "/" : path;
  }

  @Override
  public List<String> headerLines(String name) {
    List<String> lines = exchange.getRequestHeaders().get(name);
    return lines == null ? List.of() : lines;
  }

  @Override
  public Set<String> headerNames() {
    Set<String> names = new LinkedHashSet<>();
    exchange.getRequestHeaders().keySet().forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    return names;
  }

  @Override
  public @Nullable String peer() {
    return peer.peer();
  }

  @Override
  public InetAddress source() {
    return peer.source();
  }

  @Override
  public InetAddress destination() {
    return peer.destination();
  }

  @Override
  public int destinationPort() {
    return peer.destinationPort();
  }

  @Override
  public String serverName() {
    return peer.serverName();
  }
}
