package io.librarymesh.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import io.librarymesh.config.CidrRange;
import io.librarymesh.config.ClaimMatch;
import io.librarymesh.config.InboundFilter.Rbac;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.config.RbacPolicy;
import io.librarymesh.config.RbacRules;
import io.librarymesh.config.StringMatch;
import io.librarymesh.proto.envoy.config.core.v3.TypedExtensionConfig;
import io.librarymesh.proto.envoy.config.rbac.v3.Permission;
import io.librarymesh.proto.envoy.config.rbac.v3.Policy;
import io.librarymesh.proto.envoy.config.rbac.v3.Principal;
import io.librarymesh.proto.envoy.config.rbac.v3.RBAC;
import io.librarymesh.proto.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.librarymesh.proto.envoy.type.matcher.v3.ListMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.MetadataMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.ValueMatcher;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RbacReaderTest {
  private final Findings findings = new Findings();

  private Rbac read(Permission.Builder permission, Principal.Builder principal) {
    RBAC rules =
        RBAC.newBuilder()
            .setAction(RBAC.Action.DENY)
            .putPolicies(
                "p",
                Policy.newBuilder().addPermissions(permission).addPrincipals(principal).build())
            .build();
    return RbacReader.filter(
        io.librarymesh
            .proto
            .envoy
            .extensions
            .filters
            .http
            .rbac
            .v3
            .RBAC
            .newBuilder()
            .setRules(rules)
            .build(),
        FieldPath.ROOT,
        findings);
  }

  private static MetadataMatcher.Builder groups(String filter) {
    return MetadataMatcher.newBuilder()
        .setFilter(filter)
        .addPath(MetadataMatcher.PathSegment.newBuilder().setKey("payload"))
        .addPath(MetadataMatcher.PathSegment.newBuilder().setKey("groups"))
        .setValue(
            ValueMatcher.newBuilder()
                .setListMatch(
                    ListMatcher.newBuilder()
                        .setOneOf(
                            ValueMatcher.newBuilder()
                                .setStringMatch(StringMatcher.newBuilder().setExact("admin")))));
  }

  @Test
  void policyBecomesItsConditions() {
    Rbac rbac =
        read(
            Permission.newBuilder().setNotRule(Permission.newBuilder().setDestinationPort(8080)),
            Principal.newBuilder().setMetadata(groups("envoy.filters.http.jwt_authn")));

    RbacCondition admin =
        new RbacCondition.Claim(
            List.of("payload", "groups"),
            new ClaimMatch.Element(new ClaimMatch.Text(new StringMatch.Exact("admin", false))),
            false);
    RbacCondition otherPort = new RbacCondition.Not(RbacCondition.DestinationPort.of(8080));
    assertThat(findings.errors()).isEmpty();
    assertThat(rbac.rules())
        .contains(
            new RbacRules(
                RbacRules.Action.DENY,
                List.of(
                    new RbacPolicy(
                        "p",
                        new RbacCondition.Some(List.of(otherPort)),
                        new RbacCondition.Some(List.of(admin))))));
    assertThat(rbac.shadowRules()).isEmpty();
  }

  @Test
  void addressesAndIdentities() {
    Rbac rbac =
        read(
            Permission.newBuilder().setAny(true),
            Principal.newBuilder()
                .setAndIds(
                    Principal.Set.newBuilder()
                        .addIds(
                            Principal.newBuilder()
                                .setAuthenticated(Principal.Authenticated.getDefaultInstance()))
                        .addIds(
                            Principal.newBuilder()
                                .setDirectRemoteIp(
                                    io.librarymesh.proto.envoy.config.core.v3.CidrRange.newBuilder()
                                        .setAddressPrefix("10.0.0.0")
                                        .setPrefixLen(com.google.protobuf.UInt32Value.of(8))))));

    assertThat(findings.errors()).isEmpty();
    assertThat(rbac.rules().orElseThrow().policies().get(0).principal())
        .isEqualTo(
            new RbacCondition.Some(
                List.of(
                    new RbacCondition.All(
                        List.of(
                            new RbacCondition.Peer(Optional.empty()),
                            new RbacCondition.SourceAddress(CidrRange.parse("10.0.0.0/8")))))));
  }

  @Test
  void whatIsNotUnderstoodIsRefusedByItsPlace() {
    read(
        Permission.getDefaultInstance().toBuilder(),
        Principal.newBuilder().setMetadata(groups("other.filter")));

    assertThat(findings.errors())
        .containsExactly(
            "rules.policies[\"p\"].permissions[0]: no condition (expected: one that is known here)",
            "rules.policies[\"p\"].principals[0].metadata.filter: other.filter (expected:"
                + " envoy.filters.http.jwt_authn)");
  }

  @Test
  void pathsMayHaveAForm() {
    Rbac rbac = read(template("/v1/*/items/**"), Principal.newBuilder().setAny(true));
    assertThat(rbac.rules().orElseThrow().policies().get(0).permission())
        .isEqualTo(
            new RbacCondition.Some(List.of(new RbacCondition.PathTemplate("/v1/*/items/**"))));
    assertThat(findings.errors()).isEmpty();

    read(template("/v1/{name}"), Principal.newBuilder().setAny(true));
    assertThat(findings.errors())
        .singleElement()
        .asString()
        .startsWith(
            "rules.policies[\"p\"].permissions[0].uri_template.typed_config.path_template:");
  }

  private static Permission.Builder template(String path) {
    return Permission.newBuilder()
        .setUriTemplate(
            TypedExtensionConfig.newBuilder()
                .setTypedConfig(
                    Any.pack(UriTemplateMatchConfig.newBuilder().setPathTemplate(path).build())));
  }

  @Test
  void rulesThatAreMissingStayMissing() {
    Rbac rbac =
        RbacReader.filter(
            io.librarymesh.proto.envoy.extensions.filters.http.rbac.v3.RBAC.getDefaultInstance(),
            FieldPath.ROOT,
            findings);

    assertThat(rbac.rules()).isEmpty();
  }
}
