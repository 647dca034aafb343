package io.librarymesh.cli;

import io.librarymesh.authz.InboundRequest;
import io.librarymesh.config.IpAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request that is only asked about.
 *
 * @param caller its SPIFFE ID; empty in plaintext
 * @param headers lines by lower-case name
 */
record AuthzRequest(
    String method,
    String authority,
    String path,
    Map<String, List<String>> headers,
    Optional<String> caller,
    InetAddress source,
    int destinationPort)
    implements InboundRequest {

  static AuthzRequest of(
      String method, String host, String target, List<RequestOptions.HeaderLine> lines) {
    Map<String, List<String>> headers =
        lines.stream()
            .collect(
                Collectors.groupingBy(
                    line -> line.name().toLowerCase(Locale.ROOT),
                    Collectors.mapping(RequestOptions.HeaderLine::value, Collectors.toList())));
    return new AuthzRequest(
        method, host, target, headers, Optional.empty(), InetAddress.getLoopbackAddress(), 0);
  }

  AuthzRequest from(Optional<String> id, InetAddress address) {
    return new AuthzRequest(method, authority, path, headers, id, address, destinationPort);
  }

  AuthzRequest to(int port) {
    return new AuthzRequest(method, authority, path, headers, caller, source, port);
  }

  static InetAddress address(String option, String text) {
    return IpAddress.parse(text)
        .orElseThrow(
            () -> new Options.UsageException(option + ": " + text + " (expected: an IP address)"));
  }

  @Override
  public String scheme() {
    return caller.isPresent() ? "https" : "http";
  }

  @Override
  public List<String> headerLines(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  @Override
  public Set<String> headerNames() {
    return headers.keySet();
  }

  @Override
  public @Nullable String peer() {
    return caller.orElse(null);
  }

  @Override
  public InetAddress destination() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public String serverName() {
    return "";
  }
}
