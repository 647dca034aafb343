package io.librarymesh.kubernetes;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.librarymesh.controlplane.istio.Resource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out under which version a cluster serves the kinds that are configuration. */
final class WatchedKind {
  /** Newest first. A cluster that serves several gives every object in each. */
  private static final List<String> VERSIONS = List.of("v1", "v1beta1", "v1alpha3", "v1alpha1");

  private WatchedKind() {}

  /**
   * The kinds of configuration that the cluster serves now; those whose definitions are not
   * installed are left out.
   */
  static Map<Resource.Kind, ResourceDefinitionContext> served(KubernetesClient client) {
    Map<String, Optional<APIResourceList>> asked = new HashMap<>();
    Map<Resource.Kind, ResourceDefinitionContext> served = new HashMap<>();
    served.put(Resource.Kind.KUBERNETES_SERVICE, core("Service", "services"));
    for (Resource.Kind kind : Resource.Kind.values()) {
      if (kind.group().isEmpty()) {
        // What every cluster serves is not asked for.
        continue;
      }
      for (String version : VERSIONS) {
        String groupVersion = kind.group() + "/" + version;
        asked
            .computeIfAbsent(groupVersion, gv -> Optional.ofNullable(client.getApiResources(gv)))
            .flatMap(list -> resource(list, kind))
            .ifPresent(
                found ->
                    served.putIfAbsent(
                        kind, ResourceDefinitionContext.fromApiResource(groupVersion, found)));
      }
    }
    return served;
  }

  /** A kind of Kubernetes' core group. */
  static ResourceDefinitionContext core(String kind, String plural) {
    return new ResourceDefinitionContext.Builder()
        .withVersion("v1")
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(true)
        .build();
  }

  private static Optional<APIResource> resource(APIResourceList list, Resource.Kind kind) {
    // Subresources, such as VIRTUALSERVICES/status, have the kind of the whole.
    return list.getResources().stream()
        .filter(r -> kind.yamlName().equals(r.getKind()) && r.getName().indexOf('/') < 0)
        .findFirst();
  }
}
