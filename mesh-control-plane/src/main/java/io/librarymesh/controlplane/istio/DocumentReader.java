package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads one document: finds out what it is, binds it, has it validated, and unpacks lists. */
final class DocumentReader {
  private final FileFindings findings;
  private final MeshConfigReader meshConfig;
  private final Consumer<Resource> resources;
  private final Consumer<RefusedResource> refused;

  DocumentReader(
      FileFindings findings,
      MeshConfigReader meshConfig,
      Consumer<Resource> resources,
      Consumer<RefusedResource> refused) {
    this.findings = findings;
    this.meshConfig = meshConfig;
    this.resources = resources;
    this.refused = refused;
  }

  /** What the items of a typed list are when they do not say it themselves. */
  private record Inherited(String apiVersion, String kind) {}

  /**
   * Hands on the document's resource, as one that is refused if it is not valid, and adds to the
   * findings.
   *
   * @param path where the document stands in its file: the root, or an item of a list
   */
  void read(YamlValue value, FieldPath path, Optional<Inherited> inherited) {
    if (!(value instanceof YamlValue.Mapping document)) {
      error(value, path, "expected a resource with apiVersion and kind, found " + value.describe());
      return;
    }
    Optional<String> kind = text(document, "kind").or(() -> inherited.map(Inherited::kind));
    Optional<String> apiVersion =
        text(document, "apiVersion").or(() -> inherited.map(Inherited::apiVersion));
    if (kind.isEmpty() || apiVersion.isEmpty()) {
      error(document, path, missing(kind.isEmpty(), apiVersion.isEmpty()));
    } else if (isList(document, kind.get())) {
      items(document, path, apiVersion.get(), kind.get());
    } else if (!meshConfig.read(apiVersion.get(), kind.get(), document, path)) {
      readAs(KnownKinds.of(apiVersion.get(), kind.get()), document, path, kind.get());
    }
  }

  private void readAs(KnownKinds.Use use, YamlValue.Mapping document, FieldPath path, String kind) {
    if (use instanceof KnownKinds.Used used) {
      bind(used.kind(), document, path);
    } else if (use instanceof KnownKinds.NotUsed notUsed) {
      String message = kind + " is not used here: " + notUsed.why();
      findings.add(document.line(), document.column(), Severity.INFO, path.toString(), message);
    } else if (use instanceof KnownKinds.Mistaken mistaken) {
      YamlValue at = document.entry(mistaken.field()).map(YamlValue.Entry::value).orElse(document);
      error(at, path.field(mistaken.field()), mistaken.message());
    }
  }

  private void bind(Resource.Kind kind, YamlValue.Mapping document, FieldPath path) {
    DocumentReport report = new DocumentReport(findings, document, path);
    Fields top = Fields.ofDocument(document, path, kind.yamlName(), report);
    top.skip("apiVersion", "kind", "status");
    Metadata metadata = MetadataBinder.bind(top);
    Optional<Resource> bound = top.message("spec", spec -> bind(kind, top, metadata, spec));
    if (bound.isEmpty() && !top.has("spec")) {
      top.refuse("no spec (expected: what the " + kind.yamlName() + " says, inside 'spec')");
    }
    report.reportUnknown();
    bound.ifPresent(resource -> Validation.validate(resource, path, report));
    if (report.hasErrors()) {
      bound.map(resource -> new RefusedResource(resource, report.wrong())).ifPresent(refused);
    } else {
      bound.ifPresent(resources);
    }
  }

  private static Resource bind(
      Resource.Kind kind, Fields document, Metadata metadata, Fields spec) {
    return switch (kind) {
      case VIRTUAL_SERVICE -> VirtualServiceBinder.bind(document, metadata, spec);
      case DESTINATION_RULE -> DestinationRuleBinder.bind(document, metadata, spec);
      case SERVICE_ENTRY -> ServiceEntryBinder.bind(document, metadata, spec);
      case WORKLOAD_ENTRY -> WorkloadBinder.bind(document, metadata, spec);
      case WORKLOAD_GROUP -> WorkloadGroupBinder.bind(document, metadata, spec);
      case SIDECAR -> SidecarBinder.bind(document, metadata, spec);
      case GATEWAY -> GatewayBinder.bind(document, metadata, spec);
      case PEER_AUTHENTICATION -> PeerAuthenticationBinder.bind(document, metadata, spec);
      case REQUEST_AUTHENTICATION -> RequestAuthenticationBinder.bind(document, metadata, spec);
      case AUTHORIZATION_POLICY -> AuthorizationPolicyBinder.bind(document, metadata, spec);
      case POLICY, MESH_POLICY -> AuthenticationPolicyBinder.bind(kind, document, metadata, spec);
      case CLUSTER_RBAC_CONFIG, RBAC_CONFIG -> RbacBinder.config(kind, document, metadata, spec);
      case SERVICE_ROLE -> RbacBinder.role(document, metadata, spec);
      case SERVICE_ROLE_BINDING -> RbacBinder.binding(document, metadata, spec);
      case HTTP_ROUTE, GRPC_ROUTE -> GatewayRouteBinder.bind(kind, document, metadata, spec);
      case INGRESS -> IngressBinder.bind(document, metadata, spec);
      case INGRESS_CLASS -> IngressBinder.bindClass(document, metadata, spec);
      case KUBERNETES_SERVICE -> KubernetesServiceBinder.bind(document, metadata, spec);
      case RESILIENCE_POLICY -> ResiliencePolicyBinder.bind(document, metadata, spec);
      case MESH_CONFIG ->
          MeshConfigBinder.bind(spec, metadata, MeshConfigDocument.Source.CONFIG_MAP);
    };
  }

  private static boolean isList(YamlValue.Mapping document, String kind) {
    return kind.endsWith("List") && document.entry("items").isPresent();
  }

  private void items(YamlValue.Mapping document, FieldPath path, String apiVersion, String kind) {
    String itemKind = kind.substring(0, kind.length() - "List".length());
    Optional<Inherited> inherited =
        itemKind.isEmpty() ? Optional.empty() : Optional.of(new Inherited(apiVersion, itemKind));
    YamlValue items = document.entry("items").map(YamlValue.Entry::value).orElse(document);
    List<YamlValue> documents = items instanceof YamlValue.Sequence list ? list.items() : List.of();
    if (!(items instanceof YamlValue.Sequence)) {
      error(items, path.field("items"), "expected a list, found " + items.describe());
    }
    for (int i = 0; i < documents.size(); i++) {
      read(documents.get(i), path.field("items").index(i), inherited);
    }
  }

  private void error(YamlValue at, FieldPath path, String message) {
    findings.add(at.line(), at.column(), Severity.ERROR, path.toString(), message);
  }

  private static Optional<String> text(YamlValue.Mapping document, String name) {
    return document
        .entry(name)
        .map(YamlValue.Entry::value)
        .filter(value -> value instanceof YamlValue.Scalar scalar && !scalar.text().isEmpty())
        .map(value -> ((YamlValue.Scalar) value).text());
  }

  private static String missing(boolean kind, boolean apiVersion) {
    String what =
        kind && apiVersion ? "no apiVersion and no kind" : kind ? "no kind" : "no apiVersion";
    return what
        + " (expected: apiVersion and kind of a resource, such as networking.istio.io/v1 and"
        + " VirtualService)";
  }
}
