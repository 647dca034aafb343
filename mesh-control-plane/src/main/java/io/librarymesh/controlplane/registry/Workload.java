package io.librarymesh.controlplane.registry;

import io.librarymesh.controlplane.istio.WorkloadEntry;
import io.librarymesh.controlplane.istio.WorkloadGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A process that registered itself.
 *
 * @param name its name; several processes may share one
 * @param namespace its namespace
 * @param labels what selectors and subsets look at
 * @param address an IP address
 * @param ports where it listens
 * @param locality {@code region/zone/subzone}, empty when none
 * @param ready whether it takes requests
 * @param group the WorkloadGroup of its namespace to which it says it belongs
 * @param weight at least 1
 * @param serviceAccount the account it runs as, empty when that is not known
 */
public record Workload(
    String name,
    String namespace,
    Map<String, String> labels,
    String address,
    List<WorkloadPort> ports,
    String locality,
    boolean ready,
    Optional<String> group,
    long weight,
    String serviceAccount) {

  /** One of no group, of weight 1, whose account is not known. */
  public Workload(
      String name,
      String namespace,
      Map<String, String> labels,
      String address,
      List<WorkloadPort> ports,
      String locality,
      boolean ready) {
    this(name, namespace, labels, address, ports, locality, ready, Optional.empty(), 1, "");
  }

  /** Copies the collections and checks the address. */
  public Workload {
    labels = Map.copyOf(labels);
    ports = List.copyOf(ports);
    if (!IpAddresses.isLiteral(address)) {
      throw new IllegalArgumentException("address: " + address + " (expected: an IP address)");
    }
  }

  /**
   * The same with what its group says; Istio's automatic registration has the order. What it says
   * itself wins over the group's labels, and those over the template's; so do its own place and the
   * ports that it names itself.
   */
  Workload in(WorkloadGroup workloadGroup) {
    WorkloadEntry.Spec template = workloadGroup.template();
    List<WorkloadPort> all = new ArrayList<>(ports);
    template.ports().entrySet().stream()
        .filter(port -> ports.stream().noneMatch(own -> own.name().equals(port.getKey())))
        .forEach(port -> all.add(new WorkloadPort(port.getKey(), 0, port.getValue())));
    return new Workload(
        name,
        namespace,
        labels(workloadGroup, labels),
        address,
        all,
        locality.isEmpty() ? template.locality() : locality,
        ready,
        group,
        template.weight(),
        serviceAccount.isEmpty() ? template.serviceAccount() : serviceAccount);
  }

  /** The labels of a workload of a group. */
  public static Map<String, String> labels(WorkloadGroup workloadGroup, Map<String, String> own) {
    Map<String, String> merged = new TreeMap<>(workloadGroup.template().labels());
    merged.putAll(workloadGroup.labels());
    merged.putAll(own);
    return merged;
  }

  /**
   * A port on which a workload listens.
   *
   * @param name what a Service's targetPort may call it; empty when it has no name
   * @param number what a Service's targetPort may number it; 0 when only the real port counts
   * @param port where it listens, 1 to 65535
   */
  public record WorkloadPort(String name, int number, int port) {

    /** Checks the ranges. */
    public WorkloadPort {
      if (port < 1 || port > 65535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
      }
      if (number < 0 || number > 65535) {
        throw new IllegalArgumentException("number: " + number + " (expected: 0..65535)");
      }
    }
  }
}
