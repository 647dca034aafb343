package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.ResiliencePolicy;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.registry.RegistrySnapshot;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Everything that a translation looks at, at one moment: the mesh's settings, its rules and the
 * registry. Immutable; any thread.
 */
public final class PushContext {

  private final MeshConfig meshConfig;
  private final List<Resource> resources;
  private final VirtualServiceIndex virtualServices;
  private final DestinationRuleIndex destinationRules;
  private final ResiliencePolicyIndex resiliencePolicies;
  private final ViewTraits traits;
  private final RegistrySnapshot registry;

  private PushContext(
      MeshConfig meshConfig,
      List<Resource> resources,
      VirtualServiceIndex virtualServices,
      DestinationRuleIndex destinationRules,
      ResiliencePolicyIndex resiliencePolicies,
      RegistrySnapshot registry) {
    this.meshConfig = meshConfig;
    this.resources = resources;
    this.virtualServices = virtualServices;
    this.destinationRules = destinationRules;
    this.resiliencePolicies = resiliencePolicies;
    this.traits = ViewTraits.of(resources);
    this.registry = registry;
  }

  /** Indexes the rules among the resources; services are looked up in the registry. */
  public static PushContext of(
      MeshConfig meshConfig, Collection<Resource> resources, RegistrySnapshot registry) {
    return new PushContext(
        meshConfig,
        List.copyOf(resources),
        new VirtualServiceIndex(
            Delegation.resolve(resources, meshConfig.domain()), meshConfig.domain()),
        new DestinationRuleIndex(resources, meshConfig),
        new ResiliencePolicyIndex(resources, meshConfig.domain()),
        registry);
  }

  /** The same rules over another registry; the indexes are shared. */
  public PushContext withRegistry(RegistrySnapshot newRegistry) {
    return new PushContext(
        meshConfig, resources, virtualServices, destinationRules, resiliencePolicies, newRegistry);
  }

  /** The settings of the mesh. */
  public MeshConfig meshConfig() {
    return meshConfig;
  }

  /** The resources that the rules were taken from. */
  public List<Resource> resources() {
    return resources;
  }

  /** The services and their endpoints. */
  public RegistrySnapshot registry() {
    return registry;
  }

  /**
   * The view with only that in it which some rule of this context asks for, so that clients for
   * which nothing differs share their resources.
   */
  public ClientView canonical(ClientView view) {
    return traits.canonical(view);
  }

  /**
   * The hosts for which one and the other list of resources may translate differently, services
   * aside: complete, lower-case, wildcards included. The registry says which services changed.
   */
  public static Set<String> changedHosts(
      Collection<Resource> before, Collection<Resource> after, MeshConfig meshConfig) {
    // A delegate has no hosts: it shows in the rules that delegate to it.
    Set<Resource> gone = new HashSet<>(Delegation.resolve(before, meshConfig.domain()));
    Set<String> hosts = new HashSet<>();
    for (Resource resource : Delegation.resolve(after, meshConfig.domain())) {
      if (!gone.remove(resource)) {
        hosts.addAll(hosts(resource, meshConfig.domain()));
      }
    }
    gone.forEach(resource -> hosts.addAll(hosts(resource, meshConfig.domain())));
    return hosts;
  }

  private static List<String> hosts(Resource resource, String domain) {
    if (resource instanceof VirtualService vs) {
      return VirtualServiceIndex.hosts(vs, domain);
    }
    if (resource instanceof DestinationRule rule) {
      return List.of(DestinationRuleIndex.host(rule, domain).toLowerCase(Locale.ROOT));
    }
    if (resource instanceof ResiliencePolicy policy) {
      return ResiliencePolicyIndex.hosts(policy, domain);
    }
    return List.of();
  }

  VirtualServiceIndex virtualServices() {
    return virtualServices;
  }

  DestinationRuleIndex destinationRules() {
    return destinationRules;
  }

  ResiliencePolicyIndex resiliencePolicies() {
    return resiliencePolicies;
  }
}
