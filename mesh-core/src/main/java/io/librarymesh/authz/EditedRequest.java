package io.librarymesh.authz;

import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request as the filters before have left its headers, for those that come after. */
record EditedRequest(InboundRequest request, HeaderEdits edits) implements InboundRequest {
  @Override
  public List<String> headerLines(String name) {
    String value = edits.set().get(name);
    if (value != null) {
      return List.of(value);
    }
    return edits.removed().contains(name) ? List.of() : request.headerLines(name);
  }

  @Override
  public Set<String> headerNames() {
    Set<String> names = new LinkedHashSet<>(request.headerNames());
    names.removeAll(edits.removed());
    names.addAll(edits.set().keySet());
    return names;
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String scheme() {
    return request.scheme();
  }

  @Override
  public String authority() {
    return request.authority();
  }

  @Override
  public String path() {
    return request.path();
  }

  @Override
  public @Nullable String dispatchPath() {
    return request.dispatchPath();
  }

  @Override
  public @Nullable String peer() {
    return request.peer();
  }

  @Override
  public InetAddress source() {
    return request.source();
  }

  @Override
  public InetAddress destination() {
    return request.destination();
  }

  @Override
  public int destinationPort() {
    return request.destinationPort();
  }

  @Override
  public String serverName() {
    return request.serverName();
  }
}
