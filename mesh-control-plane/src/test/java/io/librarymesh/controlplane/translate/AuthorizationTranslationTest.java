package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.proto.envoy.config.listener.v3.Filter;
import io.librarymesh.proto.envoy.config.listener.v3.FilterChain;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which filters policies become, for whom, and what is said of them. */
class AuthorizationTranslationTest {
  private static final String INBOUND = "xds.istio.io/grpc/lds/inbound/10.2.0.1:8080";
  private static final Map<String, String> API = Map.of("app", "api");

  private final World world = World.empty();

  private void policy(String kind, String metadata, String spec) {
    world.with(
        """
        apiVersion: security.istio.io/v1
        kind: %s
        metadata: {%s}
        spec: %s
        """
            .formatted(kind, metadata, spec));
  }

  private void authorization(String name, String spec) {
    policy("AuthorizationPolicy", "name: " + name + ", namespace: foo", spec);
  }

  private Optional<Listener> listener(
      Dialect dialect, boolean identity, Map<String, String> labels) {
    PushContext context = world.context();
    ClientView view = new ClientView("foo", labels, "", dialect).withIdentity(identity);
    return new World.Client(context, context.canonical(view)).listener(INBOUND);
  }

  private static <M extends com.google.protobuf.Message> M unpack(Any any, M type) {
    try {
      return any.unpackSameTypeAs(type);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static List<HttpFilter> filters(Listener listener) {
    Filter filter = listener.getFilterChains(0).getFilters(0);
    return unpack(filter.getTypedConfig(), HttpConnectionManager.getDefaultInstance())
        .getHttpFiltersList();
  }

  private void oneOfEach() {
    authorization("allow", "{rules: [{}]}");
    authorization("deny", "{action: DENY, rules: [{to: [{operation: {methods: [PUT]}}]}]}");
    authorization("audit", "{action: AUDIT, rules: [{}]}");
    authorization(
        "custom",
        "{action: CUSTOM, provider: {name: a}, rules: [{to: [{operation: {methods: [GET]}}]}]}");
    policy(
        "RequestAuthentication",
        "name: r, namespace: foo",
        "{jwtRules: [{issuer: a, jwks: '{\"keys\":[]}'}]}");
  }

  @Test
  void filtersComeInTheirOrderAndEachNameOnce() { // 4.2
    oneOfEach();

    assertThat(filters(listener(Dialect.LIBRARY, true, API).orElseThrow()))
        .extracting(HttpFilter::getName)
        .containsExactly(
            "envoy.filters.http.rbac.custom",
            "envoy.filters.http.jwt_authn",
            "envoy.filters.http.rbac.audit",
            "envoy.filters.http.rbac.deny",
            "envoy.filters.http.rbac.allow",
            "envoy.filters.http.router");
  }

  @Test
  void serversOfGrpcGetWhatTheyUnderstand() { // 8.3, 8.4
    oneOfEach();

    assertThat(filters(listener(Dialect.GRPC, true, API).orElseThrow()))
        .extracting(HttpFilter::getName)
        .containsExactly(
            "envoy.filters.http.rbac.custom",
            "envoy.filters.http.rbac.audit",
            "envoy.filters.http.rbac.deny",
            "envoy.filters.http.rbac.allow",
            "envoy.filters.http.router");
  }

  @Test
  void whatServersOfGrpcCannotAskNeverLetsAnybodyIn() { // 8.4: metadata, uri_template
    authorization(
        "allow",
        "{rules: [{to: [{operation: {paths: ['/a/{*}']}}]}, {from: [{source: {requestPrincipals:"
            + " ['*']}}]}, {to: [{operation: {methods: [GET]}}]}]}");
    authorization("deny", "{action: DENY, rules: [{to: [{operation: {paths: ['/a/{*}']}}]}]}");

    List<HttpFilter> filters = filters(listener(Dialect.GRPC, true, API).orElseThrow());
    RBAC deny = unpack(filters.get(0).getTypedConfig(), RBAC.getDefaultInstance());
    RBAC allow = unpack(filters.get(1).getTypedConfig(), RBAC.getDefaultInstance());

    assertThat(allow.getRules().getPoliciesMap()).containsOnlyKeys("ns[foo]-policy[allow]-rule[2]");
    assertThat(deny.getRules().getPoliciesMap().get("ns[foo]-policy[deny]-rule[0]"))
        .satisfies(
            policy -> {
              assertThat(policy.getPermissions(0).getAny()).isTrue();
              assertThat(policy.getPrincipals(0).getAny()).isTrue();
            });
  }

  @Test
  void anAllowPolicyWithoutRulesIsAFilterWithoutPolicies() { // C82
    authorization("nothing", "{}");

    for (Dialect dialect : List.of(Dialect.GRPC, Dialect.LIBRARY)) {
      List<HttpFilter> filters = filters(listener(dialect, true, API).orElseThrow());
      RBAC allow = unpack(filters.get(0).getTypedConfig(), RBAC.getDefaultInstance());
      assertThat(allow.hasRules()).isTrue();
      assertThat(allow.getRules().getPoliciesMap()).isEmpty();
    }
  }

  @Test
  void aWorkloadWithoutAnIdentityIsHeldToItsPoliciesInPlaintext() {
    assertThat(listener(Dialect.LIBRARY, false, API)).isEmpty();
    authorization("nothing", "{selector: {matchLabels: {app: api}}}");

    Listener listener = listener(Dialect.LIBRARY, false, API).orElseThrow();
    assertThat(listener.getFilterChainsList())
        .extracting(FilterChain::getName)
        .containsExactly("raw_buffer");
    assertThat(filters(listener)).hasSize(2);
    assertThat(listener(Dialect.LIBRARY, false, Map.of("app", "other"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "AuthorizationPolicy,foo,true",
    "AuthorizationPolicy,istio-system,true",
    "AuthorizationPolicy,bar,false",
    "RequestAuthentication,foo,true",
    "RequestAuthentication,istio-system,true",
    "RequestAuthentication,bar,false",
  })
  void aPolicyThatComesOrGoesIsSeenByItsWorkloads(String kind, String namespace, boolean seen) {
    PushContext before = world.context();
    policy(kind, "name: p, namespace: " + namespace, "{}");
    PushContext after = world.context();
    ClientView view = new ClientView("foo", API, "", Dialect.LIBRARY);
    Set<String> changed =
        PushContext.changedHosts(before.resources(), after.resources(), MeshConfig.DEFAULT);

    assertThat(changed).isNotEmpty();
    assertThat(Translation.of(before, view, ResourceType.LISTENER, INBOUND).hosts())
        .matches(hosts -> hosts.stream().anyMatch(changed::contains) == seen);
  }

  @Test
  void whatAPortSpeaksIsSeenWhenItChanges() {
    authorization("nothing", "{}");
    PushContext before = world.context();
    ClientView view = new ClientView("foo", API, "", Dialect.LIBRARY);
    world.with(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: db, namespace: foo}
        spec:
          hosts: [db.example]
          resolution: STATIC
          ports: [{number: 90, name: tcp, protocol: TCP, targetPort: 8080}]
          endpoints: [{address: 10.2.0.1}]
        """);
    Set<String> changed =
        PushContext.changedHosts(
            before.resources(), world.context().resources(), MeshConfig.DEFAULT);

    assertThat(Translation.of(before, view, ResourceType.LISTENER, INBOUND).hosts())
        .matches(hosts -> hosts.stream().anyMatch(changed::contains));
    assertThat(listener(Dialect.LIBRARY, false, API).orElseThrow().getFilterChains(0))
        .satisfies(
            chain ->
                assertThat(chain.getFiltersList())
                    .extracting(Filter::getName)
                    .containsExactly(
                        "envoy.filters.network.rbac.allow", "envoy.filters.network.tcp_proxy"));
  }

  @Test
  void principalsThatNobodyHasAreSaid() { // 4.8
    authorization(
        "p",
        "{rules: [{from: [{source: {principals: ['spiffe://cluster.local/ns/a/sa/b',"
            + " other/ns/a/sa/b, '*/ns/a/sa/b', cluster.local/ns/a/sa/b]}}], when: [{key:"
            + " source.principal, notValues: [other/ns/a/sa/b]}]}]}");

    assertThat(ReferenceFindings.of(world.context()))
        .extracting(Finding::fieldPath)
        .containsExactly(
            "spec.rules[0].from[0].source.principals[0]",
            "spec.rules[0].from[0].source.principals[1]",
            "spec.rules[0].when[0].notValues[0]");
  }
}
