package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.DestinationRule;
import io.librarymesh.controlplane.istio.PeerAuthentication;
import io.librarymesh.controlplane.istio.RequestAuthentication;
import io.librarymesh.controlplane.istio.ResiliencePolicy;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Sidecar;
import io.librarymesh.controlplane.istio.VirtualService;
import io.librarymesh.controlplane.keys.KeySets;
import io.librarymesh.controlplane.registry.RegistrySnapshot;
import io.librarymesh.controlplane.retired.RetiredResources;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Everything that a translation looks at, at one moment: the mesh's settings, its rules and the
 * registry. Immutable; any thread.
 */
public final class PushContext {

  private final MeshConfig meshConfig;
  private final List<Resource> resources;
  private final Rules rules;
  private final ViewTraits traits;
  private final RegistrySnapshot registry;
  private final KeySets keys;

  /** The rules among the resources, each kind in the order in which it is looked up. */
  private record Rules(
      VirtualServiceIndex virtualServices,
      DestinationIndex destinations,
      DestinationRuleIndex destinationRules,
      ResiliencePolicyIndex resiliencePolicies,
      SidecarIndex sidecars,
      PeerAuthenticationIndex peers,
      SecurityPolicyIndex policies,
      GatewayIndex gateways) {

    static Rules of(Collection<Resource> resources, MeshConfig meshConfig) {
      String domain = meshConfig.domain();
      List<Resource> resolved = resolve(resources, meshConfig);
      SidecarIndex sidecars = new SidecarIndex(resources, meshConfig.rootNamespace());
      return new Rules(
          new VirtualServiceIndex(resolved, domain),
          new DestinationIndex(sidecars.isEmpty() ? List.of() : resolved, domain),
          new DestinationRuleIndex(resources, meshConfig),
          new ResiliencePolicyIndex(resources, domain),
          sidecars,
          new PeerAuthenticationIndex(resources, meshConfig.rootNamespace()),
          new SecurityPolicyIndex(resources, meshConfig.rootNamespace()),
          new GatewayIndex(resolved));
    }
  }

  private PushContext(
      MeshConfig meshConfig,
      List<Resource> resources,
      Rules rules,
      ViewTraits traits,
      RegistrySnapshot registry,
      KeySets keys) {
    this.meshConfig = meshConfig;
    this.resources = resources;
    this.rules = rules;
    this.traits = traits;
    this.registry = registry;
    this.keys = keys;
  }

  /**
   * Indexes the rules among the resources; services are looked up in the registry, and keys of
   * tokens are left to servers, see {@link #withKeys}.
   */
  public static PushContext of(
      MeshConfig meshConfig, Collection<Resource> resources, RegistrySnapshot registry) {
    List<Resource> complete = ExportDefaults.complete(resources, meshConfig);
    List<Resource> inForce = withRetired(complete, meshConfig);
    return new PushContext(
        meshConfig,
        complete,
        Rules.of(inForce, meshConfig),
        ViewTraits.of(inForce, meshConfig),
        registry,
        KeySets.LEFT_TO_SERVERS);
  }

  /** The same rules over another registry; the indexes are shared. */
  public PushContext withRegistry(RegistrySnapshot newRegistry) {
    return new PushContext(meshConfig, resources, rules, traits, newRegistry, keys);
  }

  /** The same rules with other keys of tokens; the indexes are shared. */
  public PushContext withKeys(KeySets newKeys) {
    return new PushContext(meshConfig, resources, rules, traits, registry, newKeys);
  }

  /** Those of APIs that Istio has retired are in force as those of today. */
  private static List<Resource> withRetired(Collection<Resource> resources, MeshConfig meshConfig) {
    List<Resource> all = new ArrayList<>(resources);
    all.addAll(
        RetiredResources.of(resources, meshConfig.domain(), meshConfig.rootNamespace())
            .resources());
    return all;
  }

  /** The rules as they are looked up: delegates spliced in, those of other forms converted. */
  private static List<Resource> resolve(Collection<Resource> resources, MeshConfig meshConfig) {
    String domain = meshConfig.domain();
    List<Resource> all = new ArrayList<>(Delegation.resolve(resources, domain));
    all.addAll(GatewayRoutes.virtualServices(resources, domain));
    all.addAll(IngressResources.of(resources, meshConfig));
    return ExportDefaults.complete(all, meshConfig);
  }

