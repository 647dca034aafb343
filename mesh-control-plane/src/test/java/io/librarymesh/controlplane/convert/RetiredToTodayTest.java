package io.librarymesh.controlplane.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.convert.Conversion.Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Security as Istio 1.4 had it, written as that of today, or why not. */
class RetiredToTodayTest {
  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: prod}
      spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
      ---
      """;

  private static final String ROLES =
      """
      apiVersion: rbac.istio.io/v1alpha1
      kind: ClusterRbacConfig
      metadata: {name: default}
      spec: {mode: ON_WITH_INCLUSION, inclusion: {services: [web.prod.svc.cluster.local]}}
      ---
      # Who reads.
      apiVersion: rbac.istio.io/v1alpha1
      kind: ServiceRole
      metadata: {name: reader, namespace: prod}
      spec: {rules: [{services: [%s], methods: [GET]}]}
      ---
      apiVersion: rbac.istio.io/v1alpha1
      kind: ServiceRoleBinding
      metadata: {name: readers, namespace: prod}
      spec:
        subjects: [{user: cluster.local/ns/prod/sa/shop}, {properties: {"request.auth.claims[a_b]": x}}]
        roleRef: {kind: ServiceRole, name: reader}
      """;

  private static final String TOKENS =
      """
      apiVersion: authentication.istio.io/v1alpha1
      kind: Policy
      metadata: {name: web, namespace: prod, labels: {team: shop}}
      spec:
        targets: [{name: web}]
        origins: [{jwt: {issuer: i, jwks_uri: "https://i/keys"}}]
        principal_binding: USE_ORIGIN
      """;

  private static Files convert(String text, Form form) {
    return Files.convert(text, form);
  }

  @ParameterizedTest
  @EnumSource
  void rolesBecomePolicies(Form form) {
    Files files = convert(SERVICE + ROLES.formatted("web.prod.svc.cluster.local"), form);

    assertThat(files.findings()).isEmpty();
    assertThat(files.after().substring(SERVICE.length()))
        .isEqualTo(
            """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata:
              name: generated-service-web-deny-all
              namespace: prod
            spec:
              selector:
                matchLabels:
                  app: web
            ---
            # Who reads.
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata:
              name: generated-reader-rule0-svc0-target0
              namespace: prod
            spec:
              selector:
                matchLabels:
                  app: web
              action: ALLOW
              rules:
                - from:
                    - source:
                        principals:
                          - cluster.local/ns/prod/sa/shop
                  to:
                    - operation:
                        methods:
                          - GET
                - to:
                    - operation:
                        methods:
                          - GET
                  when:
                    - key: "request.auth.claims[a_b]"
                      values:
                        - x
            """);
  }

  @Test
  void aPolicyBecomesWhatAsksForTokens() {
    Files files = convert(SERVICE + TOKENS, Form.TODAY);

    assertThat(files.after().substring(SERVICE.length()))
        .isEqualTo(
            """
            apiVersion: security.istio.io/v1
            kind: RequestAuthentication
            metadata:
              name: web
              namespace: prod
              labels:
                team: shop
            spec:
              selector:
                matchLabels:
                  app: web
              jwtRules:
                - issuer: i
                  jwksUri: "https://i/keys"
                  forwardOriginalToken: true
            ---
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata:
              name: web-require-token
              namespace: prod
              labels:
                team: shop
            spec:
              selector:
                matchLabels:
                  app: web
              action: DENY
              rules:
                - from:
                    - source:
                        notRequestPrincipals:
                          - "*"
            """);
    assertThat(files.findings())
        .containsExactlyInAnyOrder(
            "f.yaml:6:1: warning: spec.peers: without peers a server took plaintext alone; now it"
                + " takes mutual TLS, too",
            "f.yaml:6:1: warning: spec.origins: a request without a token was answered with 401;"
                + " now with 403, preflights included");
  }

  @Test
  void rolesStayTogetherWithWhatSaysWhoTheyAreBoundTo() {
    String text = SERVICE + TOKENS + "---\n" + ROLES.formatted("nobody.prod.svc.cluster.local");
    Files files = convert(text, Form.TODAY);

    assertThat(files.after()).contains("kind: Policy", "kind: ServiceRole", "kind: ClusterRbac");
    assertThat(files.after()).doesNotContain("security.istio.io");
    assertThat(files.findings())
        .hasSize(4)
        .allMatch(finding -> finding.endsWith("stays as it was"))
        .anyMatch(finding -> finding.contains("there is no Service nobody.prod"));
  }

  @Test
  void aPolicyThatCannotBeSaidStays() {
    String text =
        SERVICE + TOKENS.replace("USE_ORIGIN", "USE_PEER").replace("name: web}]", "name: x}]");
    Files files = convert(text, Form.TODAY);

    assertThat(files.after()).contains("kind: Policy", "jwksUri:");
    assertThat(files.findings())
        .singleElement()
        .asString()
        .contains("warning: spec.targets[0].name: there is no Service x")
        .endsWith("Policy web stays as it was");
  }
}
