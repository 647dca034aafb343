package io.librarymesh.controlplane.translate;

import com.google.protobuf.Message;
import io.librarymesh.controlplane.istio.ClientTlsSettings;
import io.librarymesh.controlplane.istio.ClientTlsSettings.Mode;
import io.librarymesh.controlplane.registry.ServiceEndpoint;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.core.v3.DataSource;
import io.librarymesh.proto.envoy.config.core.v3.TransportSocket;
import io.librarymesh.proto.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateProviderPluginInstance;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.SystemRootCerts;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.TrustChainVerification;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** TLS towards the endpoints of a cluster, in the words that a client understands. */
final class ClientTlsTranslation {

  /** Where an endpoint says which socket it is for. */
  static final String MATCH = "envoy.transport_socket_match";

  /** What it says there. */
  static final Map<String, String> CAPABLE = Map.of("tlsMode", ServiceEndpoint.ISTIO);

  /** The identity of the client, and the roots that it came with, as Istio names them. */
  private static final String IDENTITY = "default";

  private static final String ROOTS = "ROOTCA";
  private static final String TLS = "envoy.transport_sockets.tls";

  private final Upstream upstream;
  private final ClientLookup lookup;

  private ClientTlsTranslation(Upstream upstream, ClientLookup lookup) {
    this.upstream = upstream;
    this.lookup = lookup;
  }

  static void apply(Cluster.Builder cluster, Upstream upstream, ClientLookup lookup) {
    ClientTls tls = ClientTls.of(upstream, lookup);
    ClientTlsTranslation translation = new ClientTlsTranslation(upstream, lookup);
    if (tls instanceof ClientTls.ToAll all) {
      cluster.setTransportSocket(translation.socket(all.settings()));
    } else if (tls instanceof ClientTls.ToCapable capable) {
      cluster
          .addTransportSocketMatches(
              Cluster.TransportSocketMatch.newBuilder()
                  .setName("tlsMode-istio")
                  .setMatch(Packing.struct(CAPABLE))
                  .setTransportSocket(translation.socket(capable.settings())))
          .addTransportSocketMatches(
              Cluster.TransportSocketMatch.newBuilder()
                  .setName("tlsMode-disabled")
                  .setMatch(Packing.struct(Map.of()))
                  .setTransportSocket(
                      named("envoy.transport_sockets.raw_buffer", RawBuffer.getDefaultInstance())));
    }
  }

  private TransportSocket socket(ClientTlsSettings tls) {
    UpstreamTlsContext.Builder context = UpstreamTlsContext.newBuilder();
    if (tls.mode() != Mode.ISTIO_MUTUAL) {
      context.setSni(ClientTls.serverName(tls, upstream)).setCommonTlsContext(outside(tls));
    } else if (lookup.isGrpc()) {
      context.setSni(tls.sni().orElseGet(this::meshName)).setCommonTlsContext(ofGrpc(tls));
    } else {
      context.setSni(tls.sni().orElseGet(this::meshName)).setCommonTlsContext(ofMesh(tls));
    }
    return named(TLS, context.build());
  }

  private static TransportSocket named(String name, Message settings) {
    return TransportSocket.newBuilder()
        .setName(name)
        .setTypedConfig(Packing.pack(settings))
        .build();
  }

  /**
   * Istio's own names are for gateways that choose by them. A server of the JDK refuses a name with
   * an underscore, so clients that may call one say the host; sidecars look at neither.
   */
  private String meshName() {
    ClusterName name = upstream.name();
    String host = upstream.service().service().host();
    if (lookup.view().dialect() == Dialect.ENVOY) {
      return "outbound_." + name.port() + "_." + name.subset() + "_." + host;
    }
    return host.startsWith("*") ? "" : host;
  }

  private CommonTlsContext ofMesh(ClientTlsSettings tls) {
    CommonTlsContext.Builder common =
        CommonTlsContext.newBuilder()
            .setTlsParams(versions())
            .addAllAlpnProtocols(alpnOfMesh())
            .addTlsCertificateSdsSecretConfigs(SdsSecretConfig.newBuilder().setName(IDENTITY));
    if (tls.insecureSkipVerify()) {
      return common.setValidationContext(unchecked()).build();
    }
    return common
        .setCombinedValidationContext(
            CombinedCertificateValidationContext.newBuilder()
                .setDefaultValidationContext(identities(tls))
                .setValidationContextSdsSecretConfig(SdsSecretConfig.newBuilder().setName(ROOTS)))
        .build();
  }

  /** Clients of gRPC refuse a context that has secrets by SDS or versions in it. */
  private CommonTlsContext ofGrpc(ClientTlsSettings tls) {
    return CommonTlsContext.newBuilder()
        .setTlsCertificateProviderInstance(provider(IDENTITY))
        .setCombinedValidationContext(
            CombinedCertificateValidationContext.newBuilder()
                .setDefaultValidationContext(
                    identities(tls).setCaCertificateProviderInstance(provider(ROOTS))))
        .build();
  }

