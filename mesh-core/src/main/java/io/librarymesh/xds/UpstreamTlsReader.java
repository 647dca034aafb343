package io.librarymesh.xds;

import io.librarymesh.config.StringMatch;
import io.librarymesh.config.UpstreamTls;
import io.librarymesh.config.UpstreamTls.Certificate;
import io.librarymesh.config.UpstreamTls.SubjectAltName;
import io.librarymesh.config.UpstreamTls.SubjectAltName.Kind;
import io.librarymesh.config.UpstreamTls.Trust;
import io.librarymesh.config.UpstreamTls.Version;
import io.librarymesh.proto.envoy.config.core.v3.DataSource;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.TrustChainVerification;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.librarymesh.proto.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads TLS towards endpoints. Source: Envoy {@code transport_sockets.tls.v3.UpstreamTlsContext},
 * with the names of secrets that Istio serves.
 */
final class UpstreamTlsReader {
  private static final String IDENTITY = "default";
  private static final String ROOTS = "ROOTCA";
  private static final String CERTIFICATE_FILES = "file-cert:";
  private static final String ROOT_FILE = "file-root:";
  private static final String SYSTEM_ROOTS = "file-root:system";

  private final CommonTlsContext common;
  private final FieldPath at;
  private final Findings findings;

  private UpstreamTlsReader(CommonTlsContext common, FieldPath at, Findings findings) {
    this.common = common;
    this.at = at;
    this.findings = findings;
  }

  static UpstreamTls read(UpstreamTlsContext context, FieldPath at, Findings findings) {
    FieldUse.report(context, at, findings);
    if (!context.hasCommonTlsContext()) {
      findings.error(at.field("common_tls_context"), "not set (expected: whom to trust)");
    }
    return new UpstreamTlsReader(
            context.getCommonTlsContext(), at.field("common_tls_context"), findings)
        .read(context);
  }

  /** What TLS asks for on either side of a connection. */
  record Common(
      Certificate certificate,
      Trust trust,
      List<SubjectAltName> names,
      Version oldest,
      Version newest) {}

  /** Reads what the two sides have in common. */
  static Common common(CommonTlsContext context, FieldPath at, Findings findings) {
    return new UpstreamTlsReader(context, at, findings).common();
  }

  private Common common() {
    TlsParameters parameters = common.getTlsParams();
    FieldPath versions = at.field("tls_params");
    Version oldest =
        version(
            parameters.getTlsMinimumProtocolVersion(),
            Version.TLS_1_2,
            versions.field("tls_minimum_protocol_version"));
    Version newest =
        version(
            parameters.getTlsMaximumProtocolVersion(),
            Version.TLS_1_3,
            versions.field("tls_maximum_protocol_version"));
    if (oldest.compareTo(newest) > 0) {
      findings.error(versions, "the oldest version is above the newest (expected: not above)");
      newest = oldest;
    }
    List<SubjectAltName> names = new ArrayList<>();
    Trust trust = trust(names);
    return new Common(certificate(), trust, names, oldest, newest);
  }

  private UpstreamTls read(UpstreamTlsContext context) {
    Common both = common();
    List<SubjectAltName> names = new ArrayList<>(both.names());
    if (context.getAutoSniSanValidation() && !context.getSni().isEmpty() && names.isEmpty()) {
      names.add(new SubjectAltName(Kind.HOST, new StringMatch.Exact(context.getSni(), true)));
    }
    return new UpstreamTls(
        context.getSni(),
        context.getAutoHostSni(),
        common.getAlpnProtocolsList(),
        both.certificate(),
        both.trust(),
        names,
        both.oldest(),
        both.newest());
  }

  /**
   * The JDK speaks nothing older than 1.2 any more; older ones need not be asked for to be left.
   */
  private Version version(TlsParameters.TlsProtocol wanted, Version unsaid, FieldPath place) {
    return switch (wanted) {
      case TLS_AUTO -> unsaid;
      case TLSv1_2 -> Version.TLS_1_2;
      case TLSv1_3 -> Version.TLS_1_3;
      case TLSv1_0, TLSv1_1, UNRECOGNIZED -> {
        if (unsaid != Version.TLS_1_2) {
          findings.error(place, wanted + " (expected: TLSv1_2 or TLSv1_3)");
        }
        yield Version.TLS_1_2;
      }
    };
  }

