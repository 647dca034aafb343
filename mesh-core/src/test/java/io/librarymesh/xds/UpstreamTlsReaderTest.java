package io.librarymesh.xds;

import static io.librarymesh.xds.SampleResources.clusterBuilder;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.MetadataValue;
import io.librarymesh.config.StringMatch;
import io.librarymesh.config.TransportSockets;
import io.librarymesh.config.UpstreamTls;
import io.librarymesh.config.UpstreamTls.Certificate;
import io.librarymesh.config.UpstreamTls.SubjectAltName;
import io.librarymesh.config.UpstreamTls.SubjectAltName.Kind;
import io.librarymesh.config.UpstreamTls.Trust;
import io.librarymesh.config.UpstreamTls.Version;
import io.librarymesh.proto.envoy.config.cluster.v3.Cluster;
import io.librarymesh.proto.envoy.config.core.v3.DataSource;
import io.librarymesh.proto.envoy.config.core.v3.TransportSocket;
import io.librarymesh.proto.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateProviderPluginInstance;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.TrustChainVerification;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamTlsReaderTest {
  private static final String ID = "spiffe://cluster.local/ns/default/sa/greeter";
  private static final String SNI = "outbound_.80_._.greeter.default.svc.cluster.local";
  private static final String COMMON = "transport_socket.typed_config.common_tls_context";

  private static SdsSecretConfig secret(String name) {
    return SdsSecretConfig.newBuilder().setName(name).build();
  }

  private static StringMatcher exact(String text) {
    return StringMatcher.newBuilder().setExact(text).build();
  }

  /** As Istio serves it. */
  private static UpstreamTlsContext.Builder istioMutual() {
    UpstreamTlsContext.Builder context = UpstreamTlsContext.newBuilder().setSni(SNI);
    CommonTlsContext.Builder common = context.getCommonTlsContextBuilder();
    common
        .addAlpnProtocols("istio-peer-exchange")
        .addAlpnProtocols("istio")
        .addTlsCertificateSdsSecretConfigs(secret("default"))
        .getTlsParamsBuilder()
        .setTlsMinimumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_2)
        .setTlsMaximumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_3);
    common
        .getCombinedValidationContextBuilder()
        .setValidationContextSdsSecretConfig(secret("ROOTCA"))
        .getDefaultValidationContextBuilder()
        .addMatchSubjectAltNames(exact(ID));
    return context;
  }

  private static TransportSocket socket(UpstreamTlsContext.Builder context) {
    return TransportSocket.newBuilder()
        .setName("envoy.transport_sockets.tls")
        .setTypedConfig(Any.pack(context.build()))
        .build();
  }

  private static Cluster cluster(UpstreamTlsContext.Builder context) {
    return clusterBuilder("c").setTransportSocket(socket(context)).build();
  }

  private static TransportSockets sockets(Cluster cluster) {
    return Reading.value(ResourceType.CLUSTER, cluster).cluster().sockets();
  }

  private static UpstreamTls read(UpstreamTlsContext.Builder context) {
    return sockets(cluster(context)).otherwise().orElseThrow();
  }

  private static List<String> errors(UpstreamTlsContext.Builder context) {
    return Reading.errors(ResourceType.CLUSTER, cluster(context));
  }

  private static UpstreamTlsContext.Builder validatedBy(
      CertificateValidationContext.Builder validation) {
    return UpstreamTlsContext.newBuilder()
        .setSni("api.example.com")
        .setCommonTlsContext(CommonTlsContext.newBuilder().setValidationContext(validation));
  }

  @Test
  void tlsOfTheMeshIsReadAsIstioServesIt() {
    assertThat(read(istioMutual()))
        .isEqualTo(
            new UpstreamTls(
                SNI,
                false,
                List.of("istio-peer-exchange", "istio"),
                new Certificate.OfMesh(),
                new Trust.OfMesh(),
                List.of(SubjectAltName.uri(ID)),
                Version.TLS_1_2,
                Version.TLS_1_3));
    assertThat(Reading.warnings(ResourceType.CLUSTER, cluster(istioMutual()))).isEmpty();
  }

  @Test
  void endpointsAreToldApartByTheirMetadata() {
    Cluster cluster =
        clusterBuilder("c")
            .addTransportSocketMatches(
                Cluster.TransportSocketMatch.newBuilder()
                    .setName("tlsMode-istio")
                    .setMatch(
                        Struct.newBuilder()
                            .putFields(
                                "tlsMode", Value.newBuilder().setStringValue("istio").build()))
                    .setTransportSocket(socket(istioMutual())))
            .addTransportSocketMatches(
                Cluster.TransportSocketMatch.newBuilder()
                    .setName("tlsMode-disabled")
                    .setMatch(Struct.getDefaultInstance())
                    .setTransportSocket(
                        TransportSocket.newBuilder()
                            .setName("envoy.transport_sockets.raw_buffer")
                            .setTypedConfig(Any.pack(RawBuffer.getDefaultInstance()))))
            .build();
    TransportSockets sockets = sockets(cluster);
    Metadata istio = Metadata.of(Map.of("tlsMode", new MetadataValue.Text("istio")));
    Metadata other = Metadata.of(Map.of("tlsMode", new MetadataValue.Text("disabled")));

    assertThat(sockets.to(istio)).isEqualTo(Optional.of(read(istioMutual())));
    assertThat(sockets.to(other)).isEmpty();
    assertThat(sockets.to(Metadata.EMPTY)).isEmpty();
    assertThat(Reading.warnings(ResourceType.CLUSTER, cluster)).isEmpty();
  }

  @Test
  void whatGrpcClientsAreServedIsReadAlike() {
    UpstreamTlsContext.Builder context = UpstreamTlsContext.newBuilder();
    CertificateProviderPluginInstance.Builder instance =
        CertificateProviderPluginInstance.newBuilder().setInstanceName("default");
    CommonTlsContext.Builder common = context.getCommonTlsContextBuilder();
    common.setTlsCertificateProviderInstance(instance.setCertificateName("default"));
    common
        .getCombinedValidationContextBuilder()
        .getDefaultValidationContextBuilder()
        .setCaCertificateProviderInstance(instance.setCertificateName("ROOTCA"))
        .addMatchSubjectAltNames(exact(ID));
    UpstreamTls tls = read(context);

    assertThat(tls.certificate()).isEqualTo(new Certificate.OfMesh());
    assertThat(tls.trust()).isEqualTo(new Trust.OfMesh());
    assertThat(tls.names()).containsExactly(SubjectAltName.uri(ID));
  }

  @ParameterizedTest
  @CsvSource({
    "file-root:system, SystemRoots[]",
    "file-root:/etc/ca.pem, File[path=/etc/ca.pem]",
    "ROOTCA, OfMesh[]"
  })
  void rootsAreThoseThatASecretNames(String name, String trust) {
    UpstreamTlsContext.Builder context = UpstreamTlsContext.newBuilder();
    context.getCommonTlsContextBuilder().setValidationContextSdsSecretConfig(secret(name));
    assertThat(read(context).trust()).hasToString(trust);
  }

  @Test
  void certificatesComeFromFilesToo() {
    UpstreamTlsContext.Builder named = istioMutual();
    named
        .getCommonTlsContextBuilder()
        .setTlsCertificateSdsSecretConfigs(0, secret("file-cert:/c.pem~/k.pem"));
    UpstreamTlsContext.Builder direct = istioMutual();
    direct
        .getCommonTlsContextBuilder()
        .clearTlsCertificateSdsSecretConfigs()
        .addTlsCertificates(
            TlsCertificate.newBuilder()
                .setCertificateChain(DataSource.newBuilder().setFilename("/c.pem"))
                .setPrivateKey(DataSource.newBuilder().setFilename("/k.pem")));

    assertThat(read(named).certificate()).isEqualTo(new Certificate.Files("/c.pem", "/k.pem"));
    assertThat(read(direct).certificate()).isEqualTo(read(named).certificate());
  }

  @Test
  void secretsOfOtherNamesAreRefused() {
    UpstreamTlsContext.Builder context = istioMutual();
    context
        .getCommonTlsContextBuilder()
        .setTlsCertificateSdsSecretConfigs(0, secret("kubernetes://mine"))
        .getCombinedValidationContextBuilder()
        .setValidationContextSdsSecretConfig(secret("kubernetes://mine-cacert"));
    assertThat(errors(context))
        .containsExactlyInAnyOrder(
            COMMON
                + ".tls_certificate_sds_secret_configs[0]: kubernetes://mine (expected: default or"
                + " file-cert:CHAIN~KEY)",
            COMMON
                + ".combined_validation_context.validation_context_sds_secret_config:"
                + " kubernetes://mine-cacert (expected: ROOTCA, file-root:PATH or"
                + " file-root:system)");
  }

  @Test
  void aKeyInTheResourceIsNotQuoted() {
    UpstreamTlsContext.Builder context = istioMutual();
    context
        .getCommonTlsContextBuilder()
        .clearTlsCertificateSdsSecretConfigs()
        .addTlsCertificates(
            TlsCertificate.newBuilder()
                .setCertificateChain(DataSource.newBuilder().setFilename("/c.pem"))
                .setPrivateKey(DataSource.newBuilder().setInlineString("SECRET")));
    assertThat(errors(context))
        .containsExactly(
            COMMON + ".tls_certificates[0].private_key: INLINE_STRING (expected: filename)");
  }

  @Test
  void anybodyIsBelievedOnlyWhenThatIsSaid() {
    assertThat(
            read(validatedBy(
                    CertificateValidationContext.newBuilder()
                        .setTrustChainVerification(TrustChainVerification.ACCEPT_UNTRUSTED)))
                .trust())
        .isEqualTo(new Trust.InsecureAnybody());
    assertThat(errors(validatedBy(CertificateValidationContext.newBuilder())))
        .containsExactly(
            COMMON
                + ".validation_context: nobody to trust (expected: roots, or"
                + " trust_chain_verification ACCEPT_UNTRUSTED to believe anybody)");
  }

  @Test
  void checksThatCannotBeMadeAreRefused() {
    CertificateValidationContext.Builder validation =
        CertificateValidationContext.newBuilder()
            .setTrustedCa(DataSource.newBuilder().setFilename("/ca.pem"))
            .setCrl(DataSource.newBuilder().setFilename("/crl.pem"))
            .addVerifyCertificateHash("00")
            .addVerifyCertificateSpki("AA==");
    assertThat(errors(validatedBy(validation)))
        .extracting(error -> error.substring(0, error.indexOf(": ")))
        .containsExactlyInAnyOrder(
            COMMON + ".validation_context.verify_certificate_spki",
            COMMON + ".validation_context.verify_certificate_hash",
            COMMON + ".validation_context.crl");
  }

  @Test
  void namesWithKindsReplaceThoseWithout() {
    CertificateValidationContext.Builder validation =
        CertificateValidationContext.newBuilder()
            .setSystemRootCerts(CertificateValidationContext.SystemRootCerts.getDefaultInstance())
            .addMatchSubjectAltNames(exact("passed-over"))
            .addMatchTypedSubjectAltNames(
                SubjectAltNameMatcher.newBuilder()
                    .setSanType(SubjectAltNameMatcher.SanType.DNS)
                    .setMatcher(StringMatcher.newBuilder().setSuffix(".example.com")));
    assertThat(read(validatedBy(validation)).names())
        .containsExactly(
            new SubjectAltName(Kind.DNS, new StringMatch.Suffix(".example.com", false)));
    validation.getMatchTypedSubjectAltNamesBuilder(0).setSanTypeValue(1);
    assertThat(errors(validatedBy(validation)))
        .singleElement()
        .asString()
        .endsWith("(expected: URI, DNS or IP_ADDRESS)");
  }

  @Test
  void aNameWithoutAKindIsNoIdentityUnlessItIsSpelledLikeOne() {
    CertificateValidationContext.Builder validation =
        CertificateValidationContext.newBuilder()
            .setTrustedCa(DataSource.newBuilder().setFilename("/ca.pem"))
            .addMatchSubjectAltNames(exact("api.example.com"))
            .addMatchSubjectAltNames(
                StringMatcher.newBuilder().setPrefix("spiffe://cluster.local/"));
    assertThat(read(validatedBy(validation)).names())
        .extracting(SubjectAltName::kind)
        .containsExactly(Kind.HOST, Kind.URI);
  }

  @Test
  void versionsThatNobodySpeaksAreRefused() {
    UpstreamTlsContext.Builder context = istioMutual();
    TlsParameters.Builder versions = context.getCommonTlsContextBuilder().getTlsParamsBuilder();
    versions
        .setTlsMinimumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_0)
        .setTlsMaximumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_2);
    assertThat(read(context).oldest()).isEqualTo(Version.TLS_1_2);
    versions.setTlsMaximumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_1);
    assertThat(errors(context))
        .containsExactly(
            COMMON
                + ".tls_params.tls_maximum_protocol_version: TLSv1_1 (expected: TLSv1_2 or"
                + " TLSv1_3)");
    versions
        .setTlsMinimumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_3)
        .setTlsMaximumProtocolVersion(TlsParameters.TlsProtocol.TLSv1_2);
    assertThat(errors(context)).hasSize(1);
  }
}
