package io.librarymesh.controlplane.istio;

import java.util.List;
import java.util.Optional;

/** Reads an Ingress and an IngressClass of Kubernetes. */
final class IngressBinder {
  private static final String RESOURCE = "resource";
  private static final String PATH_TYPE = "pathType";

  private IngressBinder() {}

  /** As it is written. */
  private enum PathType {
    Exact,
    Prefix,
    ImplementationSpecific
  }

  static Ingress bind(Fields document, Metadata metadata, Fields spec) {
    return new Ingress(
        document.position(),
        metadata,
        spec.text("ingressClassName"),
        spec.message("defaultBackend", IngressBinder::backend),
        spec.messages("rules", IngressBinder::rule),
        spec.messages("tls", IngressBinder::tls));
  }

  static IngressClass bindClass(Fields document, Metadata metadata, Fields spec) {
    spec.skip("parameters"); // Of controllers that have some.
    return new IngressClass(document.position(), metadata, spec.textOrEmpty("controller"));
  }

  private static Ingress.Rule rule(Fields rule) {
    return new Ingress.Rule(
        rule.position(),
        rule.textOrEmpty("host"),
        rule.message("http", http -> paths(http)).orElse(List.of()));
  }

  private static List<Ingress.Path> paths(Fields http) {
    List<Ingress.Path> paths = http.messages("paths", IngressBinder::path);
    if (paths.isEmpty()) {
      http.refuse("no paths (expected: paths, at least one, or no http)");
    }
    return paths;
  }

  private static Ingress.Path path(Fields path) {
    Optional<PathType> type = path.choice(PATH_TYPE, PathType.class);
    if (type.isEmpty() && !path.has(PATH_TYPE)) {
      path.refuse("no pathType (expected: one of Exact, Prefix, ImplementationSpecific)");
    }
    Optional<Ingress.Backend> backend = path.message("backend", IngressBinder::backend);
    if (backend.isEmpty() && !path.has("backend")) {
      path.refuse("no backend (expected: backend.service with name and port)");
    }
    return new Ingress.Path(
        path.position(),
        path.textOrEmpty("path"),
        type.map(IngressBinder::type).orElse(Ingress.PathType.IMPLEMENTATION_SPECIFIC),
        backend.orElseGet(() -> new Ingress.Backend(path.position(), "", Optional.empty(), "")));
  }

  private static Ingress.PathType type(PathType written) {
    return switch (written) {
      case Exact -> Ingress.PathType.EXACT;
      case Prefix -> Ingress.PathType.PREFIX;
      case ImplementationSpecific -> Ingress.PathType.IMPLEMENTATION_SPECIFIC;
    };
  }

  private static Ingress.Backend backend(Fields backend) {
    if (backend.has(RESOURCE)) {
      backend.refuse(RESOURCE, "no requests can be sent to an object (expected: service)");
    }
    Optional<Fields> service = backend.message("service", fields -> fields);
    Optional<Fields> port = service.flatMap(fields -> fields.message("port", p -> p));
    return new Ingress.Backend(
        backend.position(),
        service.map(fields -> fields.textOrEmpty("name")).orElse(""),
        port.flatMap(fields -> fields.port("number")),
        port.map(fields -> fields.textOrEmpty("name")).orElse(""));
  }

  private static Ingress.Tls tls(Fields tls) {
    return new Ingress.Tls(tls.position(), tls.texts("hosts"), tls.textOrEmpty("secretName"));
  }
}
