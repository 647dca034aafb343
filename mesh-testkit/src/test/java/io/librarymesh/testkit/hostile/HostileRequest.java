package io.librarymesh.testkit.hostile;

import io.librarymesh.authz.InboundRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A GET in plaintext.
 *
 * @param dispatchPath by which a server would find what answers; null: the path
 */
record HostileRequest(String path, @Nullable String dispatchPath, Map<String, List<String>> headers)
    implements InboundRequest {
  static HostileRequest bearer(String token) {
    return new HostileRequest("/", null, Map.of("authorization", List.of("Bearer " + token)));
  }

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public String authority() {
    return "api";
  }

  @Override
  public Set<String> headerNames() {
    return headers.keySet();
  }

  @Override
  public List<String> headerLines(String name) {
    return headers.getOrDefault(name, List.of());
  }

  @Override
  public @Nullable String peer() {
    return null;
  }

  @Override
  public InetAddress source() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public InetAddress destination() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public int destinationPort() {
    return 80;
  }

  @Override
  public String serverName() {
    return "";
  }
}
