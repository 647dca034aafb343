package io.librarymesh.controlplane.translate;

import io.librarymesh.authz.InboundRequest;
import io.librarymesh.config.IpAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request to a server, as tests write it.
 *
 * @param identity without its scheme; empty in plaintext
 */
record CallOfTests(
    Optional<String> identity,
    String method,
    String authority,
    String path,
    Optional<String> dispatched,
    Map<String, List<String>> headers,
    String ip,
    int destinationPort,
    String serverName)
    implements InboundRequest {
  @Override
  public String scheme() {
    return identity.isPresent() ? "https" : "http";
  }

  @Override
  public List<String> headerLines(String name) {
    return headers.getOrDefault(name, List.of());
  }

  @Override
  public @Nullable String dispatchPath() {
    return dispatched.orElse(null);
  }

  @Override
  public Set<String> headerNames() {
    return headers.keySet();
  }

  @Override
  public @Nullable String peer() {
    return identity.map(id -> "spiffe://" + id).orElse(null);
  }

  @Override
  public InetAddress source() {
    return IpAddress.parse(ip).orElseThrow();
  }

  @Override
  public InetAddress destination() {
    return IpAddress.parse(Judge.ADDRESS).orElseThrow();
  }
}
