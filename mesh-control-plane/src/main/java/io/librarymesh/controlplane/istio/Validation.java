package io.librarymesh.controlplane.istio;

/** The rules that a well-formed resource must keep; each kind has its own class. */
final class Validation {
  private Validation() {}

  /**
   * Reports every rule that the resource breaks.
   *
   * @param path where the document stands in its file
   */
  static void validate(Resource resource, FieldPath path, DocumentReport report) {
    ValueRules rules = new ValueRules(report);
    MetadataRules.check(resource, path.field("metadata"), rules);
    FieldPath spec = path.field("spec");
    switch (resource.kind()) {
      case VIRTUAL_SERVICE -> VirtualServiceRules.check((VirtualService) resource, spec, rules);
      case DESTINATION_RULE -> DestinationRuleRules.check((DestinationRule) resource, spec, rules);
      case SERVICE_ENTRY -> ServiceEntryRules.check((ServiceEntry) resource, spec, rules);
      case WORKLOAD_ENTRY -> WorkloadRules.check(((WorkloadEntry) resource).spec(), spec, rules);
      case WORKLOAD_GROUP -> WorkloadGroupRules.check((WorkloadGroup) resource, spec, rules);
      case SIDECAR -> SidecarRules.check((Sidecar) resource, spec, rules);
      case GATEWAY -> GatewayRules.check((Gateway) resource, path, rules);
      case PEER_AUTHENTICATION ->
          PeerAuthenticationRules.check((PeerAuthentication) resource, spec, rules);
      case REQUEST_AUTHENTICATION ->
          RequestAuthenticationRules.check((RequestAuthentication) resource, spec, rules);
      case AUTHORIZATION_POLICY ->
          AuthorizationPolicyRules.check((AuthorizationPolicy) resource, path, rules);
      case POLICY, MESH_POLICY ->
          AuthenticationPolicyRules.check((AuthenticationPolicy) resource, path, rules);
      case CLUSTER_RBAC_CONFIG, RBAC_CONFIG -> RbacRules.check((RbacConfig) resource, path, rules);
      case SERVICE_ROLE -> RbacRules.check((ServiceRole) resource, spec, rules);
      case SERVICE_ROLE_BINDING -> RbacRules.check((ServiceRoleBinding) resource, spec, rules);
      case HTTP_ROUTE, GRPC_ROUTE -> GatewayRouteRules.check((GatewayRoute) resource, spec, rules);
      case INGRESS -> IngressRules.check((Ingress) resource, spec, rules);
      case INGRESS_CLASS -> IngressRules.check((IngressClass) resource, spec, rules);
      case KUBERNETES_SERVICE ->
          KubernetesServiceRules.check((KubernetesService) resource, spec, rules);
      case MESH_CONFIG ->
          MeshConfigRules.check((MeshConfigDocument) resource, FieldPath.ROOT, rules);
      case RESILIENCE_POLICY ->
          ResiliencePolicyRules.check((ResiliencePolicy) resource, spec, rules);
    }
  }
}