  private Certificate certificate() {
    int count = common.getTlsCertificatesCount() + common.getTlsCertificateSdsSecretConfigsCount();
    if (count > 1) {
      findings.error(at, count + " certificates (expected: 1 at most)");
    }
    if (common.getTlsCertificateSdsSecretConfigsCount() > 0) {
      return named(
          common.getTlsCertificateSdsSecretConfigs(0).getName(),
          at.element("tls_certificate_sds_secret_configs", 0));
    }
    if (common.getTlsCertificatesCount() > 0) {
      return files(common.getTlsCertificates(0), at.element("tls_certificates", 0));
    }
    if (common.hasTlsCertificateProviderInstance()) {
      return named(
          orDefault(common.getTlsCertificateProviderInstance().getCertificateName()),
          at.field("tls_certificate_provider_instance"));
    }
    if (common.hasTlsCertificateCertificateProviderInstance()) {
      return named(
          orDefault(common.getTlsCertificateCertificateProviderInstance().getCertificateName()),
          at.field("tls_certificate_certificate_provider_instance"));
    }
    return new Certificate.None();
  }

  private static String orDefault(String certificateName) {
    return certificateName.isEmpty() ? IDENTITY : certificateName;
  }

  private Certificate named(String secret, FieldPath place) {
    if (secret.equals(IDENTITY)) {
      return new Certificate.OfMesh();
    }
    int between = secret.indexOf('~');
    if (secret.startsWith(CERTIFICATE_FILES) && between > 0) {
      return new Certificate.Files(
          secret.substring(CERTIFICATE_FILES.length(), between), secret.substring(between + 1));
    }
    findings.error(
        place, secret + " (expected: " + IDENTITY + " or " + CERTIFICATE_FILES + "CHAIN~KEY)");
    return new Certificate.None();
  }

  private Certificate files(TlsCertificate certificate, FieldPath place) {
    String chain = file(certificate.getCertificateChain(), place.field("certificate_chain"));
    String key = file(certificate.getPrivateKey(), place.field("private_key"));
    return new Certificate.Files(chain, key);
  }

  /** Never quotes what is there instead of a name: it may be a key. */
  private String file(DataSource source, FieldPath place) {
    if (!source.hasFilename() || source.getFilename().isEmpty()) {
      findings.error(place, source.getSpecifierCase() + " (expected: filename)");
    }
    return source.getFilename();
  }

  private Trust trust(List<SubjectAltName> names) {
    return switch (common.getValidationContextTypeCase()) {
      case VALIDATION_CONTEXT -> {
        FieldPath place = at.field("validation_context");
        CertificateValidationContext context = common.getValidationContext();
        check(context, place);
        readNames(context, place, names);
        yield trust(context, place).orElseGet(() -> nobody(place));
      }
      case VALIDATION_CONTEXT_SDS_SECRET_CONFIG ->
          trusted(
              common.getValidationContextSdsSecretConfig().getName(),
              at.field("validation_context_sds_secret_config"));
      case COMBINED_VALIDATION_CONTEXT -> combined(names);
      case VALIDATION_CONTEXT_CERTIFICATE_PROVIDER_INSTANCE -> new Trust.OfMesh();
      case VALIDATIONCONTEXTTYPE_NOT_SET -> nobody(at.field("validation_context"));
    };
  }

  private Trust combined(List<SubjectAltName> names) {
    CommonTlsContext.CombinedCertificateValidationContext both =
        common.getCombinedValidationContext();
    FieldPath place = at.field("combined_validation_context");
    FieldPath inside = place.field("default_validation_context");
    CertificateValidationContext context = both.getDefaultValidationContext();
    check(context, inside);
    readNames(context, inside, names);
    if (context.getTrustChainVerification() == TrustChainVerification.ACCEPT_UNTRUSTED) {
      return new Trust.InsecureAnybody();
    }
    if (both.hasValidationContextSdsSecretConfig()) {
      return trusted(
          both.getValidationContextSdsSecretConfig().getName(),
          place.field("validation_context_sds_secret_config"));
    }
    return trust(context, inside)
        .orElseGet(
            () ->
                both.hasValidationContextCertificateProviderInstance()
                    ? new Trust.OfMesh()
                    : nobody(inside));
  }

  /** Envoy believes anybody then; here that has to be said. */
  private Trust nobody(FieldPath place) {
    findings.error(
        place,
        "nobody to trust (expected: roots, or trust_chain_verification ACCEPT_UNTRUSTED to believe"
            + " anybody)");
    return new Trust.OfMesh();
  }

