package io.librarymesh.okhttp;

import io.librarymesh.config.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * Where connections to one endpoint go, whatever host and port the URL names. OkHttp asks it twice:
 * as {@link Dns} for the addresses of the URL's host (but not when that host is an IP address), and
 * through {@link EndpointSockets} when a socket connects.
 */
final class EndpointAddress implements Dns {
  private final Dns base;
  private final @Nullable InetSocketAddress literal;
  private final String name;
  private final int port;
  private volatile List<InetAddress> resolved = List.of();

  private EndpointAddress(Dns base, @Nullable InetSocketAddress literal, String name, int port) {
    this.base = base;
    this.literal = literal;
    this.name = name;
    this.port = port;
  }

  /**
   * @param base resolves the endpoint's name when it is not an IP address
   */
  static EndpointAddress of(Endpoint endpoint, Dns base) {
    return new EndpointAddress(base, literal(endpoint), endpoint.address(), endpoint.port());
  }

  boolean isName() {
    return literal == null;
  }

  @Override
  public List<InetAddress> lookup(String hostname) throws UnknownHostException {
    if (literal != null) {
      return List.of(literal.getAddress());
    }
    List<InetAddress> answer = base.lookup(name);
    resolved = answer;
    return answer;
  }

  /** The address to connect to in place of the one that OkHttp found for the URL. */
  InetSocketAddress redirect(InetSocketAddress wanted) throws UnknownHostException {
    if (literal != null) {
      return literal;
    }
    InetAddress address = wanted.getAddress();
    boolean ours = address != null && resolved.contains(address);
    return new InetSocketAddress(ours ? address : lookup(name).get(0), port);
  }

  /** What {@link #redirect} makes of {@code wanted}, as far as that is known without looking up. */
  InetSocketAddress told(InetSocketAddress wanted) {
    if (literal != null) {
      return literal;
    }
    InetAddress address = wanted.getAddress();
    return address != null && resolved.contains(address)
        ? new InetSocketAddress(address, port)
        : InetSocketAddress.createUnresolved(name, port);
  }

  private static @Nullable InetSocketAddress literal(Endpoint endpoint) {
    String address = endpoint.address();
    boolean numeric = address.indexOf(':') >= 0;
    if (!numeric) {
      numeric = address.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }
    if (!numeric) {
      return null;
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(address), endpoint.port());
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
