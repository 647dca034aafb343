package io.librarymesh.controlplane.registry;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.KubernetesService.TargetPortName;
import io.librarymesh.controlplane.istio.KubernetesService.TargetPortNumber;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.WorkloadEntry;
import io.librarymesh.controlplane.registry.Workload.WorkloadPort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Finds the endpoints of one service among the endpoints it lists, those that the platform keeps
 * for it, and the WorkloadEntries, the platform's workloads and the registered workloads of its
 * namespace.
 */
final class EndpointSelection {

  private static final Comparator<ServiceEndpoint> ORDER =
      Comparator.comparing(ServiceEndpoint::address).thenComparing(ServiceEndpoint::port);

  private final DeclaredService declared;
  private final Map<Integer, List<ServiceEndpoint>> endpoints = new TreeMap<>();
  private final List<Finding> findings = new ArrayList<>();

  private EndpointSelection(DeclaredService declared) {
    this.declared = declared;
  }

  /**
   * The service with its endpoints.
   *
   * @param entries WorkloadEntries of the service's namespace
   * @param workloads registered workloads of the service's namespace
   * @param platform what the platform knows of this service
   * @param pods workloads of the service's namespace that the platform runs, by name; none for a
   *     service whose endpoints the platform finds itself
   */
  static RegisteredService of(
      DeclaredService declared,
      Collection<WorkloadEntry> entries,
      Collection<Workload> workloads,
      Collection<PlatformEndpoint> platform,
      Map<String, PlatformWorkload> pods) {
    EndpointSelection selection = new EndpointSelection(declared);
    List<ServicePort> ports = declared.service().ports();
    for (int i = 0; i < ports.size(); i++) {
      selection.fill(ports.get(i), i, entries, workloads, platform, pods);
    }
    return new RegisteredService(declared.service(), selection.endpoints, selection.findings);
  }

  private void fill(
      ServicePort port,
      int index,
      Collection<WorkloadEntry> entries,
      Collection<Workload> workloads,
      Collection<PlatformEndpoint> platform,
      Map<String, PlatformWorkload> pods) {
    List<ServiceEndpoint> found = new ArrayList<>();
    Service service = declared.service();
    platform.forEach(endpoint -> addPlatform(found, endpoint, port));
    for (WorkloadEntry.Spec spec : declared.inline()) {
      addSpec(found, spec, spec.labels(), "", port);
    }
    for (WorkloadEntry entry : entries) {
      Map<String, String> labels = labels(entry);
      if (declared.selects(labels)) {
        addSpec(found, entry.spec(), labels, entry.metadata().name(), port);
      }
    }
    pods.forEach(
        (name, pod) -> {
          if (declared.selects(pod.labels())) {
            found.add(podEndpoint(name, pod, port));
          }
        });
    for (Workload workload : workloads) {
      if (declared.selects(workload.labels())) {
        addWorkload(found, workload, port, index);
      }
    }
    if (declared.resolvesNames()
        && declared.inline().isEmpty()
        && declared.selector().isEmpty()
        && !service.host().startsWith("*")
        && port.targetPort() instanceof TargetPortNumber target) {
      found.add(
          new ServiceEndpoint(
              service.host(), target.number(), Map.of(), "", service.namespace(), "", 1, true));
    }
    endpoints.put(port.number(), distinct(found));
  }

  /** Two registrations of one address, as when a client reconnects, are one endpoint. */
  private static List<ServiceEndpoint> distinct(List<ServiceEndpoint> found) {
    found.sort(ORDER);
    Map<String, ServiceEndpoint> byAddress = new LinkedHashMap<>();
    found.forEach(endpoint -> byAddress.putIfAbsent(endpoint.hostPort(), endpoint));
    return List.copyOf(byAddress.values());
  }

  private void addSpec(
      List<ServiceEndpoint> found,
      WorkloadEntry.Spec spec,
      Map<String, String> labels,
      String workload,
      ServicePort port) {
    Optional<String> address = spec.address();
    if (address.isEmpty()) {
      return;
    }
    if (!IpAddresses.isLiteral(address.get())
        && (!declared.resolvesNames() || address.get().startsWith("unix:"))) {
      warn(spec, "address", address.get() + " is not used (expected: an IP address)");
      return;
    }
    Optional<Integer> number = portOf(spec, port);
    if (number.isEmpty()) {
      warn(spec, "ports", "none named " + targetName(port) + ", so it does not serve this port");
      return;
    }
    found.add(
        new ServiceEndpoint(
            address.get(),
            number.get(),
            labels,
            workload,
            declared.service().namespace(),
            spec.locality(),
            spec.weight(),
            true,
            spec.serviceAccount(),
            servesMutualTls(spec, labels)));
  }

