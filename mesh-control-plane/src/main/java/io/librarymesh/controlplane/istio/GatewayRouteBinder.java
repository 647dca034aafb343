package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.GatewayRoute.ParentKind;
import io.librarymesh.controlplane.istio.GatewayRoute.ParentRef;
import io.librarymesh.controlplane.istio.GatewayRoute.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads an HTTPRoute or a GRPCRoute. */
final class GatewayRouteBinder {
  private static final int DEFAULT_ATTEMPTS = 2;

  private final Resource.Kind kind;
  private final String namespace;

  private GatewayRouteBinder(Resource.Kind kind, String namespace) {
    this.kind = kind;
    this.namespace = namespace;
  }

  static GatewayRoute bind(Resource.Kind kind, Fields document, Metadata metadata, Fields spec) {
    GatewayRouteBinder binder = new GatewayRouteBinder(kind, metadata.namespace());
    List<ParentRef> parents = spec.messages("parentRefs", binder::parent);
    boolean forServices = parents.stream().anyMatch(p -> p.kind() != ParentKind.GATEWAY);
    if (!forServices) {
      spec.report().muteInForce();
      spec.report()
          .inform(
              spec.path().field("parentRefs"),
              "not used here: these rules are for the gateways named, not for clients of the mesh");
    }
    if (!spec.texts("hostnames").isEmpty() && forServices) {
      spec.report()
          .inform(
              spec.path().field("hostnames"),
              "not used here: rules for a service hold whatever host its callers write");
    }
    if (spec.has("useDefaultGateways")) {
      spec.inform("useDefaultGateways", "not used here: no gateway is a default one");
    }
    return new GatewayRoute(document.position(), metadata, kind, parents, binder.rules(spec));
  }

  private ParentRef parent(Fields parent) {
    String group = parent.anyText("group").orElse(KnownKinds.GATEWAY_GROUP);
    String written = parent.text("kind").orElse("Gateway");
    return new ParentRef(
        parent.position(),
        kindOf(group, written),
        parent.text("namespace").orElse(namespace),
        parent.textOrEmpty("name"),
        parent.textOrEmpty("sectionName"),
        parent.port("port"));
  }

  private static ParentKind kindOf(String group, String kind) {
    if (group.isEmpty() && kind.equals("Service")) {
      return ParentKind.SERVICE;
    }
    return group.equals(KnownKinds.ISTIO_GROUP) && kind.equals("ServiceEntry")
        ? ParentKind.SERVICE_ENTRY
        : ParentKind.GATEWAY;
  }

  /** An HTTPRoute without rules has, as the API server completes it, one without a backend. */
  private List<Rule> rules(Fields spec) {
    List<Rule> rules = spec.messages("rules", this::rule);
    return rules.isEmpty() && isHttp() && !spec.has("rules")
        ? List.of(
            new Rule(
                spec.position(),
                "",
                List.of(GatewayMatchBinder.everyPath(spec.position())),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()))
        : rules;
  }

  private Rule rule(Fields rule) {
    GatewayFilterBinder filters = new GatewayFilterBinder(kind, namespace);
    Optional<Timeouts> timeouts =
        isHttp() ? rule.message("timeouts", GatewayRouteBinder::timeouts) : Optional.empty();
    rule.skip("sessionPersistence");
    return new Rule(
        rule.position(),
        rule.textOrEmpty("name"),
        matches(rule),
        filters.filters(rule),
        rule.messages("backendRefs", filters::backend),
        timeouts.flatMap(Timeouts::request),
        timeouts.flatMap(Timeouts::backendRequest),
        isHttp() ? rule.message("retry", GatewayRouteBinder::retry) : Optional.empty());
  }

  private List<HttpMatchRequest> matches(Fields rule) {
    if (!isHttp()) {
      return rule.messages("matches", GatewayMatchBinder::grpc);
    }
    List<HttpMatchRequest> matches = rule.messages("matches", GatewayMatchBinder::http);
    return matches.isEmpty() ? List.of(GatewayMatchBinder.everyPath(rule.position())) : matches;
  }

  private boolean isHttp() {
    return kind == Resource.Kind.HTTP_ROUTE;
  }

  private record Timeouts(Optional<Duration> request, Optional<Duration> backendRequest) {}

  private static Timeouts timeouts(Fields timeouts) {
    return new Timeouts(timeouts.duration("request"), timeouts.duration("backendRequest"));
  }

  private static GatewayRoute.Retry retry(Fields retry) {
    List<Integer> codes = new ArrayList<>();
    retry.uint32s("codes").forEach(code -> codes.add((int) Math.min(code, Integer.MAX_VALUE)));
    return new GatewayRoute.Retry(
        codes, retry.int32("attempts").orElse(DEFAULT_ATTEMPTS), retry.duration("backoff"));
  }
}
