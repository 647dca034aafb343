package io.librarymesh.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Empty;
import com.google.protobuf.UnknownFieldSet;
import io.librarymesh.config.JwtAuthentication;
import io.librarymesh.config.JwtRequirement;
import io.librarymesh.config.JwtRequirement.Leniency;
import io.librarymesh.proto.envoy.config.core.v3.DataSource;
import io.librarymesh.proto.envoy.config.core.v3.HttpUri;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtClaimToHeader;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtHeader;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementAndList;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementOrList;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.ProviderWithAudiences;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.RemoteJwks;
import io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JwtReaderTest {
  private static final io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3
          .JwtRequirement
      ALLOW_MISSING = requirement().setAllowMissing(Empty.getDefaultInstance()).build();

  private final Findings findings = new Findings();

  private static io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
          .Builder
      filter() {
    return io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication
        .newBuilder()
        .putProviders("a", provider().build());
  }

  private static JwtProvider.Builder provider() {
    return JwtProvider.newBuilder()
        .setIssuer("https://issuer")
        .setLocalJwks(DataSource.newBuilder().setInlineString("{\"keys\":[]}"));
  }

  private static io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement
          .Builder
      requirement() {
    return io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement
        .newBuilder();
  }

  private static RequirementRule.Builder everywhere() {
    return RequirementRule.newBuilder().setMatch(RouteMatch.newBuilder().setPrefix("/"));
  }

  private JwtAuthentication read(
      io.librarymesh.proto.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication.Builder
          filter) {
    return JwtReader.filter(filter.build(), FieldPath.ROOT, findings);
  }

  private JwtAuthentication read(JwtProvider.Builder provider) {
    return read(filter().putProviders("a", provider.build()));
  }

  private io.librarymesh.config.JwtProvider provider(JwtProvider.Builder provider) {
    return java.util.Objects.requireNonNull(read(provider).providers().get("a"));
  }

  @Test
  void aProviderIsReadWhole() {
    assertThat(
            provider(
                provider()
                    .addAudiences("api")
                    .setForward(true)
                    .addFromHeaders(JwtHeader.newBuilder().setName("X-Jwt").setValuePrefix("J "))
                    .addFromParams("token")
                    .addFromCookies("session")
                    .setForwardPayloadHeader("X-Payload")
                    .addClaimToHeaders(
                        JwtClaimToHeader.newBuilder().setHeaderName("X-Role").setClaimName("a.b"))
                    .setPayloadInMetadata("payload")
                    .setNormalizePayloadInMetadata(
                        JwtProvider.NormalizePayload.newBuilder().addSpaceDelimitedClaims("groups"))
                    .setClockSkewSeconds(5)))
        .isEqualTo(
            new io.librarymesh.config.JwtProvider(
                "https://issuer",
                List.of("api"),
                new io.librarymesh.config.JwtProvider.Keys.Inline("{\"keys\":[]}"),
                new io.librarymesh.config.JwtProvider.Locations(
                    List.of(new io.librarymesh.config.JwtProvider.Header("x-jwt", "J ")),
                    List.of("token"),
                    List.of("session")),
                true,
                "x-payload",
                List.of(new io.librarymesh.config.JwtProvider.ClaimHeader("x-role", "a.b")),
                "payload",
                Set.of("groups"),
                5));
    assertThat(findings.errors()).isEmpty();
  }

  @Test
  void whatIsUnsaidIsAsInEnvoy() {
    io.librarymesh.config.JwtProvider read = provider(provider());
    assertThat(read.clockSkewSeconds()).isEqualTo(60);
    assertThat(read.forward()).isFalse();
    assertThat(read.locations()).isEqualTo(io.librarymesh.config.JwtProvider.Locations.DEFAULT);
  }

  @Test
  void keysStandHereOrAtAUri() {
    assertThat(
            provider(
                    provider()
                        .setLocalJwks(
                            DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8("{}"))))
                .keys())
        .isEqualTo(new io.librarymesh.config.JwtProvider.Keys.Inline("{}"));
    assertThat(
            provider(
                    provider()
                        .setRemoteJwks(
                            RemoteJwks.newBuilder()
                                .setHttpUri(HttpUri.newBuilder().setUri("https://issuer/keys"))))
                .keys())
        .isEqualTo(new io.librarymesh.config.JwtProvider.Keys.Remote("https://issuer/keys"));
    assertThat(findings.errors()).isEmpty();
    read(provider().clearLocalJwks());
    read(provider().setRemoteJwks(RemoteJwks.getDefaultInstance()));
    read(provider().setLocalJwks(DataSource.newBuilder().setFilename("/keys")));
    assertThat(findings.errors())
        .containsExactly(
            "providers[\"a\"]: no keys (expected: local_jwks or remote_jwks)",
            "providers[\"a\"].remote_jwks.http_uri.uri: empty (expected: a URI)",
            "providers[\"a\"].local_jwks: FILENAME (expected: inline_string or inline_bytes)");
  }

  @Test
  void whatWouldMakeATokenHarderToAcceptIsNotPassedOver() {
    read(provider().setRequireExpiration(true));
    read(provider().setMaxLifetime(Duration.newBuilder().setSeconds(60)));
    read(
        provider()
            .setSubjects(
                io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher.newBuilder()
                    .setExact("s")));
    read(provider().setClockSkewSeconds(-1));
    read(
        provider()
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                    .build()));
    String unset = ": set (expected: not set; it is not carried out)";
    assertThat(findings.errors())
        .hasSize(5)
        .startsWith(
            "providers[\"a\"].require_expiration" + unset,
            "providers[\"a\"].max_lifetime" + unset,
            "providers[\"a\"].subjects" + unset,
            "providers[\"a\"].clock_skew_seconds: 4294967295 (expected: < 2147483648)");
    assertThat(findings.errors().get(4)).contains("field 99 of");
  }

  @Test
  void theRequirementOfIstioForSeveralIssuersIsRead() {
    var first = requirement().setProviderName("a").build();
    var lenient =
        requirement()
            .setRequiresAny(
                JwtRequirementOrList.newBuilder()
                    .addRequirements(first)
                    .addRequirements(ALLOW_MISSING))
            .build();
    var all =
        requirement()
            .setRequiresAll(JwtRequirementAndList.newBuilder().addRequirements(lenient))
            .build();
    var named =
        requirement()
            .setProviderAndAudiences(
                ProviderWithAudiences.newBuilder().setProviderName("a").addAudiences("x"))
            .build();
    JwtRequirement some =
        new JwtRequirement.Some(List.of(JwtRequirement.Provider.of("a"), Leniency.ALLOW_MISSING));
    JwtAuthentication read =
        read(
            filter()
                .addRules(
                    everywhere()
                        .setRequires(
                            requirement()
                                .setRequiresAny(
                                    JwtRequirementOrList.newBuilder()
                                        .addRequirements(first)
                                        .addRequirements(named)
                                        .addRequirements(all))))
                .setBypassCorsPreflight(true));
    assertThat(read.requirement())
        .isEqualTo(
            new JwtRequirement.Some(
                List.of(
                    JwtRequirement.Provider.of("a"),
                    new JwtRequirement.Provider("a", List.of("x")),
                    new JwtRequirement.All(List.of(some)))));
    assertThat(read.bypassCorsPreflight()).isTrue();
    assertThat(findings.errors()).isEmpty();
  }

  @Test
  void aRequirementMayHaveAName() {
    assertThat(
            read(filter()
                    .putRequirementMap("r", ALLOW_MISSING)
                    .addRules(everywhere().setRequirementName("r")))
                .requirement())
        .isEqualTo(Leniency.ALLOW_MISSING);
    assertThat(read(filter().addRules(everywhere())).requirement())
        .isEqualTo(JwtRequirement.NOTHING);
    assertThat(findings.errors()).isEmpty();
    read(filter().addRules(everywhere().setRequirementName("other")));
    assertThat(findings.errors())
        .containsExactly("rules[0].requirement_name: other (expected: one of requirement_map)");
  }

  @Test
  void aRuleIsForEverythingOrRefused() {
    read(filter().addRules(everywhere()).addRules(everywhere()));
    read(
        filter()
            .addRules(
                RequirementRule.newBuilder().setMatch(RouteMatch.newBuilder().setPrefix("/a"))));
    read(filter().addRules(everywhere().setRequires(requirement().setProviderName("b"))));
    assertThat(findings.errors())
        .containsExactly(
            "rules: 2 (expected: 1 at most)",
            "rules[0].match: not everything (expected: prefix /)",
            "rules[0].requires.provider_name: b (expected: one of providers)");
  }
}
