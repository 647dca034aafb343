package io.librarymesh.controlplane.admin;

import io.librarymesh.controlplane.serve.AdsStatus.Refusal;
import io.librarymesh.controlplane.serve.ClientResource;
import io.librarymesh.controlplane.serve.ConnectedClient;
import io.librarymesh.controlplane.serve.ConnectedClient.TypeState;
import io.librarymesh.controlplane.serve.Overview;
import io.librarymesh.controlplane.translate.Gap;
import io.librarymesh.controlplane.translate.ResourceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Clients as shown; absent things left out. */
final class ClientJson {

  private static final double MILLIS_PER_SECOND = TimeUnit.SECONDS.toMillis(1);

  private ClientJson() {}

  static Map<String, Object> clients(Overview overview, GapReport gaps) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("generation", overview.generation());
    json.put("pushes", overview.pushes());
    json.put("clients", overview.clients().stream().map(c -> client(c, gaps.of(c))).toList());
    return json;
  }

  private static Map<String, Object> client(ConnectedClient client, List<Gap> gaps) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("node", client.node());
    json.put("sync", client.sync().name());
    json.put("userAgent", client.userAgent());
    json.put("dialect", client.dialect().name());
    json.put("namespace", client.namespace());
    json.put("labels", new TreeMap<>(client.labels()));
    putText(json, "locality", client.locality());
    putText(json, "address", client.address());
    json.put("protocol", client.incremental() ? "incremental" : "state-of-the-world");
    json.put("connections", client.connections());
    json.put("connectedSeconds", client.age().toMillis() / MILLIS_PER_SECOND);
    putText(json, "workload", client.workload());
    putText(json, "registrationProblem", client.registrationProblem());
    Map<String, Object> types = new LinkedHashMap<>();
    for (ResourceType type : ResourceType.values()) {
      types.put(word(type), type(client.type(type)));
    }
    json.put("types", types);
    json.put("gaps", GapReport.toJson(gaps));
    return json;
  }

  private static Map<String, Object> type(TypeState type) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("sync", type.sync().name());
    if (type.wildcard()) {
      json.put("wildcard", true);
    }
    json.put("subscribed", type.subscribed());
    json.put("acknowledged", type.acknowledged());
    putText(json, "sentNonce", type.sentNonce());
    putText(json, "acknowledgedNonce", type.acknowledgedNonce());
    type.refusal().ifPresent(refusal -> json.put("refusal", refusal(refusal)));
    return json;
  }

  private static Map<String, Object> refusal(Refusal refusal) {
    return Map.of("message", refusal.message(), "versions", new TreeMap<>(refusal.versions()));
  }

  /** A client with its resources, these without what is in them. */
  static Map<String, Object> detail(
      ConnectedClient client, List<ClientResource> resources, GapReport gaps) {
    Map<String, Object> json = client(client, gaps.of(client));
    json.put("resources", resources.stream().map(ClientJson::resource).toList());
    return json;
  }

  /**
   * What a client was sent.
   *
   * @param only the type to be shown; absent for all
   */
  static Map<String, Object> dump(
      ConnectedClient client, List<ClientResource> resources, Optional<ResourceType> only) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("node", client.node());
    json.put("userAgent", client.userAgent());
    List<Object> configs = new ArrayList<>();
    for (ClientResource resource : resources) {
      if (only.map(resource.type()::equals).orElse(true)) {
        Map<String, Object> config = resource(resource);
        resource.sent().ifPresent(sent -> config.put("config", ResourceJson.of(sent)));
        configs.add(config);
      }
    }
    json.put("configs", configs);
    return json;
  }

  private static Map<String, Object> resource(ClientResource resource) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("type", word(resource.type()));
    json.put("name", resource.name());
    json.put("sync", resource.sync().name());
    putText(json, "version", resource.version().current());
    putText(json, "sent", resource.version().sent());
    putText(json, "acknowledged", resource.version().acknowledged());
    putText(json, "absence", resource.absence());
    return json;
  }

  /** In the shape of istiod's page, for tools that read that. */
  static List<Map<String, Object>> syncz(Overview overview) {
    return overview.clients().stream().map(ClientJson::syncz).toList();
  }

  private static Map<String, Object> syncz(ConnectedClient client) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("proxy", client.node());
    json.put("proxy_version", client.userAgent());
    for (ResourceType type : ResourceType.values()) {
      putText(json, word(type) + "_sent", client.type(type).sentNonce());
      putText(json, word(type) + "_acked", client.type(type).acknowledgedNonce());
    }
    return json;
  }

  /** {@code cluster}, {@code endpoint}, {@code listener}, {@code route}. */
  static String word(ResourceType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }

  private static void putText(Map<String, Object> json, String key, String value) {
    if (!value.isEmpty()) {
      json.put(key, value);
    }
  }
}