  /** Where nothing is written, one that has an account has an identity, as Istio takes it. */
  private static boolean servesMutualTls(WorkloadEntry.Spec spec, Map<String, String> labels) {
    return labels.containsKey(ServiceEndpoint.TLS_MODE)
        ? ServiceEndpoint.servesMutualTls(labels)
        : !spec.serviceAccount().isEmpty();
  }

  /** The platform has resolved target ports; one without this port is not behind it. */
  private void addPlatform(
      List<ServiceEndpoint> found, PlatformEndpoint endpoint, ServicePort port) {
    Integer number = endpoint.ports().get(port.name());
    if (number != null) {
      found.add(
          new ServiceEndpoint(
              endpoint.address(),
              number,
              endpoint.labels(),
              endpoint.workload(),
              declared.service().namespace(),
              endpoint.locality(),
              1,
              endpoint.ready(),
              endpoint.serviceAccount(),
              ServiceEndpoint.servesMutualTls(endpoint.labels())));
    }
  }

  /** The container's port of the port's name, else the target port, as Istio has it. */
  private ServiceEndpoint podEndpoint(String name, PlatformWorkload pod, ServicePort port) {
    Integer named = pod.ports().get(port.name());
    int number =
        named != null
            ? named
            : port.targetPort() instanceof TargetPortNumber target
                ? target.number()
                : port.number();
    return new ServiceEndpoint(
        pod.address(),
        number,
        pod.labels(),
        name,
        declared.service().namespace(),
        pod.locality(),
        1,
        pod.ready(),
        pod.serviceAccount(),
        ServiceEndpoint.servesMutualTls(pod.labels()));
  }

  private static Optional<Integer> portOf(WorkloadEntry.Spec spec, ServicePort port) {
    Integer byServicePort = spec.ports().get(port.name());
    if (byServicePort != null) {
      return Optional.of(byServicePort);
    }
    if (port.targetPort() instanceof TargetPortNumber target) {
      return Optional.of(target.number());
    }
    return Optional.ofNullable(spec.ports().get(targetName(port)));
  }

  private static String targetName(ServicePort port) {
    return port.targetPort() instanceof TargetPortName target ? target.name() : port.name();
  }

  private void addWorkload(
      List<ServiceEndpoint> found, Workload workload, ServicePort port, int index) {
    Optional<Integer> number = portOf(workload.ports(), port);
    if (number.isPresent()) {
      found.add(
          new ServiceEndpoint(
              workload.address(),
              number.get(),
              workload.labels(),
              workload.name(),
              workload.namespace(),
              workload.locality(),
              workload.weight(),
              workload.ready(),
              workload.serviceAccount(),
              ServiceEndpoint.servesMutualTls(workload.labels())));
    } else {
      findings.add(
          new Finding(
              declared.service().declaredBy().position(),
              Severity.WARNING,
              "spec.ports[" + index + "]",
              "workload "
                  + workload.name()
                  + " at "
                  + workload.address()
                  + " is selected, but none of its ports is the target port "
                  + target(port)
                  + " (registered: "
                  + workload.ports()
                  + ")"));
    }
  }

  private static String target(ServicePort port) {
    return port.targetPort() instanceof TargetPortNumber number
        ? Integer.toString(number.number())
        : targetName(port);
  }

  /** The workload's port by target port, else by the service port's name, else its only one. */
  private static Optional<Integer> portOf(List<WorkloadPort> ports, ServicePort port) {
    Optional<WorkloadPort> byTarget =
        port.targetPort() instanceof TargetPortNumber target
            ? first(ports, p -> p.number() == target.number())
                .or(() -> first(ports, p -> p.port() == target.number()))
            : first(ports, p -> !p.name().isEmpty() && p.name().equals(targetName(port)));
    return byTarget
        .or(() -> first(ports, p -> !p.name().isEmpty() && p.name().equals(port.name())))
        .or(() -> ports.size() == 1 ? Optional.of(ports.get(0)) : Optional.empty())
        .map(WorkloadPort::port);
  }

  private static Optional<WorkloadPort> first(
      List<WorkloadPort> ports, Predicate<WorkloadPort> condition) {
    return ports.stream().filter(condition).findFirst();
  }

  private static Map<String, String> labels(WorkloadEntry entry) {
    Map<String, String> labels = new TreeMap<>(entry.spec().labels());
    labels.putAll(entry.metadata().labels());
    return labels;
  }

  private void warn(WorkloadEntry.Spec spec, String field, String message) {
    findings.add(
        new Finding(
            spec.position(),
            Severity.WARNING,
            field,
            message + "; service " + declared.service().host()));
  }
}
