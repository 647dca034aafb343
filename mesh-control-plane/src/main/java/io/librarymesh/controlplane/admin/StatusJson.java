package io.librarymesh.controlplane.admin;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.controlplane.registry.ServicePort;
import io.librarymesh.controlplane.serve.Overview;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The configuration and the registry as shown: names as in Istio, absent things left out. */
final class StatusJson {

  private StatusJson() {}

  static Map<String, Object> config(Overview overview) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("generation", overview.generation());
    json.put("mesh", RecordTree.of(overview.context().meshConfig()));
    json.put("resources", overview.context().resources().stream().map(RecordTree::of).toList());
    return json;
  }

  static Map<String, Object> registry(Overview overview) {
    return Map.of(
        "services", overview.context().registry().services().map(StatusJson::service).toList());
  }

  static Map<String, Object> endpoints(Overview overview) {
    List<Object> ports = new ArrayList<>();
    overview
        .context()
        .registry()
        .services()
        .forEach(
            service ->
                service.service().ports().forEach(port -> ports.add(endpoints(service, port))));
    return Map.of("endpoints", ports);
  }

  private static Map<String, Object> endpoints(RegisteredService registered, ServicePort port) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("service", registered.service().host() + ":" + port.number());
    json.put("namespace", registered.service().namespace());
    json.put("endpoints", endpointsOf(registered, port));
    return json;
  }

  private static List<Map<String, Object>> endpointsOf(
      RegisteredService registered, ServicePort port) {
    return registered.endpoints(port.number()).stream().map(StatusJson::endpoint).toList();
  }

  static Map<String, Object> findings(Overview overview) {
    return Map.of("findings", overview.findings().stream().map(StatusJson::finding).toList());
  }

  private static Map<String, Object> service(RegisteredService registered) {
    Service service = registered.service();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("host", service.host());
    json.put("namespace", service.namespace());
    json.put("kind", service.declaredBy().kind().yamlName());
    json.put("origin", service.declaredBy().position().toString());
    json.put("resolution", service.resolution().name());
    List<Object> ports = new ArrayList<>();
    for (ServicePort port : service.ports()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("number", port.number());
      putText(entry, "name", port.name());
      entry.put("protocol", port.protocol().name());
      entry.put("endpoints", endpointsOf(registered, port));
      ports.add(entry);
    }
    json.put("ports", ports);
    return json;
  }

  private static Map<String, Object> endpoint(ServiceEndpoint endpoint) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("address", endpoint.hostPort());
    json.put("ready", endpoint.ready());
    putText(json, "workload", endpoint.workload());
    putText(json, "locality", endpoint.locality());
    json.put("weight", endpoint.weight());
    json.put("labels", endpoint.labels());
    return json;
  }

  private static Map<String, Object> finding(Finding finding) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", finding.file());
    json.put("line", finding.line());
    json.put("column", finding.column());
    json.put("severity", finding.severity().word());
    json.put("field", finding.fieldPath());
    json.put("message", finding.message());
    return json;
  }

  private static void putText(Map<String, Object> json, String key, String value) {
    if (!value.isEmpty()) {
      json.put(key, value);
    }
  }
}
