package io.librarymesh.route;

import io.librarymesh.config.VirtualHost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the virtual host of an authority: by its exact name; else by the longest suffix wildcard;
 * else by the longest prefix wildcard; else by the wildcard for all. Any suffix comes before any
 * prefix, whatever their lengths, and a wildcard stands for at least one character. Source: Envoy
 * {@code VirtualHost.domains}.
 */
final class VirtualHostIndex {
  /** No virtual host. */
  static final int NONE = -1;

  private final boolean ignorePort;
  private final TextIndex forward;
  private final int[] forwardHosts;
  private final TextIndex backward;
  private final int[] backwardHosts;
  private final int catchAll;

  private VirtualHostIndex(boolean ignorePort, Domains domains) {
    this.ignorePort = ignorePort;
    this.forward =
        TextIndex.of(
            TextIndex.Reading.FORWARD_FOLDED,
            List.copyOf(domains.names.keySet()),
            List.copyOf(domains.prefixes.keySet()));
    List<Integer> hosts = new ArrayList<>(domains.names.values());
    hosts.addAll(domains.prefixes.values());
    this.forwardHosts = toArray(hosts);
    this.backward =
        TextIndex.of(
            TextIndex.Reading.BACKWARD_FOLDED, List.of(), List.copyOf(domains.suffixes.keySet()));
    this.backwardHosts = toArray(new ArrayList<>(domains.suffixes.values()));
    this.catchAll = domains.catchAll;
  }

  /**
   * Compiles the domains of virtual hosts.
   *
   * @param ignorePort whether a port in the authority is left out
   * @param errors gets duplicates and misplaced wildcards; if there are any, the result must not be
   *     used
   */
  static VirtualHostIndex compile(
      List<VirtualHost> hosts, boolean ignorePort, ConfigErrors errors) {
    Domains domains = new Domains();
    for (int i = 0; i < hosts.size(); i++) {
      List<String> names = hosts.get(i).domains();
      for (int j = 0; j < names.size(); j++) {
        String name = names.get(j);
        int host = i;
        errors.collect("virtualHosts[" + i + "].domains[" + j + "]", () -> domains.add(name, host));
      }
    }
    return new VirtualHostIndex(ignorePort, domains);
  }

  private static int[] toArray(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The position of the virtual host of an authority, or {@link #NONE}. */
  int find(String authority) {
    if (forwardHosts.length == 0 && backwardHosts.length == 0) {
      return catchAll;
    }
    if (authority.isEmpty()) {
      return NONE;
    }
    int end = ignorePort ? Authority.hostEnd(authority) : authority.length();
    int entry = forward.find(authority, end, end - 1);
    if (entry != TextIndex.NONE && forward.isWhole(entry)) {
      return forwardHosts[entry];
    }
    int suffix = backward.find(authority, end, end - 1);
    if (suffix != TextIndex.NONE) {
      return backwardHosts[suffix];
    }
    return entry == TextIndex.NONE ? catchAll : forwardHosts[entry];
  }

  /** The domains by kind, without their wildcards, each with its virtual host. */
  private static final class Domains {
    private final Map<String, Integer> names = new LinkedHashMap<>();
    private final Map<String, Integer> suffixes = new LinkedHashMap<>();
    private final Map<String, Integer> prefixes = new LinkedHashMap<>();
    private int catchAll = NONE;

    void add(String domain, int host) {
      int last = domain.length() - 1;
      int star = domain.indexOf('*');
      boolean unique;
      if (star != domain.lastIndexOf('*') || (star > 0 && star < last)) {
        throw new IllegalArgumentException(
            domain + " (expected: one * at most, at the start or at the end)");
      } else if (star < 0) {
        unique = names.putIfAbsent(AsciiCase.fold(domain), host) == null;
      } else if (last == 0) {
        unique = catchAll == NONE;
        catchAll = host;
      } else if (star == 0) {
        unique = suffixes.putIfAbsent(AsciiCase.fold(domain.substring(1)), host) == null;
      } else {
        unique = prefixes.putIfAbsent(AsciiCase.fold(domain.substring(0, last)), host) == null;
      }
      if (!unique) {
        throw new IllegalArgumentException(
            domain + " (expected: a domain that is not there yet; case does not matter)");
      }
    }
  }
}