  private Trust trusted(String secret, FieldPath place) {
    if (secret.equals(ROOTS)) {
      return new Trust.OfMesh();
    }
    if (secret.equals(SYSTEM_ROOTS)) {
      return new Trust.SystemRoots();
    }
    if (secret.startsWith(ROOT_FILE)) {
      return new Trust.File(secret.substring(ROOT_FILE.length()));
    }
    findings.error(
        place,
        secret + " (expected: " + ROOTS + ", " + ROOT_FILE + "PATH or " + SYSTEM_ROOTS + ")");
    return new Trust.OfMesh();
  }

  private Optional<Trust> trust(CertificateValidationContext context, FieldPath place) {
    if (context.getTrustChainVerification() == TrustChainVerification.ACCEPT_UNTRUSTED) {
      return Optional.of(new Trust.InsecureAnybody());
    }
    if (context.hasTrustedCa()) {
      return Optional.of(new Trust.File(file(context.getTrustedCa(), place.field("trusted_ca"))));
    }
    if (context.hasCaCertificateProviderInstance()) {
      return Optional.of(new Trust.OfMesh());
    }
    return context.hasSystemRootCerts() ? Optional.of(new Trust.SystemRoots()) : Optional.empty();
  }

  /** What would let fewer servers in must not be passed over. */
  private void check(CertificateValidationContext context, FieldPath place) {
    require(context.getVerifyCertificateSpkiCount() == 0, place, "verify_certificate_spki");
    require(context.getVerifyCertificateHashCount() == 0, place, "verify_certificate_hash");
    require(!context.hasCrl(), place, "crl");
    require(!context.hasMaxVerifyDepth(), place, "max_verify_depth");
    require(
        !context.getRequireSignedCertificateTimestamp().getValue(),
        place,
        "require_signed_certificate_timestamp");
  }

  private void require(boolean unset, FieldPath place, String field) {
    if (!unset) {
      findings.error(place.field(field), "set (expected: not set; it is not carried out)");
    }
  }

  /** Envoy passes the older list over when there is one with kinds. */
  private void readNames(
      CertificateValidationContext context, FieldPath place, List<SubjectAltName> names) {
    for (int i = 0; i < context.getMatchTypedSubjectAltNamesCount(); i++) {
      SubjectAltNameMatcher matcher = context.getMatchTypedSubjectAltNames(i);
      FieldPath position = place.element("match_typed_subject_alt_names", i);
      StringMatch match =
          MatcherReader.text(matcher.getMatcher(), position.field("matcher"), findings);
      kind(matcher, position).ifPresent(kind -> names.add(new SubjectAltName(kind, match)));
    }
    if (context.getMatchTypedSubjectAltNamesCount() > 0) {
      return;
    }
    for (int i = 0; i < context.getMatchSubjectAltNamesCount(); i++) {
      FieldPath position = place.element("match_subject_alt_names", i);
      StringMatch match =
          MatcherReader.text(context.getMatchSubjectAltNames(i), position, findings);
      kinds(match).forEach(kind -> names.add(new SubjectAltName(kind, match)));
    }
  }

  private Optional<Kind> kind(SubjectAltNameMatcher matcher, FieldPath position) {
    return switch (matcher.getSanType()) {
      case URI -> Optional.of(Kind.URI);
      case DNS -> Optional.of(Kind.DNS);
      case IP_ADDRESS -> Optional.of(Kind.IP_ADDRESS);
      case EMAIL, OTHER_NAME, SAN_TYPE_UNSPECIFIED, UNRECOGNIZED -> {
        findings.error(
            position.field("san_type"),
            matcher.getSanType() + " (expected: URI, DNS or IP_ADDRESS)");
        yield Optional.empty();
      }
    };
  }

  /**
   * Of which kind a name may be that comes without one. A name of a host that is spelled like an
   * identity proves no identity, so what looks like a URI is compared with URIs alone.
   */
  private static List<Kind> kinds(StringMatch match) {
    if (match instanceof StringMatch.Exact exact) {
      return exact.value().contains("://") ? List.of(Kind.URI) : List.of(Kind.HOST);
    }
    if (match instanceof StringMatch.Prefix prefix && prefix.value().contains("://")) {
      return List.of(Kind.URI);
    }
    return List.of(Kind.URI, Kind.HOST);
  }
}
