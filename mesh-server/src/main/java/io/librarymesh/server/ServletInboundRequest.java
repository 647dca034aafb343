package io.librarymesh.server;

import io.librarymesh.authz.InboundRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request to a servlet container as the rules look at it. */
final class ServletInboundRequest implements InboundRequest {
  private final HttpServletRequest request;
  private final InboundPeer peer;

  ServletInboundRequest(HttpServletRequest request, InboundPeer peer) {
    this.request = request;
    this.peer = peer;
  }

  @Override
  public String method() {
    return request.getMethod();
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
    String query = request.getQueryString();
    return query == null ? request.getRequestURI() : request.getRequestURI() + "?" + query;
  }

  /** By which the container finds the servlet: decoded, without parameters of its segments. */
  @Override
  public @Nullable String dispatchPath() {
    String info = request.getPathInfo();
    String path =
        request.getServletContext().getContextPath()
            + request.getServletPath()
            + (info == null ? "" : info);
    return path.isEmpty() ? "/" : path;
  }

  @Override
  public List<String> headerLines(String name) {
    return Collections.list(request.getHeaders(name));
  }

  @Override
  public Set<String> headerNames() {
    Set<String> names = new LinkedHashSet<>();
    request
        .getHeaderNames()
        .asIterator()
        .forEachRemaining(name -> names.add(name.toLowerCase(Locale.ROOT)));
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
