package io.librarymesh.controlplane.istio;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Tells from {@code apiVersion} and {@code kind} what becomes of a document. */
final class KnownKinds {
  static final String ISTIO_GROUP = "networking.istio.io";

  /** The group of Istio that says who may call whom. */
  static final String SECURITY_GROUP = "security.istio.io";

  /** The group of Istio that said, until 1.5, who servers take for whom. */
  static final String RETIRED_AUTHENTICATION_GROUP = "authentication.istio.io";

  /** The group of Istio that said, until 1.5, who may call whom. */
  static final String RETIRED_RBAC_GROUP = "rbac.istio.io";

  /** The only version that the retired groups ever had. */
  private static final String RETIRED_VERSION = "v1alpha1";

  /** The group of the Kubernetes Gateway API. */
  static final String GATEWAY_GROUP = "gateway.networking.k8s.io";

  /** The group of Kubernetes that Ingresses are in. */
  static final String INGRESS_GROUP = "networking.k8s.io";

  /** The group of what neither Istio nor Kubernetes has a kind for. */
  static final String OWN_GROUP = "librarymesh.io";

  private static final List<String> SECURITY_VERSIONS = List.of("v1", "v1beta1");

  private static final List<String> ISTIO_VERSIONS = List.of("v1", "v1beta1", "v1alpha3");

  /** Kinds of Istio's networking group that the mesh does not act on, with the reason. */
  private static final Map<String, String> ISTIO_NOT_USED =
      Map.of(
          "EnvoyFilter", "no configuration of Envoy is patched",
          "ProxyConfig", "there is no proxy to configure");

  /** Kinds of the Kubernetes Gateway API that the mesh does not act on, with the reason. */
  private static final Map<String, String> GATEWAY_NOT_USED =
      Map.of(
          "Gateway", "of gateways this release has those of networking.istio.io",
          "GatewayClass", "of gateways this release has those of networking.istio.io",
          "ListenerSet", "of gateways this release has those of networking.istio.io",
          "ReferenceGrant", "in a mesh routes may send to services of every namespace",
          "BackendTLSPolicy", "clients make no TLS connections of their own",
          "TCPRoute", "of these routes this release has those for HTTP and gRPC",
          "TLSRoute", "of these routes this release has those for HTTP and gRPC",
          "UDPRoute", "of these routes this release has those for HTTP and gRPC");

  /** Other groups that people keep in the same files, with the reason. */
  private static final Map<String, String> GROUPS_NOT_USED =
      Map.ofEntries(
          Map.entry("telemetry.istio.io", "telemetry is configured in each service"),
          Map.entry("extensions.istio.io", "there is no Envoy that could run extensions"),
          Map.entry(INGRESS_GROUP, "it concerns a cluster's network"),
          Map.entry("apps", "workloads register themselves when they start"),
          Map.entry("batch", "workloads register themselves when they start"),
          Map.entry("discovery.k8s.io", "workloads register themselves when they start"),
          Map.entry("rbac.authorization.k8s.io", "it concerns a cluster's API server"),
          Map.entry("apiextensions.k8s.io", "it concerns a cluster's API server"),
          Map.entry("admissionregistration.k8s.io", "it concerns a cluster's API server"));

  /** Kinds of Kubernetes' core group, with the reason. */
  private static final Map<String, String> CORE_NOT_USED =
      Map.of(
          "Pod", "workloads register themselves when they start",
          "ReplicationController", "workloads register themselves when they start",
          "Endpoints", "workloads register themselves when they start",
          "Namespace", "a namespace exists as soon as something is in it",
          "ServiceAccount", "an account exists as soon as a workload says that it is its own",
          "ConfigMap",
              "settings of the mesh are read from one that is named istio and has data.mesh",
          "Secret", "this release does not hand out credentials",
          "PersistentVolume", "storage is no matter of the mesh",
          "PersistentVolumeClaim", "storage is no matter of the mesh");

  private KnownKinds() {}

  /** What becomes of a document. */
  sealed interface Use {}

  /** It is read as one of the resources of the mesh. */
  record Used(Resource.Kind kind) implements Use {}

  /** It is valid for others. */
  record NotUsed(String why) implements Use {}

  /** It is a mistake; {@code field} is {@code apiVersion} or {@code kind}. */
  record Mistaken(String field, String message) implements Use {}

