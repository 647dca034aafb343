package io.librarymesh.controlplane.convert;

import io.librarymesh.controlplane.istio.Gateway;
import io.librarymesh.controlplane.istio.Ingress;
import io.librarymesh.controlplane.istio.Ingress.Backend;
import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.Metadata;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ServerTlsSettings;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.translate.IngressResources;
import io.librarymesh.controlplane.translate.MeshConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Ingresses as Gateways and VirtualServices. The rules are those that the control plane itself
 * makes of them, in the order in which it tries them; those of several Ingresses for one host
 * become one VirtualService, which stands where the oldest of them stood.
 */
final class IngressesToRules implements Converter {

  @Override
  public void convert(Inventory inventory, Outcome outcome) {
    Map<Ingress, List<Outcome.Problem>> problems = new LinkedHashMap<>();
    for (Ingress ingress : used(inventory, outcome)) {
      problems.put(ingress, problems(ingress, inventory));
    }
    together(problems);
    Set<Resource> staying = new HashSet<>();
    problems.forEach(
        (ingress, found) -> {
          if (!found.isEmpty()) {
            staying.add(ingress);
            outcome.stays(ingress, List.copyOf(new LinkedHashSet<>(found)));
          }
        });
    List<Resource> made =
        made(inventory.resources().stream().filter(r -> !staying.contains(r)).toList());
    documents(made, problems.keySet(), inventory).forEach(outcome::replace);
  }

  /** Says of every Ingress that the Gateway API has no form of it that is carried out here. */
  static void stay(Inventory inventory, Outcome outcome) {
    for (Ingress ingress : used(inventory, outcome)) {
      String why =
          "a Gateway of the Gateway API brings a proxy of its own, and an Ingress does not";
      outcome.stays(ingress, List.of(new Outcome.Problem(ingress.position(), "spec", why)));
    }
  }

  private static List<Resource> made(List<Resource> resources) {
    return IngressResources.of(resources, MeshConfig.DEFAULT.with(resources));
  }

  /** Those that a Gateway is made of; of the others it is said that they are not. */
  private static List<Ingress> used(Inventory inventory, Outcome outcome) {
    Set<SourcePosition> used =
        made(inventory.resources()).stream().map(Resource::position).collect(Collectors.toSet());
    inventory
        .all(Ingress.class)
        .filter(ingress -> !used.contains(ingress.position()))
        .forEach(
            ingress ->
                outcome.inform(
                    ingress,
                    "by its class the Ingress "
                        + ingress.metadata().name()
                        + " is for others; it stays as it was"));
    return inventory.all(Ingress.class).filter(i -> used.contains(i.position())).toList();
  }

  private static List<Outcome.Problem> problems(Ingress ingress, Inventory inventory) {
    List<Outcome.Problem> problems = new ArrayList<>();
    ingress
        .defaultBackend()
        .ifPresent(
            backend -> backend(backend, "spec.defaultBackend", ingress, inventory, problems));
    for (Ingress.Rule rule : ingress.rules()) {
      for (Ingress.Path path : rule.paths()) {
        backend(path.backend(), "spec.rules.http.paths.backend", ingress, inventory, problems);
      }
    }
    for (Ingress.Tls tls : ingress.tls()) {
      if (tls.secretName().isEmpty()) {
        problems.add(
            new Outcome.Problem(
                tls.position(), "spec.tls", "without secretName nothing listens for these hosts"));
      } else if (tls.hosts().stream().anyMatch(host -> host.indexOf('.') < 0)) {
        problems.add(
            new Outcome.Problem(
                tls.position(), "spec.tls.hosts", "a Gateway has no hosts without a dot"));
      }
    }
    Set<String> hosts = hosts(ingress);
    inventory
        .all(VirtualService.class)
        .filter(vs -> vs.gateways().stream().anyMatch(g -> !g.equals(VirtualService.MESH_GATEWAY)))
        .filter(vs -> vs.hosts().stream().anyMatch(hosts::contains))
        .forEach(
            vs ->
                problems.add(
                    new Outcome.Problem(
                        ingress.position(),
                        "spec.rules",
                        "the VirtualService at "
                            + vs.position()
                            + " has rules for a host of these, and which are tried first their"
                            + " names decide")));
    return problems;
  }

  private static void backend(
      Backend backend,
      String field,
      Ingress ingress,
      Inventory inventory,
      List<Outcome.Problem> problems) {
    String namespace = ingress.metadata().namespace();
    boolean known =
        backend.port().isPresent()
            || inventory
                .all(KubernetesService.class)
                .filter(service -> service.metadata().name().equals(backend.service()))
                .filter(service -> service.metadata().namespace().equals(namespace))
                .flatMap(service -> service.ports().stream())
                .anyMatch(port -> port.name().equals(backend.portName()));
    if (!known) {
      problems.add(
          new Outcome.Problem(
              backend.position(),
              field + ".service.port.name",
              "a VirtualService has ports by number, and no file has that of "
                  + backend.portName()
                  + " of the Service "
                  + backend.service()));
    }
  }

  private static Set<String> hosts(Ingress ingress) {
    Set<String> hosts = new HashSet<>();
    ingress.rules().forEach(rule -> hosts.add(rule.host().isEmpty() ? "*" : rule.host()));
    if (ingress.defaultBackend().isPresent()) {
      hosts.add("*");
    }
    return hosts;
  }

