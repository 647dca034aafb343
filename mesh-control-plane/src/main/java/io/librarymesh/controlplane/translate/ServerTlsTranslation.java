package io.librarymesh.controlplane.translate;

import com.google.protobuf.BoolValue;
import io.librarymesh.controlplane.istio.ServerTlsSettings;
import io.librarymesh.controlplane.istio.ServerTlsSettings.Mode;
import io.librarymesh.controlplane.istio.ServerTlsSettings.ProtocolVersion;
import io.librarymesh.proto.envoy.config.core.v3.DataSource;
import io.librarymesh.proto.envoy.config.core.v3.TransportSocket;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.TrustChainVerification;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import java.util.List;

/**
 * How a server ends TLS. Certificates are files on the proxy's machine, which it reads itself; a
 * file that it cannot read makes it refuse the listener.
 */
final class ServerTlsTranslation {

  private static final List<String> ALPN = List.of("h2", "http/1.1");

  /** A name is not said to be of one kind. */
  private static final List<SubjectAltNameMatcher.SanType> SAN_TYPES =
      List.of(
          SubjectAltNameMatcher.SanType.DNS,
          SubjectAltNameMatcher.SanType.URI,
          SubjectAltNameMatcher.SanType.EMAIL,
          SubjectAltNameMatcher.SanType.IP_ADDRESS);

  private ServerTlsTranslation() {}

  /**
   * The transport socket of a server.
   *
   * @param http whether requests are looked at, for which clients may choose between HTTP/1.1 and 2
   */
  static TransportSocket translate(ServerTlsSettings tls, boolean http) {
    CommonTlsContext.Builder common = CommonTlsContext.newBuilder().setTlsParams(parameters(tls));
    if (http) {
      common.addAllAlpnProtocols(ALPN);
    }
    for (ServerTlsSettings.Certificate certificate : tls.certificates()) {
      common.addTlsCertificates(
          TlsCertificate.newBuilder()
              .setCertificateChain(file(certificate.serverCertificate()))
              .setPrivateKey(file(certificate.privateKey())));
    }
    if (tls.mode().asksForCertificates()) {
      common.setValidationContext(validation(tls));
    }
    DownstreamTlsContext.Builder context =
        DownstreamTlsContext.newBuilder().setCommonTlsContext(common);
    if (tls.mode() == Mode.MUTUAL) {
      context.setRequireClientCertificate(BoolValue.of(true));
    }
    return TransportSocket.newBuilder()
        .setName("envoy.transport_sockets.tls")
        .setTypedConfig(Packing.pack(context.build()))
        .build();
  }

  private static TlsParameters parameters(ServerTlsSettings tls) {
    return TlsParameters.newBuilder()
        .setTlsMinimumProtocolVersion(version(tls.minProtocolVersion()))
        .setTlsMaximumProtocolVersion(version(tls.maxProtocolVersion()))
        .addAllCipherSuites(tls.knownCipherSuites())
        .build();
  }

  private static TlsParameters.TlsProtocol version(ProtocolVersion version) {
    return switch (version) {
      case TLS_AUTO -> TlsParameters.TlsProtocol.TLS_AUTO;
      case TLSV1_0 -> TlsParameters.TlsProtocol.TLSv1_0;
      case TLSV1_1 -> TlsParameters.TlsProtocol.TLSv1_1;
      case TLSV1_2 -> TlsParameters.TlsProtocol.TLSv1_2;
      case TLSV1_3 -> TlsParameters.TlsProtocol.TLSv1_3;
    };
  }

  private static CertificateValidationContext validation(ServerTlsSettings tls) {
    CertificateValidationContext.Builder validation =
        CertificateValidationContext.newBuilder()
            .setTrustedCa(file(tls.caCertificates()))
            .addAllVerifyCertificateSpki(tls.verifyCertificateSpki())
            .addAllVerifyCertificateHash(tls.verifyCertificateHash());
    if (!tls.caCrl().isEmpty()) {
      validation.setCrl(file(tls.caCrl()));
    }
    if (tls.insecureSkipVerify().orElse(false)) {
      validation.setTrustChainVerification(TrustChainVerification.ACCEPT_UNTRUSTED);
    }
    for (String name : tls.subjectAltNames()) {
      for (SubjectAltNameMatcher.SanType type : SAN_TYPES) {
        validation.addMatchTypedSubjectAltNames(
            SubjectAltNameMatcher.newBuilder()
                .setSanType(type)
                .setMatcher(StringMatcher.newBuilder().setExact(name)));
      }
    }
    return validation.build();
  }

  private static DataSource file(String path) {
    return DataSource.newBuilder().setFilename(path).build();
  }
}
