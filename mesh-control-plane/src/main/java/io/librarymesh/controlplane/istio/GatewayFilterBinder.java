package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.GatewayRoute.BackendKind;
import io.librarymesh.controlplane.istio.GatewayRoute.BackendRef;
import io.librarymesh.controlplane.istio.GatewayRoute.Filter;
import io.librarymesh.controlplane.istio.GatewayRoute.PathModifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads filters and backends of HTTPRoutes and GRPCRoutes. */
final class GatewayFilterBinder {
  private static final int FOUND = 302;

  private final Resource.Kind kind;
  private final String namespace;

  GatewayFilterBinder(Resource.Kind kind, String namespace) {
    this.kind = kind;
    this.namespace = namespace;
  }

  /** The types of filters; the field that a type needs has its name, in lower case at first. */
  private enum Type {
    RequestHeaderModifier("requestHeaderModifier", true),
    ResponseHeaderModifier("responseHeaderModifier", true),
    RequestMirror("requestMirror", true),
    RequestRedirect("requestRedirect", false),
    URLRewrite("urlRewrite", false),
    CORS("cors", false),
    ExtensionRef("extensionRef", true);

    private final String field;
    private final boolean grpc;

    Type(String field, boolean grpc) {
      this.field = field;
      this.grpc = grpc;
    }
  }

  /** How a path is replaced. */
  private enum PathType {
    ReplaceFullPath,
    ReplacePrefixMatch
  }

  /** The entries of {@code filters}; those that are refused are left out. */
  List<Filter> filters(Fields owner) {
    List<Filter> filters = new ArrayList<>();
    owner.messages("filters", this::filter).forEach(each -> each.ifPresent(filters::add));
    return filters;
  }

  private Optional<Filter> filter(Fields filter) {
    Optional<Type> type = filter.choice("type", Type.class);
    if (type.isEmpty()) {
      if (!filter.has("type")) {
        filter.refuse("no type (expected: the type of the filter, such as RequestHeaderModifier)");
      }
      return Optional.empty();
    }
    if (kind == Resource.Kind.GRPC_ROUTE && !type.get().grpc) {
      filter.refuse("type", type.get() + " (expected: a filter that a GRPCRoute may have)");
      return Optional.empty();
    }
    for (Type other : Type.values()) {
      if (other != type.get() && filter.has(other.field)) {
        filter.refuse(
            other.field, "with type " + type.get() + " (expected: " + type.get().field + ")");
      }
    }
    return read(filter, type.get());
  }

  private Optional<Filter> read(Fields filter, Type type) {
    boolean there = filter.has(type.field);
    if (!there) {
      filter.refuse("type " + type + " without " + type.field + " (expected: both)");
      return Optional.empty();
    }
    return switch (type) {
      case RequestHeaderModifier ->
          filter
              .message(type.field, GatewayFilterBinder::operations)
              .map(GatewayRoute.RequestHeaderModifier::new);
      case ResponseHeaderModifier ->
          filter
              .message(type.field, GatewayFilterBinder::operations)
              .map(GatewayRoute.ResponseHeaderModifier::new);
      case RequestMirror -> filter.message(type.field, this::mirror);
      case RequestRedirect -> filter.message(type.field, GatewayFilterBinder::redirect);
      case URLRewrite -> filter.message(type.field, GatewayFilterBinder::rewrite);
      case CORS -> Optional.of(new GatewayRoute.Cors());
      case ExtensionRef -> {
        filter.refuse(
            "type", "no extension is known here (expected: a filter of the Gateway API itself)");
        yield Optional.empty();
      }
    };
  }

  private static Headers.Operations operations(Fields modifier) {
    return new Headers.Operations(
        modifier.texts("remove"), headers(modifier, "set"), headers(modifier, "add"));
  }