  /** Ingresses with a host in common are converted together or not at all. */
  private static void together(Map<Ingress, List<Outcome.Problem>> problems) {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Map.Entry<Ingress, List<Outcome.Problem>> each : problems.entrySet()) {
        Ingress ingress = each.getKey();
        for (Map.Entry<Ingress, List<Outcome.Problem>> other : problems.entrySet()) {
          if (each.getValue().isEmpty()
              && !other.getValue().isEmpty()
              && hosts(ingress).stream().anyMatch(hosts(other.getKey())::contains)) {
            String why = "the Ingress at " + other.getKey().position() + " for the same host stays";
            each.getValue().add(new Outcome.Problem(ingress.position(), "spec.rules", why));
            changed = true;
          }
        }
      }
    }
  }

  private static Map<Ingress, List<Map<String, Object>>> documents(
      List<Resource> made, Set<Ingress> ingresses, Inventory inventory) {
    Map<SourcePosition, Ingress> byPosition = new HashMap<>();
    ingresses.forEach(ingress -> byPosition.put(ingress.position(), ingress));
    Map<Ingress, List<Map<String, Object>>> documents = new LinkedHashMap<>();
    Map<String, List<String>> written = new HashMap<>();
    Names gateways = new Names(inventory, Resource.Kind.GATEWAY);
    Names rules = new Names(inventory, Resource.Kind.VIRTUAL_SERVICE);
    for (Resource resource : made) {
      Ingress ingress = byPosition.get(resource.position());
      if (ingress == null) {
        continue;
      }
      List<Map<String, Object>> own = documents.computeIfAbsent(ingress, i -> new ArrayList<>());
      String namespace = ingress.metadata().namespace();
      if (resource instanceof Gateway gateway) {
        String name = gateways.free(namespace, ingress.metadata().name());
        written.put(gateway.fullName(), List.of(namespace, name));
        own.add(gateway(gateway, name, ingress));
      } else if (resource instanceof VirtualService vs) {
        String name = rules.free(namespace, name(vs.hosts().get(0), ingress));
        own.add(rules(vs, name, written, ingress, inventory));
      }
    }
    return documents;
  }

  /** Names that nothing has yet. */
  private static final class Names {
    private final Set<List<String>> taken;

    Names(Inventory inventory, Resource.Kind kind) {
      taken =
          inventory.resources().stream()
              .filter(resource -> resource.kind() == kind)
              .map(r -> List.of(r.metadata().namespace(), r.metadata().name()))
              .collect(Collectors.toCollection(HashSet::new));
    }

    String free(String namespace, String name) {
      String free = name;
      for (int i = 2; !taken.add(List.of(namespace, free)); i++) {
        free = name + "-" + i;
      }
      return free;
    }
  }

  private static String name(String host, Ingress ingress) {
    String name = ingress.metadata().name();
    return host.equals("*") ? name : name + "-" + host.replace("*.", "").replace('.', '-');
  }

  private static Map<String, Object> document(String kind, String name, Ingress ingress) {
    Metadata like = ingress.metadata();
    Map<String, String> annotations = new LinkedHashMap<>(like.annotations());
    annotations.remove(Ingress.CLASS_ANNOTATION);
    return Values.document(
        "networking.istio.io/v1",
        kind,
        name,
        new Metadata(
            like.name(), like.namespace(), like.labels(), annotations, like.creationTimestamp()));
  }

  private static Map<String, Object> gateway(Gateway gateway, String name, Ingress ingress) {
    Map<String, Object> document = document("Gateway", name, ingress);
    Map<String, Object> spec = Values.of("selector", gateway.selector());
    List<Object> servers = new ArrayList<>();
    for (int i = 0; i < gateway.servers().size(); i++) {
      servers.add(server(gateway.servers().get(i), i));
    }
    spec.put("servers", servers);
    document.put("spec", spec);
    return document;
  }

  private static Map<String, Object> server(Gateway.Server server, int index) {
    Map<String, Object> port = Values.of("number", server.port().number());
    port.put("name", server.isTls() ? "https-" + index : "http");
    port.put("protocol", server.port().protocol().toString());
    Map<String, Object> map = Values.of("port", port);
    map.put("hosts", server.hosts());
    server.tls().ifPresent(tls -> map.put("tls", tls(tls)));
    return map;
  }

  private static Map<String, Object> tls(ServerTlsSettings settings) {
    Map<String, Object> map = Values.of("mode", settings.mode().name());
    map.put("credentialName", settings.credentialNames().get(0));
    return map;
  }

  private static Map<String, Object> rules(
      VirtualService vs,
      String name,
      Map<String, List<String>> gateways,
      Ingress ingress,
      Inventory inventory) {
    String namespace = ingress.metadata().namespace();
    Map<String, Object> document = document("VirtualService", name, ingress);
    Map<String, Object> spec = Values.of("hosts", vs.hosts());
    spec.put(
        "gateways",
        vs.gateways().stream()
            .map(gateway -> gateways.getOrDefault(gateway, List.of("", gateway)))
            .map(of -> of.get(0).equals(namespace) ? of.get(1) : of.get(0) + "/" + of.get(1))
            .toList());
    RulesYaml yaml = new RulesYaml(host -> inventory.written(host, namespace), Set.of());
    spec.put("http", yaml.rules(vs.http()));
    document.put("spec", spec);
    return document;
  }
}