  static Use of(String apiVersion, String kind) {
    int slash = apiVersion.indexOf('/');
    String group = slash < 0 ? "" : apiVersion.substring(0, slash);
    String version = apiVersion.substring(slash + 1);
    if (group.equals(ISTIO_GROUP)) {
      return ofIstio(version, kind);
    }
    if (group.equals(SECURITY_GROUP)) {
      return ofSecurity(version, kind);
    }
    if (isRetired(group)) {
      return ofRetired(group, version, kind);
    }
    if (group.equals(GATEWAY_GROUP)) {
      return ofGatewayApi(version, kind);
    }
    if (group.equals(OWN_GROUP)) {
      return ofOwn(apiVersion, version, kind);
    }
    if (known(kind).filter(k -> k.group().equals(INGRESS_GROUP)).isPresent()
        && (group.equals(INGRESS_GROUP) || group.equals("extensions"))) {
      return ofIngress(apiVersion, kind);
    }
    Optional<Use> mistake = mistake(apiVersion, group, version, kind);
    if (mistake.isPresent()) {
      return mistake.get();
    }
    if (group.isEmpty() && kind.equals(Resource.Kind.KUBERNETES_SERVICE.yamlName())) {
      return new Used(Resource.Kind.KUBERNETES_SERVICE);
    }
    String why = group.isEmpty() ? CORE_NOT_USED.get(kind) : GROUPS_NOT_USED.get(group);
    return new NotUsed(why != null ? why : "the mesh has no use for this kind");
  }

  /** Before v1 a backend had other fields, and Ingresses were in the group {@code extensions}. */
  private static Use ofIngress(String apiVersion, String kind) {
    Resource.Kind known = known(kind).orElseThrow();
    return apiVersion.equals(newestVersion(known))
        ? new Used(known)
        : new Mistaken("apiVersion", expectedVersion(known, apiVersion));
  }

  private static Use ofIstio(String version, String kind) {
    Optional<Resource.Kind> known = known(kind);
    if (known.isPresent() && known.get().group().equals(ISTIO_GROUP)) {
      return ISTIO_VERSIONS.contains(version)
          ? new Used(known.get())
          : new Mistaken("apiVersion", expectedVersion(ISTIO_GROUP, ISTIO_VERSIONS, version));
    }
    String why = ISTIO_NOT_USED.get(kind);
    if (why != null) {
      return new NotUsed(why);
    }
    List<String> kinds = kindsOf(ISTIO_GROUP);
    kinds.addAll(ISTIO_NOT_USED.keySet());
    return new Mistaken(
        "kind",
        "no kind of "
            + ISTIO_GROUP
            + ": "
            + Quoting.quote(kind)
            + otherGroup(kind)
            + Spelling.hint(kind, kinds));
  }

  private static Use ofSecurity(String version, String kind) {
    Optional<Resource.Kind> known = known(kind).filter(k -> k.group().equals(SECURITY_GROUP));
    if (known.isPresent()) {
      return SECURITY_VERSIONS.contains(version)
          ? new Used(known.get())
          : new Mistaken("apiVersion", expectedVersion(SECURITY_GROUP, SECURITY_VERSIONS, version));
    }
    List<String> kinds = kindsOf(SECURITY_GROUP);
    return new Mistaken(
        "kind",
        "no kind of "
            + SECURITY_GROUP
            + ": "
            + Quoting.quote(kind)
            + otherGroup(kind)
            + Spelling.hint(kind, kinds));
  }

  private static boolean isRetired(String group) {
    return group.equals(RETIRED_AUTHENTICATION_GROUP) || group.equals(RETIRED_RBAC_GROUP);
  }

  private static Use ofRetired(String group, String version, String kind) {
    Optional<Resource.Kind> known = known(kind).filter(k -> k.group().equals(group));
    if (known.isEmpty()) {
      return new Mistaken(
          "kind",
          "no kind of "
              + group
              + ": "
              + Quoting.quote(kind)
              + otherGroup(kind)
              + Spelling.hint(kind, kindsOf(group)));
    }
    return version.equals(RETIRED_VERSION)
        ? new Used(known.get())
        : new Mistaken("apiVersion", expectedVersion(known.get(), group + "/" + version));
  }

