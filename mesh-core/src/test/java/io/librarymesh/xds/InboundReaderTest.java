package io.librarymesh.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.ExternalAuthorization;
import io.librarymesh.config.InboundFilter;
import io.librarymesh.config.InboundListener;
import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.config.InboundPolicy;
import io.librarymesh.config.InboundTls;
import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.PathNormalization.EscapedSlashes;
import io.librarymesh.config.RbacRules;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.UpstreamTls.Certificate;
import io.librarymesh.config.UpstreamTls.SubjectAltName;
import io.librarymesh.config.UpstreamTls.Trust;
import io.librarymesh.config.UpstreamTls.Version;
import io.librarymesh.proto.envoy.config.core.v3.TransportSocket;
import io.librarymesh.proto.envoy.config.listener.v3.Filter;
import io.librarymesh.proto.envoy.config.listener.v3.FilterChain;
import io.librarymesh.proto.envoy.config.listener.v3.FilterChainMatch;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;
import io.librarymesh.proto.envoy.config.listener.v3.ListenerFilter;
import io.librarymesh.proto.envoy.config.route.v3.DirectResponseAction;
import io.librarymesh.proto.envoy.config.route.v3.Route;
import io.librarymesh.proto.envoy.config.route.v3.RouteConfiguration;
import io.librarymesh.proto.envoy.config.route.v3.VirtualHost;
import io.librarymesh.proto.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.librarymesh.proto.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.librarymesh.proto.envoy.extensions.filters.http.router.v3.Router;
import io.librarymesh.proto.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.librarymesh.proto.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.librarymesh.proto.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.librarymesh.proto.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class InboundReaderTest {
  private static final String MANAGER = "filter_chains[0].filters[0].typed_config";

  private static HttpFilter filter(String name, Message config) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(Any.pack(config)).build();
  }

  private static HttpFilter router() {
    return filter("envoy.filters.http.router", Router.getDefaultInstance());
  }

  /** Denies everybody. */
  private static HttpFilter nobody() {
    return filter(
        "envoy.filters.http.rbac",
        RBAC.newBuilder()
            .setRules(io.librarymesh.proto.envoy.config.rbac.v3.RBAC.getDefaultInstance())
            .build());
  }

  private static HttpConnectionManager.Builder manager() {
    return HttpConnectionManager.newBuilder()
        .setNormalizePath(BoolValue.of(true))
        .addHttpFilters(nobody())
        .addHttpFilters(router());
  }

  private static FilterChain.Builder chain(Message filter) {
    return FilterChain.newBuilder()
        .addFilters(Filter.newBuilder().setName("network").setTypedConfig(Any.pack(filter)));
  }

  private static FilterChain.Builder taking(String protocol) {
    return chain(manager().build())
        .setFilterChainMatch(FilterChainMatch.newBuilder().setTransportProtocol(protocol));
  }

  private static TransportSocket socket(Message config) {
    return TransportSocket.newBuilder().setName("socket").setTypedConfig(Any.pack(config)).build();
  }

  private static DownstreamTlsContext.Builder tls() {
    StringMatcher domain = StringMatcher.newBuilder().setPrefix("spiffe://cluster.local/").build();
    CertificateValidationContext names =
        CertificateValidationContext.newBuilder()
            .addMatchTypedSubjectAltNames(
                SubjectAltNameMatcher.newBuilder()
                    .setSanType(SubjectAltNameMatcher.SanType.URI)
                    .setMatcher(domain))
            .build();
    return DownstreamTlsContext.newBuilder()
        .setRequireClientCertificate(BoolValue.of(true))
        .setCommonTlsContext(
            CommonTlsContext.newBuilder()
                .addAlpnProtocols("h2")
                .addAlpnProtocols("http/1.1")
                .setTlsParams(
                    TlsParameters.newBuilder()
                        .setTlsMinimumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_3))
                .addTlsCertificateSdsSecretConfigs(SdsSecretConfig.newBuilder().setName("default"))
                .setCombinedValidationContext(
                    CombinedCertificateValidationContext.newBuilder()
                        .setDefaultValidationContext(names)
                        .setValidationContextSdsSecretConfig(
                            SdsSecretConfig.newBuilder().setName("ROOTCA"))));
  }

  private static Listener.Builder listener(FilterChain.Builder... chains) {
    Listener.Builder listener =
        Listener.newBuilder().setName("xds.istio.io/grpc/lds/inbound/127.0.0.1:8080");
    for (FilterChain.Builder chain : chains) {
      listener.addFilterChains(chain);
    }
    return listener;
  }

  private static InboundListener read(FilterChain.Builder... chains) {
    return read(listener(chains));
  }

  private static InboundListener read(Listener.Builder listener) {
    return ((ListenerResource.Inbound) Reading.value(ResourceType.LISTENER, listener.build()))
        .listener();
  }

  private static List<String> errors(FilterChain.Builder... chains) {
    return Reading.errors(ResourceType.LISTENER, listener(chains).build());
  }

  private static List<String> errors(HttpConnectionManager.Builder manager) {
    return errors(chain(manager.build()));
  }

  @Test
  void oneChainOfPlaintextTakesNoTls() {
    InboundListener read = read(chain(manager().build()));
    assertThat(read.mode()).isEqualTo(Mode.DISABLE);
    assertThat(read.tls()).isEmpty();
    assertThat(read.policy())
        .isEqualTo(
            new InboundPolicy(
                InboundPolicy.BASE,
                ClientAddress.FORWARDED,
                List.of(InboundFilter.Rbac.of(new RbacRules(RbacRules.Action.ALLOW, List.of())))));
    assertThat(read(taking("raw_buffer")).mode()).isEqualTo(Mode.DISABLE);
    assertThat(
            read(chain(manager().build())
                    .setTransportSocket(socket(RawBuffer.getDefaultInstance())))
                .mode())
        .isEqualTo(Mode.DISABLE);
  }

  @Test
  void oneChainOfTlsIsStrict() {
    InboundListener read = read(chain(manager().build()).setTransportSocket(socket(tls().build())));
    assertThat(read.mode()).isEqualTo(Mode.STRICT);
    assertThat(read.tls())
        .contains(
            new InboundTls(
                new Certificate.OfMesh(),
                new Trust.OfMesh(),
                List.of(
                    new SubjectAltName(
                        SubjectAltName.Kind.URI,
                        new StringMatch.Prefix("spiffe://cluster.local/", false))),
                List.of("h2", "http/1.1"),
                Version.TLS_1_3,
                Version.TLS_1_3));
    assertThat(read(taking("tls").setTransportSocket(socket(tls().build()))).mode())
        .isEqualTo(Mode.STRICT);
  }

  @Test
  void chainsForBothArePermissive() {
    FilterChain.Builder secured = taking("tls").setTransportSocket(socket(tls().build()));
    assertThat(read(secured, taking("raw_buffer")).mode()).isEqualTo(Mode.PERMISSIVE);
    assertThat(read(secured, chain(manager().build())).mode()).isEqualTo(Mode.PERMISSIVE);
    assertThat(
            read(
                    chain(manager().build()).setTransportSocket(socket(tls().build())),
                    taking("raw_buffer"))
                .mode())
        .isEqualTo(Mode.PERMISSIVE);
    assertThat(read(listener(secured).setDefaultFilterChain(chain(manager().build()))).mode())
        .isEqualTo(Mode.PERMISSIVE);
  }

  @Test
  void chainsThatCannotBeToldApartAreRefused() {
    assertThat(errors()).containsExactly("filter_chains: none (expected: at least one)");
    assertThat(errors(taking("raw_buffer"), taking("raw_buffer")))
        .containsExactly(
            "filter_chains[1]: takes the same as filter_chains[0] (expected: another)");
    assertThat(errors(taking("tls")))
        .containsExactly(
            "filter_chains[0]: TLS that is passed on (expected: a DownstreamTlsContext)");
    assertThat(errors(taking("raw_buffer").setTransportSocket(socket(tls().build()))))
        .containsExactly("filter_chains[0]: TLS for plaintext (expected: no transport_socket)");
    assertThat(errors(taking("quic")))
        .containsExactly(
            "filter_chains[0].filter_chain_match.transport_protocol: quic (expected: tls or"
                + " raw_buffer)");
    assertThat(
            errors(
                chain(manager().build())
                    .setFilterChainMatch(
                        FilterChainMatch.newBuilder().addApplicationProtocols("istio"))))
        .containsExactly(
            "filter_chains[0].filter_chain_match: [application_protocols] (expected:"
                + " transport_protocol and nothing else)");
    assertThat(
            errors(
                taking("tls").setTransportSocket(socket(tls().build())),
                chain(manager().setMergeSlashes(true).build())))
        .containsExactly(
            "filter_chains: ask for different things (expected: the same filters in each)");
  }

  @Test
  void tlsThatIsNotMutualIsRefused() {
    String context = "filter_chains[0].transport_socket.typed_config";
    assertThat(tlsErrors(tls -> tls.setRequireClientCertificate(BoolValue.of(false))))
        .containsExactly(
            context + ".require_client_certificate: not true (expected: true; TLS is mutual here)");
    assertThat(tlsErrors(tls -> tls.setRequireSni(BoolValue.of(true))))
        .containsExactly(context + ".require_sni: true (expected: not set; it is not carried out)");
    assertThat(
            tlsErrors(
                tls -> tls.getCommonTlsContextBuilder().clearTlsCertificateSdsSecretConfigs()))
        .containsExactly(context + ".common_tls_context: no certificate (expected: one)");
    assertThat(tlsErrors(tls -> tls.getCommonTlsContextBuilder().clearCombinedValidationContext()))
        .singleElement()
        .asString()
        .startsWith(context + ".common_tls_context.validation_context: nobody to trust");
    assertThat(
            errors(
                chain(manager().build())
                    .setTransportSocket(socket(UpstreamTlsContext.getDefaultInstance()))))
        .containsExactly(
            "filter_chains[0].transport_socket: socket (expected: a DownstreamTlsContext or a"
                + " RawBuffer)");
  }

  private static List<String> tlsErrors(Consumer<DownstreamTlsContext.Builder> change) {
    DownstreamTlsContext.Builder context = tls();
    change.accept(context);
    return errors(chain(manager().build()).setTransportSocket(socket(context.build())));
  }

  @Test
  void whatIsNotHttpIsJudgedByItsConnections() {
    InboundListener listener =
        read(
            connections(
                networkRbac(io.librarymesh.proto.envoy.config.rbac.v3.RBAC.Action.DENY, "tcp."),
                networkRbac(io.librarymesh.proto.envoy.config.rbac.v3.RBAC.Action.ALLOW, ""),
                TcpProxy.getDefaultInstance()));

    assertThat(listener.mode()).isEqualTo(Mode.DISABLE);
    assertThat(listener.policy().client()).isEqualTo(new ClientAddress(true, 0));
    assertThat(listener.policy().filters())
        .containsExactly(
            InboundFilter.Rbac.of(new RbacRules(RbacRules.Action.DENY, List.of())),
            InboundFilter.Rbac.of(new RbacRules(RbacRules.Action.ALLOW, List.of())));
    assertThat(read(chain(TcpProxy.getDefaultInstance())).policy().filters()).isEmpty();
  }

  private static io.librarymesh.proto.envoy.extensions.filters.network.rbac.v3.RBAC networkRbac(
      io.librarymesh.proto.envoy.config.rbac.v3.RBAC.Action action, String prefix) {
    return io.librarymesh
        .proto
        .envoy
        .extensions
        .filters
        .network
        .rbac
        .v3
        .RBAC
        .newBuilder()
        .setStatPrefix(prefix)
        .setRules(io.librarymesh.proto.envoy.config.rbac.v3.RBAC.newBuilder().setAction(action))
        .build();
  }

  private static FilterChain.Builder connections(Message... filters) {
    FilterChain.Builder chain = FilterChain.newBuilder();
    for (Message filter : filters) {
      chain.addFilters(Filter.newBuilder().setName("network").setTypedConfig(Any.pack(filter)));
    }
    return chain;
  }

  @Test
  void otherFiltersAreNotUnderstood() {
    String expected = " (expected: one HttpConnectionManager, or RBAC filters and a TcpProxy)";
    assertThat(errors(FilterChain.newBuilder()))
        .containsExactly("filter_chains[0].filters: []" + expected);
    assertThat(
            errors(
                connections(
                    networkRbac(io.librarymesh.proto.envoy.config.rbac.v3.RBAC.Action.DENY, ""))))
        .containsExactly("filter_chains[0].filters: [network]" + expected);
    assertThat(errors(connections(TcpProxy.getDefaultInstance(), manager().build())))
        .containsExactly("filter_chains[0].filters: [network, network]" + expected);
    assertThat(errors(connections(RBAC.getDefaultInstance(), TcpProxy.getDefaultInstance())))
        .containsExactly("filter_chains[0].filters: [network, network]" + expected);
  }

  @Test
  void onlyListenerFiltersThatLookAreFine() {
    Listener.Builder looking =
        listener(chain(manager().build()))
            .addListenerFilters(
                ListenerFilter.newBuilder()
                    .setTypedConfig(Any.pack(TlsInspector.getDefaultInstance())));
    assertThat(read(looking).mode()).isEqualTo(Mode.DISABLE);
    looking.addListenerFilters(
        ListenerFilter.newBuilder()
            .setName("proxy")
            .setTypedConfig(Any.pack(Empty.getDefaultInstance())));
    assertThat(Reading.errors(ResourceType.LISTENER, looking.build()))
        .containsExactly(
            "listener_filters[1]: proxy (google.protobuf.Empty) (expected: the inspector of TLS or"
                + " of HTTP)");
  }

  @Test
  void whatRulesSeeOfARequestIsReadOrRefused() {
    InboundPolicy policy =
        read(chain(
                manager()
                    .setMergeSlashes(true)
                    .setPathWithEscapedSlashesAction(
                        PathWithEscapedSlashesAction.UNESCAPE_AND_FORWARD)
                    .setUseRemoteAddress(BoolValue.of(true))
                    .setXffNumTrustedHops(2)
                    .build()))
            .policy();
    assertThat(policy.paths())
        .isEqualTo(new PathNormalization(true, true, EscapedSlashes.UNESCAPE_AND_FORWARD));
    assertThat(policy.client()).isEqualTo(new ClientAddress(true, 2));
    String unset = ": set (expected: not set; it is not carried out)";
    assertThat(errors(manager().setStripMatchingHostPort(true)))
        .containsExactly(MANAGER + ".strip_matching_host_port" + unset);
    assertThat(errors(manager().setStripAnyHostPort(true)))
        .containsExactly(MANAGER + ".strip_any_host_port" + unset);
    assertThat(errors(manager().setStripTrailingHostDot(true)))
        .containsExactly(MANAGER + ".strip_trailing_host_dot" + unset);
    assertThat(errors(manager().setRds(Rds.getDefaultInstance())))
        .containsExactly(MANAGER + ".rds" + unset);
    assertThat(errors(manager().setXffNumTrustedHops(-1)))
        .containsExactly(MANAGER + ".xff_num_trusted_hops: 4294967295 (expected: < 2147483648)");
    assertThat(
            errors(
                manager()
                    .setPathWithEscapedSlashesAction(
                        PathWithEscapedSlashesAction.UNESCAPE_AND_REDIRECT)))
        .singleElement()
        .asString()
        .startsWith(MANAGER + ".path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT");
    assertThat(
            errors(
                manager()
                    .setUnknownFields(
                        UnknownFieldSet.newBuilder()
                            .addField(46, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                            .build())))
        .containsExactly(MANAGER + ": field 46 (expected: not set; it is not carried out)");
  }

  @Test
  void routesMustNotDecide() {
    Route answers =
        Route.newBuilder().setDirectResponse(DirectResponseAction.getDefaultInstance()).build();
    Route overrides =
        Route.newBuilder()
            .putTypedPerFilterConfig("rbac", Any.pack(Empty.getDefaultInstance()))
            .build();
    VirtualHost host = VirtualHost.newBuilder().addRoutes(answers).addRoutes(overrides).build();
    String place = MANAGER + ".route_config.virtual_hosts[0].routes";
    assertThat(
            errors(manager().setRouteConfig(RouteConfiguration.newBuilder().addVirtualHosts(host))))
        .containsExactly(
            place + "[0]: DIRECT_RESPONSE (expected: that the request goes on to the server)",
            place
                + "[1].typed_per_filter_config: set (expected: not set; filters are the same for"
                + " all routes of a server)");
  }

  @Test
  void aFilterThatIsNotKnownIsRefusedUnlessOptional() {
    HttpFilter other = filter("other", Empty.getDefaultInstance());
    assertThat(
            errors(
                HttpConnectionManager.newBuilder().addHttpFilters(other).addHttpFilters(router())))
        .containsExactly(
            MANAGER
                + ".http_filters[0]: other (google.protobuf.Empty) (expected: rbac, jwt_authn,"
                + " ext_authz, the router or an optional filter)");
    Listener optional =
        listener(
                chain(
                    HttpConnectionManager.newBuilder()
                        .addHttpFilters(other.toBuilder().setIsOptional(true))
                        .addHttpFilters(router())
                        .build()))
            .build();
    assertThat(Reading.warnings(ResourceType.LISTENER, optional))
        .containsExactly(
            MANAGER + ".http_filters[0]: other (google.protobuf.Empty) not carried out");
    assertThat(errors(HttpConnectionManager.newBuilder().addHttpFilters(nobody())))
        .containsExactly(
            MANAGER + ".http_filters: no router at the end (expected: a router, last)");
  }

  @Test
  void whoDecidesIsNeverOptional() {
    HttpFilter authorizer =
        HttpFilter.newBuilder()
            .setName("authorizer")
            .setTypedConfig(
                Any.newBuilder()
                    .setTypeUrl(
                        "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz"))
            .setIsOptional(true)
            .build();
    assertThat(
            errors(
                HttpConnectionManager.newBuilder()
                    .addHttpFilters(authorizer)
                    .addHttpFilters(router())))
        .singleElement()
        .asString()
        .startsWith(MANAGER + ".http_filters[0].typed_config.http_service: not set");
  }

  private static HttpFilter asking(Consumer<ExtAuthz.Builder> change) {
    ExtAuthz.Builder filter = ExtAuthz.newBuilder();
    filter
        .getHttpServiceBuilder()
        .getServerUriBuilder()
        .setCluster("outbound|80||authz")
        .setTimeout(Duration.newBuilder().setSeconds(2));
    change.accept(filter);
    return filter("authorizer", filter.build());
  }

  private static List<String> askingErrors(Consumer<ExtAuthz.Builder> change) {
    return errors(
        HttpConnectionManager.newBuilder().addHttpFilters(asking(change)).addHttpFilters(router()));
  }

  @Test
  void whomToAskIsRead() {
    InboundListener listener =
        read(
            chain(
                HttpConnectionManager.newBuilder()
                    .addHttpFilters(asking(filter -> filter.setFailureModeAllow(true)))
                    .addHttpFilters(router())
                    .build()));
    assertThat(listener.policy().filters())
        .containsExactly(
            new ExternalAuthorization(
                Optional.empty(),
                new ExternalAuthorization.Check(
                    "outbound|80||authz", 2_000_000_000L, "", List.of(), Map.of()),
                new ExternalAuthorization.Answers(List.of(), List.of(), List.of()),
                new ExternalAuthorization.Failure(true, 403)));
  }

  @Test
  void whatWouldAskSomethingElseIsRefused() {
    String place = MANAGER + ".http_filters[0].typed_config";
    assertThat(askingErrors(f -> f.getHttpServiceBuilder().getServerUriBuilder().setCluster("")))
        .containsExactly(
            place
                + ".http_service.server_uri.cluster: empty (expected: the cluster of the"
                + " authorizer)");
    assertThat(askingErrors(f -> f.getHttpServiceBuilder().setPathPrefix("a")))
        .containsExactly(place + ".http_service.path_prefix: a (expected: /...)");
    assertThat(askingErrors(f -> f.getStatusOnErrorBuilder().setCodeValue(42)))
        .containsExactly(place + ".status_on_error.code: 42 (expected: 100 to 599)");
    assertThat(askingErrors(f -> f.getFilterEnabledMetadataBuilder().setFilter("other")))
        .singleElement()
        .asString()
        .startsWith(place + ".filter_enabled_metadata: another condition");
  }

  @Test
  void aDisabledFilterDecidesNothing() {
    HttpConnectionManager manager =
        HttpConnectionManager.newBuilder()
            .addHttpFilters(nobody().toBuilder().setDisabled(true))
            .addHttpFilters(router())
            .build();
    assertThat(read(chain(manager)).policy().filters()).isEmpty();
  }
}
