package io.librarymesh.controlplane.istio;

/** A resource that the mesh acts on, read from a file and found valid. */
public sealed interface Resource
    permits VirtualService, DestinationRule, ServiceEntry, WorkloadEntry, KubernetesService {

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
    VIRTUAL_SERVICE("VirtualService"),
    DESTINATION_RULE("DestinationRule"),
    SERVICE_ENTRY("ServiceEntry"),
    WORKLOAD_ENTRY("WorkloadEntry"),
    KUBERNETES_SERVICE("Service");

    private final String yamlName;

    Kind(String yamlName) {
      this.yamlName = yamlName;
    }

    /** The word that stands after {@code kind:} in a file. */
    public String yamlName() {
      return yamlName;
    }
  }
}