  private static Use ofGatewayApi(String version, String kind) {
    Optional<Resource.Kind> known = known(kind).filter(k -> k.group().equals(GATEWAY_GROUP));
    if (known.isPresent()) {
      // What was in beta had the form of today; GRPCRoutes never were.
      List<String> versions =
          known.get() == Resource.Kind.HTTP_ROUTE ? List.of("v1", "v1beta1") : List.of("v1");
      return versions.contains(version)
          ? new Used(known.get())
          : new Mistaken("apiVersion", expectedVersion(GATEWAY_GROUP, versions, version));
    }
    String why = GATEWAY_NOT_USED.get(kind);
    if (why != null) {
      return new NotUsed(why);
    }
    List<String> kinds = kindsOf(GATEWAY_GROUP);
    kinds.addAll(GATEWAY_NOT_USED.keySet());
    return new Mistaken(
        "kind",
        "no kind of "
            + GATEWAY_GROUP
            + ": "
            + Quoting.quote(kind)
            + otherGroup(kind)
            + Spelling.hint(kind, kinds));
  }

  /** Where a kind belongs that stands in the wrong group. */
  private static String otherGroup(String kind) {
    return known(kind)
        .map(other -> "; a " + kind + " has apiVersion: " + newestVersion(other))
        .orElse("");
  }

  private static Use ofOwn(String apiVersion, String version, String kind) {
    Optional<Resource.Kind> known = known(kind).filter(k -> k.group().equals(OWN_GROUP));
    if (known.isEmpty()) {
      String hint =
          known(kind)
              .map(other -> "; a " + kind + " has apiVersion: " + newestVersion(other))
              .orElseGet(() -> Spelling.hint(kind, kindsOf(OWN_GROUP)));
      return new Mistaken("kind", "no kind of " + OWN_GROUP + ": " + Quoting.quote(kind) + hint);
    }
    return version.equals("v1")
        ? new Used(known.get())
        : new Mistaken("apiVersion", expectedVersion(known.get(), apiVersion));
  }

  private static Optional<Use> mistake(
      String apiVersion, String group, String version, String kind) {
    if (group.equals("config.istio.io")) {
      return Optional.of(
          new Mistaken(
              "kind",
              "config.istio.io ended with Istio 1.0; write a VirtualService for RouteRule, a"
                  + " DestinationRule for DestinationPolicy, a ServiceEntry for EgressRule"));
    }
    Optional<Resource.Kind> known = known(kind).filter(k -> !k.group().isEmpty());
    if (known.isPresent()
        && (group.isEmpty() || Spelling.nearest(group, List.of(known.get().group())).isPresent())) {
      return Optional.of(new Mistaken("apiVersion", expectedVersion(known.get(), apiVersion)));
    }
    boolean service = kind.equals(Resource.Kind.KUBERNETES_SERVICE.yamlName());
    if (service && group.isEmpty() && !version.equals("v1")) {
      return Optional.of(
          new Mistaken(
              "apiVersion", "expected v1 for a Service, found " + Quoting.quote(apiVersion)));
    }
    if (group.isEmpty() && !CORE_NOT_USED.containsKey(kind) && !service) {
      List<String> near = Stream.of(Resource.Kind.values()).map(Resource.Kind::yamlName).toList();
      return Spelling.nearest(kind, near)
          .map(
              meant ->
                  new Mistaken(
                      "kind",
                      "unknown kind " + Quoting.quote(kind) + "; did you mean '" + meant + "'?"));
    }
    return Optional.empty();
  }

  private static String expectedVersion(String group, List<String> versions, String version) {
    return "expected "
        + group
        + "/ followed by one of "
        + String.join(", ", versions)
        + ", found "
        + Quoting.quote(version);
  }

  private static String expectedVersion(Resource.Kind kind, String found) {
    return "expected "
        + newestVersion(kind)
        + (kind.yamlName().startsWith("I") ? " for an " : " for a ")
        + kind.yamlName()
        + ", found "
        + Quoting.quote(found);
  }

  private static String newestVersion(Resource.Kind kind) {
    if (kind.group().isEmpty()) {
      return "v1";
    }
    return kind.group() + "/" + (isRetired(kind.group()) ? RETIRED_VERSION : "v1");
  }

  private static Optional<Resource.Kind> known(String kind) {
    return Stream.of(Resource.Kind.values()).filter(k -> k.yamlName().equals(kind)).findFirst();
  }

  private static List<String> kindsOf(String group) {
    List<String> kinds = new ArrayList<>();
    for (Resource.Kind kind : Resource.Kind.values()) {
      if (kind.group().equals(group)) {
        kinds.add(kind.yamlName());
      }
    }
    return kinds;
  }
}