  /** The settings of the mesh. */
  public MeshConfig meshConfig() {
    return meshConfig;
  }

  /** The resources that the rules were taken from. */
  public List<Resource> resources() {
    return resources;
  }

  /**
   * The rules for clients of the mesh as they are tried: with those that they delegate to, and with
   * routes of the Gateway API as the VirtualServices that mean the same.
   */
  public List<VirtualService> effectiveRules() {
    return rules.virtualServices().all();
  }

  /**
   * What a port of a workload takes: mutual TLS, plaintext or both, by the PeerAuthentications.
   *
   * @param port that the workload listens on, not that of a service
   */
  public PeerAuthentication.Mode peerMode(String namespace, Map<String, String> labels, int port) {
    return rules.peers().mode(namespace, labels, port);
  }

  /** The keys of tokens that are fetched. */
  public KeySets keys() {
    return keys;
  }

  /** The RequestAuthentications in force, those that Istio has retired as those of today. */
  public List<RequestAuthentication> requestAuthentications() {
    return rules.policies().requestAuthentications();
  }

  /** The services and their endpoints. */
  public RegistrySnapshot registry() {
    return registry;
  }

  /**
   * The view with only that in it which some rule of this context asks for, so that clients for
   * which nothing differs share their resources, and with what its Sidecar lets it see. There are
   * no Sidecars for what stands at the edge.
   */
  public ClientView canonical(ClientView view) {
    return traits.canonical(
        view, view.isRouter() ? EgressScope.EVERYTHING : rules.sidecars().scope(view));
  }

  /**
   * The hosts for which one and the other list of resources may translate differently, services
   * aside: complete, lower-case, wildcards included. The registry says which services changed.
   */
  public static Set<String> changedHosts(
      Collection<Resource> before, Collection<Resource> after, MeshConfig meshConfig) {
    // A delegate has no hosts: it shows in the rules that delegate to it.
    Set<Resource> gone = new HashSet<>(resolve(withRetired(before, meshConfig), meshConfig));
    Set<Resource> changed = new HashSet<>();
    for (Resource resource : resolve(withRetired(after, meshConfig), meshConfig)) {
      if (!gone.remove(resource)) {
        changed.add(resource);
      }
    }
    changed.addAll(gone);
    Set<String> hosts = new HashSet<>();
    changed.forEach(resource -> hosts.addAll(hosts(resource, meshConfig.domain())));
    changed.forEach(resource -> hosts.addAll(GatewayIndex.keys(resource)));
    changed.forEach(resource -> hosts.addAll(SecurityPolicyIndex.keys(resource)));
    changed.forEach(resource -> hosts.addAll(InboundPorts.keys(resource)));
    if (after.stream().anyMatch(Sidecar.class::isInstance)) {
      // What rules send to is imported with them.
      DestinationIndex.rules(changed)
          .forEach(vs -> hosts.addAll(DestinationIndex.hosts(vs, meshConfig.domain())));
    }
    return hosts;
  }

  private static List<String> hosts(Resource resource, String domain) {
    if (resource instanceof VirtualService vs) {
      return vs.appliesToMesh() ? VirtualServiceIndex.hosts(vs, domain) : List.of();
    }
    if (resource instanceof DestinationRule rule) {
      return List.of(DestinationRuleIndex.host(rule, domain).toLowerCase(Locale.ROOT));
    }
    if (resource instanceof ResiliencePolicy policy) {
      return ResiliencePolicyIndex.hosts(policy, domain);
    }
    if (resource instanceof PeerAuthentication policy) {
      return List.of(PeerAuthenticationIndex.key(policy.metadata().namespace()));
    }
    return List.of();
  }

  VirtualServiceIndex virtualServices() {
    return rules.virtualServices();
  }

  DestinationRuleIndex destinationRules() {
    return rules.destinationRules();
  }

  ResiliencePolicyIndex resiliencePolicies() {
    return rules.resiliencePolicies();
  }

  PeerAuthenticationIndex peers() {
    return rules.peers();
  }

  SecurityPolicyIndex policies() {
    return rules.policies();
  }

  GatewayIndex gateways() {
    return rules.gateways();
  }

  /** What rules send to; empty while there is no Sidecar. */
  DestinationIndex destinations() {
    return rules.destinations();
  }
}
