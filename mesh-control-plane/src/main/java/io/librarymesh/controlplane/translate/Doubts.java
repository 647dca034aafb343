package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.KubernetesService;
import io.librarymesh.controlplane.istio.RefusedResource;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.ResourceId;
import io.librarymesh.controlplane.istio.ServiceEntry;
import io.librarymesh.controlplane.istio.Sidecar;
import io.librarymesh.controlplane.registry.Service;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is not known of resources that are refused: somebody may refer to what stands in a field
 * that has an error, and is not told that it is missing. Immutable.
 */
final class Doubts {

  /** Everything is known. */
  static final Doubts NONE = new Doubts(List.of(), "");

  private final Map<ResourceId, RefusedResource> refused = new LinkedHashMap<>();
  private final String domain;

  Doubts(Collection<RefusedResource> all, String domain) {
    this.domain = domain;
    all.forEach(each -> refused.putIfAbsent(each.resource().id(), each));
  }

  /**
   * The resources with those that are refused, as far as these can be looked at; an id that is
   * taken stays so.
   */
  List<Resource> complete(Collection<Resource> resources) {
    List<Resource> complete = new ArrayList<>(resources);
    Set<ResourceId> taken = new HashSet<>();
    resources.forEach(resource -> taken.add(resource.id()));
    refused.values().stream()
        .filter(each -> !importsWhoKnowsWhat(each))
        .map(RefusedResource::resource)
        .filter(resource -> !taken.contains(resource.id()))
        .forEach(complete::add);
    return complete;
  }

  /** What a Sidecar leaves its namespace to see can not be told from entries that break a rule. */
  private static boolean importsWhoKnowsWhat(RefusedResource each) {
    return each.resource() instanceof Sidecar && each.isDoubtful("spec.egress");
  }

  /** Whether an error of the field of a resource is known. */
  boolean isWrong(Resource resource, String field) {
    RefusedResource known = refused.get(resource.id());
    return known != null && known.isWrongIn(field);
  }

  /** Whether it is not known what the field of a resource says. */
  boolean isDoubtful(Resource resource, String field) {
    RefusedResource known = refused.get(resource.id());
    return known != null && known.isDoubtful(field);
  }

  /** Whether there is a service of which it is not known what it is called. */
  boolean ofHosts() {
    return refused.values().stream().anyMatch(Doubts::isOfHosts);
  }

  private static boolean isOfHosts(RefusedResource each) {
    return each.resource() instanceof ServiceEntry
        ? each.isDoubtful("spec.hosts")
        : each.resource() instanceof KubernetesService && each.isDoubtful("metadata");
  }

  /** Whether the service may have more ports. */
  boolean ofPorts(Service service) {
    return refused.values().stream()
        .anyMatch(
            each ->
                each.resource().kind() == service.declaredBy().kind()
                    && each.resource().metadata().namespace().equals(service.namespace())
                    && each.resource().metadata().name().equals(service.declaredBy().name())
                    && each.isDoubtful("spec.ports"));
  }

  /** Whether the service may have more subsets. */
  boolean ofSubsets(Service service) {
    return refused.values().stream()
        .anyMatch(
            each ->
                each.resource() instanceof DestinationRule rule
                    && (each.isDoubtful("spec.host")
                        || (each.isDoubtful("spec.subsets")
                            && HostNames.covers(
                                DestinationRuleIndex.host(rule, domain), service.host()))));
  }
}
