package io.librarymesh.controlplane.admin;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.registry.RegisteredService;
import io.librarymesh.controlplane.registry.Service;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.controlplane.registry.ServicePort;
import io.librarymesh.controlplane.serve.AdsStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The status in the form in which it is shown: names as in Istio, absent things left out. */
final class StatusJson {

  private StatusJson() {}

  static Map<String, Object> clients(AdsStatus status) {
    return Map.of("clients", status.clients().stream().map(StatusJson::client).toList());
  }

  static Map<String, Object> registry(AdsStatus status) {
    return Map.of("services", status.services().stream().map(StatusJson::service).toList());
  }

  static Map<String, Object> findings(AdsStatus status) {
    return Map.of("findings", status.findings().stream().map(StatusJson::finding).toList());
  }

  private static Map<String, Object> client(AdsStatus.Client client) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("node", client.node());
    json.put("userAgent", client.userAgent());
    json.put("namespace", client.namespace());
    json.put("labels", new TreeMap<>(client.labels()));
    json.put("protocol", client.incremental() ? "incremental" : "state-of-the-world");
    putText(json, "workload", client.workload());
    putText(json, "registrationProblem", client.registrationProblem());
    Map<String, Object> subscriptions = new LinkedHashMap<>();
    new TreeMap<>(client.subscriptions())
        .forEach(
            (type, subscription) ->
                subscriptions.put(
                    type.name().toLowerCase(Locale.ROOT), subscription(subscription)));
    json.put("subscriptions", subscriptions);
    return json;
  }

  private static Map<String, Object> subscription(AdsStatus.Subscription subscription) {
    Map<String, Object> json = new LinkedHashMap<>();
    List<Object> resources = new ArrayList<>();
    subscription
        .resources()
        .forEach(
            (name, version) -> {
              Map<String, Object> resource = new LinkedHashMap<>();
              resource.put("name", name);
              resource.put("state", state(version));
              putText(resource, "version", version.current());
              putText(resource, "sent", version.sent());
              putText(resource, "acknowledged", version.acknowledged());
              resources.add(resource);
            });
    if (subscription.wildcard()) {
      json.put("wildcard", true);
    }
    json.put("resources", resources);
    subscription
        .refusal()
        .ifPresent(
            refusal ->
                json.put(
                    "refusal",
                    Map.of(
                        "message",
                        refusal.message(),
                        "versions",
                        new TreeMap<>(refusal.versions()))));
    return json;
  }

  private static String state(AdsStatus.Version version) {
    if (version.current().isEmpty()) {
      return "absent";
    }
    if (version.current().equals(version.acknowledged())) {
      return "acknowledged";
    }
    return version.current().equals(version.sent()) ? "sent" : "due";
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
      entry.put(
          "endpoints",
          registered.endpoints(port.number()).stream().map(StatusJson::endpoint).toList());
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
