package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.IstioReader;
import io.librarymesh.controlplane.istio.ParsedFile;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.istio.SourcePosition;
import io.librarymesh.controlplane.store.ConfigSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The objects that are configuration, each at its last good version: an object that becomes invalid
 * keeps what it said, as a file does. Confined to one thread.
 */
final class ConfigObjects {
  private final KubernetesSerialization serialization;
  private final TreeMap<ObjectKey, Entry> entries = new TreeMap<>();
  private final Map<ObjectKey, Long> generations = new HashMap<>();
  private final NamespaceDefaults namespaces;

  private record Entry(List<Resource> resources, List<Finding> findings) {}

  /**
   * @param namespaces what they say for objects in them; of the same thread
   */
  ConfigObjects(KubernetesSerialization serialization, NamespaceDefaults namespaces) {
    this.namespaces = namespaces;
    this.serialization = serialization;
  }

  /** Takes an object as it is now. Returns whether that changes anything. */
  boolean put(GenericKubernetesResource object) {
    ObjectKey key = ObjectKey.of(object);
    ParsedFile parsed = IstioReader.read(key.toString(), text(object));
    Entry before = entries.get(key);
    Entry now =
        parsed.hasErrors()
            ? refused(key, parsed.findings(), before == null ? List.of() : before.resources)
            : new Entry(parsed.resources(), parsed.findings());
    entries.put(key, now);
    generations.put(key, generation(object));
    return !now.equals(before);
  }

  /** Forgets an object. Returns whether that changes anything. */
  boolean remove(ObjectKey key) {
    generations.remove(key);
    return entries.remove(key) != null;
  }

  /** Everything, in the order of kinds, namespaces and names. */
  ConfigSnapshot snapshot(long generation, List<Finding> further) {
    List<Resource> resources = new ArrayList<>();
    List<Finding> findings = new ArrayList<>(further);
    entries
        .values()
        .forEach(
            entry -> {
              entry.resources.forEach(resource -> resources.add(namespaces.complete(resource)));
              findings.addAll(entry.findings);
            });
    return new ConfigSnapshot(resources, findings, generation);
  }

  /** What was read, by the kind it is of; of kinds that are not asked for nothing. */
  Map<ObjectKey, StatusWriter.Observed> observed(Map<String, ResourceDefinitionContext> kinds) {
    Map<ObjectKey, StatusWriter.Observed> observed = new HashMap<>();
    entries.forEach(
        (key, entry) -> {
          ResourceDefinitionContext kind = kinds.get(key.kind());
          if (kind != null) {
            long generation = generations.getOrDefault(key, 0L);
            observed.put(key, new StatusWriter.Observed(kind, generation, entry.findings));
          }
        });
    return observed;
  }

  /** How often what an object asks for has changed; 0 for kinds of which nobody counts it. */
  static long generation(GenericKubernetesResource object) {
    Long generation = object.getMetadata().getGeneration();
    return generation == null ? 0 : generation;
  }

  private static Entry refused(ObjectKey key, List<Finding> reasons, List<Resource> lastGood) {
    List<Finding> said = new ArrayList<>(reasons);
    said.add(
        new Finding(
            SourcePosition.wholeFile(key.toString()),
            Severity.WARNING,
            "",
            lastGood.isEmpty()
                ? "nothing of this object is in force until its errors are mended"
                : "the last good version of this object stays in force until its errors are"
                    + " mended"));
    return new Entry(lastGood, said);
  }

  /** As {@code kubectl get -o yaml} shows it, without what only the API server has a use for. */
  private String text(GenericKubernetesResource object) {
    GenericKubernetesResource shown = serialization.clone(object);
    shown.getMetadata().setManagedFields(null);
    shown.getMetadata().setResourceVersion(null);
    shown.getMetadata().setGeneration(null);
    shown.getAdditionalProperties().remove("status");
    return serialization.asYaml(shown);
  }
}
