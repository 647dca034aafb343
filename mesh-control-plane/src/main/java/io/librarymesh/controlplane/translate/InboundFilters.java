package io.librarymesh.controlplane.translate;

import com.google.protobuf.Message;
import io.librarymesh.controlplane.istio.AuthorizationPolicy.Action;
import io.librarymesh.controlplane.istio.JwtRule;
import io.librarymesh.controlplane.translate.AuthorizationRuleTranslation.EnforcedOn;
import io.librarymesh.controlplane.translate.Authorizers.Asked;
import io.librarymesh.controlplane.translate.SecurityPolicyIndex.WorkloadPolicies;
import io.librarymesh.proto.envoy.config.listener.v3.Filter;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.librarymesh.proto.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The filters that hold a workload's callers to its policies, in Istio's order: who decides
 * elsewhere, then tokens, then audits, then what denies, then what allows. Source: Istio {@code
 * pilot/pkg/networking/core/listener_builder.go}.
 */
final class InboundFilters {
  private static final String RBAC = "envoy.filters.http.rbac";
  private static final List<Action> AFTER_TOKENS = List.of(Action.AUDIT, Action.DENY, Action.ALLOW);

  private InboundFilters() {}

  /**
   * Of a port that speaks HTTP. Servers of gRPC take filters of each name but once, and ask no
   * authorizer.
   */
  static List<HttpFilter> ofRequests(
      WorkloadPolicies policies,
      TrustDomains domains,
      Authorizers authorizers,
      boolean grpc,
      Function<JwtRule, TokenKeys> keys) {
    AuthorizationTranslation authorization =
        new AuthorizationTranslation(
            policies.authorization(),
            domains,
            grpc ? EnforcedOn.REQUESTS_OF_GRPC : EnforcedOn.REQUESTS);
    List<HttpFilter> filters = new ArrayList<>();
    Optional<Asked> asked = grpc ? Optional.empty() : asked(authorization, authorizers);
    asked.ifPresentOrElse(
        authorizer -> {
          filters.add(ConnectionManagers.filter(RBAC + ".custom", authorization.marks()));
          filters.add(
              ConnectionManagers.filter(
                  ExternalAuthorizationTranslation.FILTER,
                  ExternalAuthorizationTranslation.filter(authorizer)));
        },
        () -> add(Action.CUSTOM, authorization, filters));
    if (!grpc) {
      RequestAuthenticationTranslation.filter(policies.authentication(), keys)
          .map(jwt -> ConnectionManagers.filter("envoy.filters.http.jwt_authn", jwt))
          .ifPresent(filters::add);
    }
    AFTER_TOKENS.forEach(action -> add(action, authorization, filters));
    return filters;
  }

  /** The one whom all policies of the workload name, as in Istio. */
  private static Optional<Asked> asked(
      AuthorizationTranslation authorization, Authorizers authorizers) {
    Set<String> providers = authorization.providers();
    return providers.size() == 1
        ? authorizers.find(providers.iterator().next()).asked()
        : Optional.empty();
  }

  private static void add(
      Action action, AuthorizationTranslation authorization, List<HttpFilter> filters) {
    authorization
        .filter(action)
        .map(rbac -> ConnectionManagers.filter(RBAC + "." + lower(action), rbac))
        .ifPresent(filters::add);
  }

  /** Of a port that speaks something else; connections that pass go on to the server. */
  static List<Filter> ofConnections(WorkloadPolicies policies, TrustDomains domains, int port) {
    AuthorizationTranslation authorization =
        new AuthorizationTranslation(policies.authorization(), domains, EnforcedOn.CONNECTIONS);
    List<Filter> filters = new ArrayList<>();
    for (Action action : List.of(Action.CUSTOM, Action.AUDIT, Action.DENY, Action.ALLOW)) {
      Optional<Message> rbac = authorization.filter(action);
      rbac.ifPresent(
          found -> filters.add(filter("envoy.filters.network.rbac." + lower(action), found)));
    }
    String server = "inbound|" + port + "||";
    filters.add(
        filter(
            "envoy.filters.network.tcp_proxy",
            TcpProxy.newBuilder().setStatPrefix(server).setCluster(server).build()));
    return filters;
  }

  private static Filter filter(String name, Message config) {
    return Filter.newBuilder().setName(name).setTypedConfig(Packing.pack(config)).build();
  }

  private static String lower(Action action) {
    return action.name().toLowerCase(Locale.ROOT);
  }
}