  /** Of several entries with one name the first one counts. */
  private static Map<String, String> headers(Fields modifier, String field) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Map.Entry<String, String> header :
        modifier.messages(
            field, h -> Map.entry(h.textOrEmpty("name"), h.anyText("value").orElse("")))) {
      headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
    }
    return headers;
  }

  private Filter mirror(Fields mirror) {
    Optional<BackendRef> backend = mirror.message("backendRef", this::backend);
    if (backend.isEmpty()) {
      mirror.refuse("no backendRef (expected: where the copies go)");
    }
    Optional<Percent> percent = mirror.int32("percent").map(Percent::new);
    Optional<Percent> fraction = mirror.message("fraction", GatewayFilterBinder::fraction);
    if (percent.isPresent() && fraction.isPresent()) {
      mirror.refuse("fraction", "together with percent (expected: one of them)");
    }
    return new GatewayRoute.RequestMirror(
        backend.orElseGet(() -> nobody(mirror)), fraction.or(() -> percent).orElse(Percent.ALL));
  }

  private static Percent fraction(Fields fraction) {
    int numerator = fraction.int32("numerator").orElse(0);
    int denominator = fraction.int32("denominator").orElse(100);
    if (denominator < 1 || numerator < 0 || numerator > denominator) {
      fraction.refuse(
          numerator
              + "/"
              + denominator
              + " (expected: a denominator from 1 on, and a numerator from 0"
              + " to the denominator)");
      return Percent.ZERO;
    }
    return new Percent(100.0 * numerator / denominator);
  }

  private BackendRef nobody(Fields at) {
    return new BackendRef(
        at.position(), BackendKind.OTHER, "", namespace, "", Optional.empty(), 1, List.of());
  }

  private static Filter redirect(Fields redirect) {
    return new GatewayRoute.RequestRedirect(
        redirect.text("scheme"),
        redirect.text("hostname"),
        redirect.message("path", GatewayFilterBinder::pathModifier),
        redirect.port("port"),
        redirect.int32("statusCode").orElse(FOUND));
  }

  private static Filter rewrite(Fields rewrite) {
    return new GatewayRoute.UrlRewrite(
        rewrite.text("hostname"), rewrite.message("path", GatewayFilterBinder::pathModifier));
  }

  private static PathModifier pathModifier(Fields path) {
    Optional<String> full = path.anyText("replaceFullPath");
    Optional<String> prefix = path.anyText("replacePrefixMatch");
    Optional<PathType> type = path.choice("type", PathType.class);
    boolean isPrefix = type.filter(PathType.ReplacePrefixMatch::equals).isPresent();
    Optional<String> meant = isPrefix ? prefix : full;
    Optional<String> other = isPrefix ? full : prefix;
    if (type.isEmpty()) {
      if (!path.has("type")) {
        path.refuse("no type (expected: ReplaceFullPath or ReplacePrefixMatch)");
      }
    } else if (meant.isEmpty() || other.isPresent()) {
      String field = isPrefix ? "replacePrefixMatch" : "replaceFullPath";
      path.refuse("type " + type.get() + " needs " + field + " and nothing else");
    }
    return new PathModifier(meant.orElse(""), isPrefix);
  }

  BackendRef backend(Fields backend) {
    String group = backend.textOrEmpty("group");
    String written = backend.text("kind").orElse("Service");
    BackendKind backendKind = backendKind(group, written);
    if (backendKind == BackendKind.OTHER) {
      backend.warnHere(
          "no client of the mesh can call a "
              + written
              + (group.isEmpty() ? "" : " of " + group)
              + ", requests for it are answered with 500");
    }
    if (backendKind == BackendKind.HOSTNAME && backend.has("namespace")) {
      backend.refuse("namespace", "with a Hostname (expected: none, a host has none)");
    }
    return new BackendRef(
        backend.position(),
        backendKind,
        group.isEmpty() ? written : group + "/" + written,
        backend.text("namespace").orElse(namespace),
        backend.textOrEmpty("name"),
        backend.port("port"),
        backend.int32("weight").orElse(1),
        filters(backend));
  }

  private static BackendKind backendKind(String group, String kind) {
    if (group.isEmpty() && kind.equals("Service")) {
      return BackendKind.SERVICE;
    }
    return group.equals(KnownKinds.ISTIO_GROUP) && kind.equals("Hostname")
        ? BackendKind.HOSTNAME
        : BackendKind.OTHER;
  }
}
