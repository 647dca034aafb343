package io.librarymesh.authz;

import io.librarymesh.config.IpAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request to a server, as tests write it: {@code Caller.of("web").get("/a").header("x", "y")}.
 */
final class Caller implements InboundRequest {
  private final @Nullable String peer;
  private final Map<String, List<String>> headers = new LinkedHashMap<>();
  private String method = "GET";
  private String path = "/";
  private String authority = "api";
  private InetAddress source = address("10.1.1.1");
  private int port = 8080;
  private String serverName = "";
  private @Nullable String dispatchPath;

  private Caller(@Nullable String peer) {
    this.peer = peer;
  }

  /** Over mutual TLS, with an identity without its scheme. */
  static Caller of(String peer) {
    return new Caller("spiffe://" + peer);
  }

  /** In plaintext. */
  static Caller plain() {
    return new Caller(null);
  }

  static InetAddress address(String text) {
    return IpAddress.parse(text).orElseThrow();
  }

  Caller get(String target) {
    path = target;
    return this;
  }

  Caller method(String name) {
    method = name;
    return this;
  }

  Caller authority(String host) {
    authority = host;
    return this;
  }

  Caller header(String name, String... lines) {
    headers
        .computeIfAbsent(name.toLowerCase(Locale.ROOT), n -> new ArrayList<>())
        .addAll(List.of(lines));
    return this;
  }

  Caller bearer(String token) {
    return header("authorization", "Bearer " + token);
  }

  Caller from(String address) {
    source = address(address);
    return this;
  }

  Caller to(int destinationPort) {
    port = destinationPort;
    return this;
  }

  Caller asking(String name) {
    serverName = name;
    return this;
  }

  Caller dispatchedBy(String decoded) {
    dispatchPath = decoded;
    return this;
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String scheme() {
    return peer == null ? "http" : "https";
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public List<String> headerLines(String name) {
    return headers.getOrDefault(name, List.of());
  }

  @Override
  public @Nullable String dispatchPath() {
    return dispatchPath;
  }

  @Override
  public Set<String> headerNames() {
    return headers.keySet();
  }

  @Override
  public @Nullable String peer() {
    return peer;
  }

  @Override
  public InetAddress source() {
    return source;
  }

  @Override
  public InetAddress destination() {
    return address("10.9.9.9");
  }

  @Override
  public int destinationPort() {
    return port;
  }

  @Override
  public String serverName() {
    return serverName;
  }
}
