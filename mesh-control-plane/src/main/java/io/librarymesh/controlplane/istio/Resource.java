package io.librarymesh.controlplane.istio;

/** A resource that the mesh acts on, read from a file and found valid. */
public sealed interface Resource
    permits VirtualService,
        DestinationRule,
        ServiceEntry,
        WorkloadEntry,
        WorkloadGroup,
        Sidecar,
        Gateway,
        GatewayRoute,
        PeerAuthentication,
        RequestAuthentication,
        AuthorizationPolicy,
        AuthenticationPolicy,
        RbacConfig,
        ServiceRole,
        ServiceRoleBinding,
        Ingress,
        IngressClass,
        KubernetesService,
        ResiliencePolicy,
        MeshConfigDocument {

  /** Which of the permitted kinds this is, for exhaustive switches. */
  Kind kind();

  /** Name, namespace, labels, annotations. */
  Metadata metadata();

  /** Where the document of this resource begins. */
  SourcePosition position();

  /** What makes this resource unique in a store. */
  default ResourceId id() {
    return new ResourceId(kind(), metadata().namespace(), metadata().name());
  }

  /** The kinds of resources that the mesh acts on. */
  enum Kind {
    VIRTUAL_SERVICE(KnownKinds.ISTIO_GROUP, "VirtualService"),
    DESTINATION_RULE(KnownKinds.ISTIO_GROUP, "DestinationRule"),
    SERVICE_ENTRY(KnownKinds.ISTIO_GROUP, "ServiceEntry"),
    WORKLOAD_ENTRY(KnownKinds.ISTIO_GROUP, "WorkloadEntry"),
    WORKLOAD_GROUP(KnownKinds.ISTIO_GROUP, "WorkloadGroup"),
    SIDECAR(KnownKinds.ISTIO_GROUP, "Sidecar"),
    GATEWAY(KnownKinds.ISTIO_GROUP, "Gateway"),
    PEER_AUTHENTICATION(KnownKinds.SECURITY_GROUP, "PeerAuthentication"),
    REQUEST_AUTHENTICATION(KnownKinds.SECURITY_GROUP, "RequestAuthentication"),
    AUTHORIZATION_POLICY(KnownKinds.SECURITY_GROUP, "AuthorizationPolicy"),
    POLICY(KnownKinds.RETIRED_AUTHENTICATION_GROUP, "Policy"),
    MESH_POLICY(KnownKinds.RETIRED_AUTHENTICATION_GROUP, "MeshPolicy"),
    CLUSTER_RBAC_CONFIG(KnownKinds.RETIRED_RBAC_GROUP, "ClusterRbacConfig"),
    RBAC_CONFIG(KnownKinds.RETIRED_RBAC_GROUP, "RbacConfig"),
    SERVICE_ROLE(KnownKinds.RETIRED_RBAC_GROUP, "ServiceRole"),
    SERVICE_ROLE_BINDING(KnownKinds.RETIRED_RBAC_GROUP, "ServiceRoleBinding"),
    HTTP_ROUTE(KnownKinds.GATEWAY_GROUP, "HTTPRoute"),
    GRPC_ROUTE(KnownKinds.GATEWAY_GROUP, "GRPCRoute"),
    INGRESS(KnownKinds.INGRESS_GROUP, "Ingress"),
    INGRESS_CLASS(KnownKinds.INGRESS_GROUP, "IngressClass"),
    KUBERNETES_SERVICE("", "Service"),
    RESILIENCE_POLICY(KnownKinds.OWN_GROUP, "ResiliencePolicy"),
    /** Stands in a ConfigMap, in an IstioOperator or in a file of its own. */
    MESH_CONFIG("", "MeshConfig");

    private final String group;
    private final String yamlName;

    Kind(String group, String yamlName) {
      this.group = group;
      this.yamlName = yamlName;
    }

    /** What stands before the slash of {@code apiVersion:}; empty for Kubernetes' core group. */
    public String group() {
      return group;
    }

    /** The word that stands after {@code kind:} in a file. */
    public String yamlName() {
      return yamlName;
    }
  }
}
