package io.librarymesh.identity;

import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The names in a certificate ({@code subjectAltName}, RFC 5280 section 4.2.1.6), each of its kind:
 * a host that is called like a URI is none. The subject's common name is no name (RFC 9525).
 *
 * @param uris as they are written
 * @param hosts DNS names, perhaps with a wildcard
 * @param addresses IP addresses as text
 */
public record CertificateNames(List<String> uris, List<String> hosts, List<String> addresses) {
  private static final int DNS = 2;
  private static final int URI = 6;
  private static final int ADDRESS = 7;

  /** Copies the lists. */
  public CertificateNames {
    uris = List.copyOf(uris);
    hosts = List.copyOf(hosts);
    addresses = List.copyOf(addresses);
  }

  /**
   * The names of a certificate.
   *
   * @throws CertificateException if they cannot be read
   */
  public static CertificateNames of(X509Certificate certificate) throws CertificateException {
    List<String> uris = new ArrayList<>();
    List<String> hosts = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    for (List<?> name : names(certificate)) {
      if (name.size() == 2
          && name.get(0) instanceof Integer kind
          && name.get(1) instanceof String text) {
        switch (kind) {
          case DNS -> hosts.add(text);
          case URI -> uris.add(text);
          case ADDRESS -> addresses.add(text);
          default -> {
            // Of kinds that nobody is called by here.
          }
        }
      }
    }
    return new CertificateNames(uris, hosts, addresses);
  }

  private static Collection<List<?>> names(X509Certificate certificate)
      throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    return names == null ? List.of() : names;
  }

  /** Whether one of them is this host, or the address that it is (RFC 9525, section 6). */
  public boolean isHost(String host) {
    if (addresses.contains(host)) {
      return true;
    }
    for (String name : hosts) {
      if (name.equalsIgnoreCase(host) || isWildcardOf(name, host)) {
        return true;
      }
    }
    return false;
  }

  /** The asterisk stands for the whole first label, below a domain of at least two. */
  private static boolean isWildcardOf(String name, String host) {
    int dot = host.indexOf('.');
    return name.startsWith("*.")
        && dot > 0
        && name.indexOf('.', 2) > 0
        && name.substring(1).equalsIgnoreCase(host.substring(dot));
  }

  /** For messages: all of them, with what could forge a line escaped. */
  @Override
  public String toString() {
    List<String> all = new ArrayList<>(uris);
    all.addAll(hosts);
    all.addAll(addresses);
    return all.isEmpty()
        ? "no names"
        : String.join(", ", all.stream().limit(5).map(Printable::of).toList());
  }
}
