package io.librarymesh.identity;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a server is called by: a DNS name or an IP address. Names are compared as a whole, without
 * wildcards; nobody is asked what address a name has.
 */
final class HostName {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private final String text;
  private final Optional<InetAddress> address;

  private HostName(String text, Optional<InetAddress> address) {
    this.text = text;
    this.address = address;
  }

  static HostName of(String host) {
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    String bare = bracketed ? host.substring(1, host.length() - 1) : host;
    return new HostName(bare, literal(bare));
  }

  private static Optional<InetAddress> literal(String text) {
    if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  boolean isName(String dnsName) {
    return address.isEmpty() && text.equalsIgnoreCase(dnsName);
  }

  boolean isAddress(String other) {
    return address.isPresent() && address.equals(literal(other));
  }

  @Override
  public String toString() {
    return Printable.of(text);
  }
}
