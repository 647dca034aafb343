package io.librarymesh.testkit.conformance;

import io.librarymesh.config.ClusterConfig;
import io.librarymesh.config.Endpoint;
import io.librarymesh.config.LocalityEndpoints;
import io.librarymesh.config.TargetConfig;
import io.librarymesh.dns.NameResolver.Answer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Puts real addresses for the logical hosts of a case, and finds the logical host of an address.
 */
public final class HostBinding {
  /** {@code ${host}} stands for an address, {@code ${host:port}} for its port. */
  private static final Pattern NAMED = Pattern.compile("\\$\\{([^}:]+)(:port)?}");

  private final Map<String, Address> addresses;
  private final Map<Address, String> hosts = new HashMap<>();

  private HostBinding(Map<String, Address> addresses) {
    this.addresses = Map.copyOf(addresses);
    addresses.forEach((host, address) -> hosts.put(address, host));
  }

  /**
   * A binding of logical hosts.
   *
   * @param addresses a different one for each host that the case names
   */
  public static HostBinding of(Map<String, Address> addresses) {
    return new HostBinding(addresses);
  }

  /** What callers keep of these hosts. */
  SessionHosts sessionHosts() {
    return new SessionHosts(addresses);
  }

  /** The logical hosts that a case names, in the order in which they appear. */
  public static List<String> hostsOf(ConformanceCase test) {
    Set<String> hosts = new LinkedHashSet<>();
    collect(test.given(), hosts);
    for (CaseStep step : test.steps()) {
      if (step instanceof CaseStep.Update update) {
        collect(update.given(), hosts);
      } else if (step instanceof CaseStep.Names names) {
        names.answers().values().forEach(answer -> collect(answer, hosts));
      }
    }
    return List.copyOf(hosts);
  }

  /** The configuration with real addresses. */
  public TargetConfig bind(TargetConfig config) {
    Map<String, ClusterConfig> clusters = new LinkedHashMap<>();
    config.clusters().forEach((name, cluster) -> clusters.put(name, bind(cluster)));
    return config.withClusters(clusters);
  }

  /** The world with real addresses, also in rules that name a host. */
  public Given.IstioWorld bind(Given.IstioWorld world) {
    Map<String, List<LocalityEndpoints>> endpoints = new LinkedHashMap<>();
    world.endpoints().forEach((service, list) -> endpoints.put(service, bindAll(list)));
    return new Given.IstioWorld(
        world.services(),
        bind(world.rules()),
        endpoints,
        world.client(),
        world.mesh(),
        world.targets());
  }

  /** The answer with real addresses; their ports are those of the endpoints that have the name. */
  public Answer bind(Answer answer) {
    return answer instanceof Answer.Addresses found
        ? new Answer.Addresses(
            found.addresses().stream().map(host -> address(host).address()).toList(),
            found.ttlNanos())
        : answer;
  }

  private String bind(String rules) {
    return NAMED.matcher(rules).replaceAll(named -> bind(named.group(1), named.group(2) != null));
  }

  private String bind(String host, boolean port) {
    Address address = address(host);
    return port ? Integer.toString(address.port()) : address.address();
  }

  /** The logical host behind an address; fails when there is none. */
  public String host(String address, int port) {
    return Optional.ofNullable(hosts.get(new Address(address, port)))
        .orElseThrow(
            () ->
                new AssertionError(
                    "attempt at " + address + ":" + port + " (expected: one of " + hosts + ")"));
  }

  private ClusterConfig bind(ClusterConfig config) {
    return new ClusterConfig(config.cluster(), bindAll(config.localities()), config.policy());
  }

  private List<LocalityEndpoints> bindAll(List<LocalityEndpoints> localities) {
    return localities.stream()
        .map(
            group ->
                new LocalityEndpoints(
                    group.locality(), group.priority(), group.weight(), bind(group.endpoints())))
        .toList();
  }

  private List<Endpoint> bind(List<Endpoint> endpoints) {
    return endpoints.stream().map(this::bind).toList();
  }

  private Endpoint bind(Endpoint endpoint) {
    if (isName(endpoint.address())) {
      return endpoint;
    }
    Address address = address(endpoint.address());
    return new Endpoint(
        address.address(),
        address.port(),
        endpoint.weight(),
        endpoint.health(),
        endpoint.hostname(),
        endpoint.labels(),
        endpoint.metadata(),
        endpoint.socketMatch());
  }

  private Address address(String host) {
    return Optional.ofNullable(addresses.get(host))
        .orElseThrow(() -> new IllegalArgumentException("host: " + host + " (not bound)"));
  }

  private static void collect(Given given, Set<String> to) {
    if (given instanceof Given.Direct direct) {
      for (ClusterConfig cluster : direct.config().clusters().values()) {
        collect(cluster.localities(), to);
      }
    } else if (given instanceof Given.Istio istio) {
      istio.world().endpoints().values().forEach(list -> collect(list, to));
    }
  }

  private static void collect(List<LocalityEndpoints> localities, Set<String> to) {
    for (LocalityEndpoints group : localities) {
      group.endpoints().stream()
          .map(Endpoint::address)
          .filter(address -> !isName(address))
          .forEach(to::add);
    }
  }

  private static void collect(Answer answer, Set<String> to) {
    if (answer instanceof Answer.Addresses found) {
      to.addAll(found.addresses());
    }
  }

  /** Logical hosts have no dots: what has is a name that a case gives addresses. */
  private static boolean isName(String address) {
    return address.indexOf('.') >= 0;
  }

  /**
   * Where an upstream listens.
   *
   * @param address an IP literal
   */
  public record Address(String address, int port) {}
}