  /** The identity of a server, and the roots of who may call it. */
  static CommonTlsContext ownSecrets() {
    return CommonTlsContext.newBuilder()
        .setTlsParams(versions())
        .addTlsCertificateSdsSecretConfigs(SdsSecretConfig.newBuilder().setName(IDENTITY))
        .setCombinedValidationContext(
            CombinedCertificateValidationContext.newBuilder()
                .setDefaultValidationContext(CertificateValidationContext.getDefaultInstance())
                .setValidationContextSdsSecretConfig(SdsSecretConfig.newBuilder().setName(ROOTS)))
        .build();
  }

  /** The same in the words of gRPC. */
  static CommonTlsContext ownProviders() {
    return CommonTlsContext.newBuilder()
        .setTlsCertificateProviderInstance(provider(IDENTITY))
        .setCombinedValidationContext(
            CombinedCertificateValidationContext.newBuilder()
                .setDefaultValidationContext(
                    CertificateValidationContext.newBuilder()
                        .setCaCertificateProviderInstance(provider(ROOTS))))
        .build();
  }

  private static CertificateProviderPluginInstance provider(String certificate) {
    return CertificateProviderPluginInstance.newBuilder()
        .setInstanceName(IDENTITY)
        .setCertificateName(certificate)
        .build();
  }

  /** Both lists, since clients of gRPC know the older one only and pass the newer one over. */
  @SuppressWarnings("deprecation")
  private CertificateValidationContext.Builder identities(ClientTlsSettings tls) {
    CertificateValidationContext.Builder context = CertificateValidationContext.newBuilder();
    for (String identity : ClientTls.identities(tls, upstream, lookup.meshConfig())) {
      StringMatcher exact = StringMatcher.newBuilder().setExact(identity).build();
      context
          .addMatchSubjectAltNames(exact)
          .addMatchTypedSubjectAltNames(
              SubjectAltNameMatcher.newBuilder().setSanType(SanType.URI).setMatcher(exact));
    }
    return context;
  }

  private CommonTlsContext outside(ClientTlsSettings tls) {
    CommonTlsContext.Builder common =
        CommonTlsContext.newBuilder()
            .setTlsParams(versions())
            .setValidationContext(tls.insecureSkipVerify() ? unchecked() : validation(tls));
    if (HttpOptionsTranslation.isHttp2(upstream, lookup)) {
      common.addAlpnProtocols("h2");
    }
    if (tls.mode() == Mode.MUTUAL) {
      common.addTlsCertificates(
          TlsCertificate.newBuilder()
              .setCertificateChain(file(tls.clientCertificate().orElseThrow()))
              .setPrivateKey(file(tls.privateKey().orElseThrow())));
    }
    return common.build();
  }

  private CertificateValidationContext validation(ClientTlsSettings tls) {
    CertificateValidationContext.Builder context = CertificateValidationContext.newBuilder();
    tls.caCertificates()
        .ifPresentOrElse(
            path -> context.setTrustedCa(file(path)),
            () -> context.setSystemRootCerts(SystemRootCerts.getDefaultInstance()));
    tls.caCrl().ifPresent(path -> context.setCrl(file(path)));
    List<String> names = ClientTls.names(tls, upstream);
    addNames(context, names.isEmpty() ? List.of(ClientTls.serverName(tls, upstream)) : names);
    return context.build();
  }

  /** A rule does not say of what kind a name is. One that is spelled like a URI is no host's. */
  private static void addNames(
      CertificateValidationContext.Builder context, Collection<String> names) {
    for (String name : names) {
      List<SanType> kinds =
          name.contains("://") ? List.of(SanType.URI) : List.of(SanType.DNS, SanType.IP_ADDRESS);
      for (SanType kind : kinds) {
        context.addMatchTypedSubjectAltNames(
            SubjectAltNameMatcher.newBuilder()
                .setSanType(kind)
                .setMatcher(StringMatcher.newBuilder().setExact(name)));
      }
    }
  }

  private static CertificateValidationContext unchecked() {
    return CertificateValidationContext.newBuilder()
        .setTrustChainVerification(TrustChainVerification.ACCEPT_UNTRUSTED)
        .build();
  }

  /** What Istio's sidecars offer for requests; without it a permissive peer takes them for TCP. */
  private List<String> alpnOfMesh() {
    if (!upstream.port().isHttp()) {
      return List.of("istio");
    }
    return upstream.port().isHttp2() || HttpOptionsTranslation.isHttp2(upstream, lookup)
        ? List.of("istio-h2", "istio", "h2")
        : List.of("istio-http/1.1", "istio", "http/1.1");
  }

  /** Envoy's own default for clients leaves out 1.3 in older releases. */
  private static TlsParameters versions() {
    return TlsParameters.newBuilder()
        .setTlsMinimumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_2)
        .setTlsMaximumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_3)
        .build();
  }

  private static DataSource file(String path) {
    return DataSource.newBuilder().setFilename(path).build();
  }
}
