package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.LocalityLbSetting;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The endpoints of a cluster by place, in the order and with the weights that they have for one
 * client. Source: Istio {@code loadbalancer.ApplyLocalityLoadBalancer}.
 */
final class LocalityGroups {

  /** Regions failing over make five buckets of each bucket of labels. */
  private static final int REGION_BUCKETS = 5;

  private final LocalityPolicy policy;
  private final ClientView client;

  private LocalityGroups(LocalityPolicy policy, ClientView client) {
    this.policy = policy;
    this.client = client;
  }

  /**
   * Endpoints of one locality that are used alike.
   *
   * @param locality {@code region/zone/subzone}
   * @param priority 0 is used first; without gaps
   * @param weight the share of calls, where localities are weighted
   */
  record Group(String locality, int priority, long weight, List<ServiceEndpoint> endpoints) {}

  /** The groups, by locality and then by priority. */
  static List<Group> of(List<ServiceEndpoint> endpoints, LocalityPolicy policy, ClientView client) {
    Map<String, List<ServiceEndpoint>> byLocality =
        endpoints.stream()
            .collect(
                Collectors.groupingBy(
                    ServiceEndpoint::locality, TreeMap::new, Collectors.toList()));
    LocalityGroups groups = new LocalityGroups(policy, client);
    List<Group> plain = new ArrayList<>();
    byLocality.forEach((locality, members) -> plain.add(group(locality, 0, members)));
    if (!policy.distribute().isEmpty()) {
      return groups.distributed(plain);
    }
    return policy.failover() ? groups.byPriority(plain) : plain;
  }

  private static Group group(String locality, int priority, List<ServiceEndpoint> members) {
    long weight = members.stream().mapToLong(ServiceEndpoint::weight).sum();
    return new Group(locality, priority, weight, members);
  }

  /** Localities that the client's entry does not name get nothing. */
  private List<Group> distributed(List<Group> plain) {
    for (LocalityLbSetting.Distribute entry : policy.distribute()) {
      if (covers(entry.from(), client.locality())) {
        List<Group> left = new ArrayList<>(plain);
        List<Group> named = new ArrayList<>();
        entry.to().forEach((place, share) -> named.addAll(share(left, place, share)));
        return named;
      }
    }
    return plain;
  }

  /** The groups in one place, taken from those that are left, with its share among them. */
  private static List<Group> share(List<Group> left, String place, long share) {
    List<Group> there = left.stream().filter(group -> covers(place, group.locality)).toList();
    left.removeAll(there);
    long total = there.stream().mapToLong(Group::weight).sum();
    return there.stream()
        .map(
            group ->
                new Group(
                    group.locality,
                    0,
                    (long) Math.ceil((double) group.weight * share / total),
                    group.endpoints))
        .toList();
  }

  /** Whether a place such as {@code r/z/*}, {@code r/z} or {@code *} is around a locality. */
  private static boolean covers(String place, String locality) {
    String[] rule = place.split("/", -1);
    String[] parts = locality.split("/", -1);
    for (int i = 0; i < rule.length; i++) {
      boolean same = rule[i].equals(i < parts.length ? parts[i] : "");
      boolean any = rule[i].equals("*") || (rule[i].isEmpty() && i > 0);
      if (!same && !any) {
        return false;
      }
    }
    return true;
  }

  private List<Group> byPriority(List<Group> plain) {
    List<Group> split = policy.labels().isEmpty() ? plain : byLabels(plain);
    // With labels, regions count only where they are told where to go.
    boolean regions = policy.labels().isEmpty() || !policy.regions().isEmpty();
    List<Group> placed =
        regions
            ? split.stream().map(g -> at(g, g.priority * REGION_BUCKETS + distance(g))).toList()
            : split;
    List<Integer> used = List.copyOf(new TreeSet<>(placed.stream().map(Group::priority).toList()));
    return placed.stream().map(group -> at(group, used.indexOf(group.priority))).toList();
  }

  private List<Group> byLabels(List<Group> plain) {
    FailoverPriority priorities = new FailoverPriority(policy.labels(), client);
    List<Group> split = new ArrayList<>();
    for (Group group : plain) {
      group.endpoints.stream()
          .collect(Collectors.groupingBy(priorities::of, TreeMap::new, Collectors.toList()))
          .forEach((priority, members) -> split.add(group(group.locality, priority, members)));
    }
    return split;
  }

  private static Group at(Group group, int priority) {
    return new Group(group.locality, priority, group.weight, group.endpoints);
  }

  /** 0 in the client's subzone, 1 in its zone, 2 in its region; 4 in a region it must not go to. */
  private int distance(Group group) {
    String[] here = parts(client.locality());
    String[] there = parts(group.locality);
    if (here[0].equals(there[0])) {
      if (!here[1].equals(there[1])) {
        return 2;
      }
      return here[2].equals(there[2]) ? 0 : 1;
    }
    for (LocalityLbSetting.Failover entry : policy.regions()) {
      if (entry.from().equals(here[0])) {
        return entry.to().equals(there[0]) ? 3 : 4;
      }
    }
    return 3;
  }

  private static String[] parts(String locality) {
    String[] parts = locality.split("/", 3);
    return new String[] {
      parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : ""
    };
  }
}
