package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.controlplane.istio.Finding;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a Sidecar lets clients see, resource by resource; whole calls are conformance cases. */
class SidecarTest {

  private static final String RATINGS = "outbound|8000||ratings.prod.svc.cluster.local";
  private static final String WEB = "outbound|80||web.prod.svc.cluster.local";
  private static final String WEB_ALT = "outbound|8080||web.prod.svc.cluster.local";

  private static String sidecar(String egress) {
    return """
        apiVersion: networking.istio.io/v1
        kind: Sidecar
        metadata: {name: default, namespace: prod}
        spec: {egress: %s}
        """
        .formatted(egress);
  }

  private static String rules(String host, String namespace, String http) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: v, namespace: %s}
        spec: {hosts: ['%s'], http: [%s]}
        """
        .formatted(namespace, host, http);
  }

  private static List<Finding> findings(String... files) {
    World world = World.standard();
    for (String file : files) {
      world.with(file);
    }
    return ReferenceFindings.of(world.context());
  }

  @Test
  void clustersAreThoseOfTheImportedServices() {
    World.Client client =
        World.standard().with(sidecar("[{hosts: ['*/ratings.prod.svc.cluster.local']}]")).client();

    assertThat(client.cluster(RATINGS)).isPresent();
    assertThat(client.assignment(RATINGS)).isPresent();
    assertThat(client.cluster(WEB)).isEmpty();
    assertThat(client.assignment(WEB)).isEmpty();
    assertThat(client.routesOf("web:80")).isEqualTo("allow_any");
    assertThat(client.routeConfiguration(WEB)).isEmpty();
  }

  @Test
  void entryOfAPortImportsNoOtherPort() {
    World.Client client =
        World.standard()
            .with(sidecar("[{port: {number: 8080, protocol: HTTP, name: h}, hosts: ['*/*']}]"))
            .client();

    assertThat(client.cluster(WEB_ALT)).isPresent();
    assertThat(client.cluster(WEB)).isEmpty();
  }

  @Test
  void proxyImportsAllPorts() {
    World.Client client =
        World.standard()
            .with(
                sidecar(
                    "[{port: {number: 15080, protocol: HTTP_PROXY, name: h}, hosts: ['*/*']},"
                        + " {port: {number: 0}, bind: 'unix:///s', hosts: ['~/*']}]"))
            .client();

    assertThat(client.cluster(WEB_ALT)).isPresent();
    assertThat(client.cluster(WEB)).isPresent();
    assertThat(client.routesOf("web:80"))
        .as("nothing is called by a socket")
        .isEqualTo("allow_any");
  }

  @Test
  void mirrorsOfImportedRulesAreImported() {
    World.Client client =
        World.standard()
            .with(sidecar("[{hosts: ['*/ratings.prod.svc.cluster.local']}]"))
            .with(
                rules(
                    "ratings",
                    "prod",
                    "{route: [{destination: {host: ratings}}],"
                        + " mirror: {host: web, port: {number: 8080}}}"))
            .client();

    assertThat(client.cluster(WEB_ALT)).isPresent();
    assertThat(client.cluster(WEB)).as("a port that no rule sends to").isEmpty();
  }

  @Test
  void destinationsForOtherNamespacesAreNotImported() {
    World.Client client =
        World.standard()
            .with(sidecar("[{hosts: ['*/ratings.prod.svc.cluster.local']}]"))
            .with(
                rules(
                    "ratings",
                    "prod",
                    "{match: [{sourceNamespace: dev}],"
                        + " route: [{destination: {host: web, port: {number: 80}}}]}"))
            .client();

    assertThat(client.cluster(WEB)).isEmpty();
  }

  @Test
  void destinationsOfRulesThatAreNotExportedAreNotImported() {
    World.Client client =
        World.standard()
            .with(sidecar("[{hosts: ['*/ratings.prod.svc.cluster.local']}]"))
            .with(
                """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v, namespace: team}
                spec:
                  hosts: [ratings.prod.svc.cluster.local]
                  exportTo: ['.']
                  http: [{route: [{destination: {host: web.prod.svc.cluster.local}}]}]
                """)
            .client();

    assertThat(client.cluster(WEB)).isEmpty();
  }

  @Test
  void stockClientsSeeNoMore() {
    World.Client client =
        World.standard()
            .with(sidecar("[{hosts: ['*/ratings.prod.svc.cluster.local']}]"))
            .grpcClient();

    assertThat(client.listener("ratings:8000")).isPresent();
    assertThat(client.listener("web:80")).isEmpty();
    assertThat(client.cluster(WEB)).isEmpty();
  }

  @Test
  void viewsOfClientsThatSeeDifferentThingsDiffer() {
    String all = sidecar("[{hosts: ['*/*']}]");
    PushContext one = World.standard().with(all).context();
    PushContext same = World.standard().with(all).context();
    PushContext other = World.standard().with(sidecar("[{hosts: [./*]}]")).context();
    ClientView client = new ClientView("prod", Map.of("app", "cart"), "", Dialect.LIBRARY);

    assertThat(one.canonical(client)).isEqualTo(same.canonical(client));
    assertThat(one.canonical(client)).hasSameHashCodeAs(same.canonical(client));
    assertThat(one.canonical(client)).isNotEqualTo(other.canonical(client));
    assertThat(one.canonical(client).labels()).as("no rule asks for them").isEmpty();
    ClientView foreign = new ClientView("dev", Map.of(), "", Dialect.LIBRARY);
    assertThat(one.canonical(foreign).egress()).isEqualTo(EgressScope.EVERYTHING);
  }

  @Test
  void hostsThatRulesSendToChangeWithThemWhereThereAreSidecars() {
    PushContext before = World.standard().context();
    String sends = rules("ratings", "prod", "{route: [{destination: {host: web}}]}");
    PushContext plain = World.standard().with(sends).context();
    PushContext scoped = World.standard().with(sends).with(sidecar("[{hosts: [./*]}]")).context();

    assertThat(changed(before, plain)).containsExactly("ratings.prod.svc.cluster.local");
    assertThat(changed(before, scoped))
        .containsExactlyInAnyOrder("ratings.prod.svc.cluster.local", "web.prod.svc.cluster.local");
  }

  private static Set<String> changed(PushContext before, PushContext after) {
    return PushContext.changedHosts(before.resources(), after.resources(), MeshConfig.DEFAULT);
  }

  @Test
  void routeOfUnknownHostsSaysWhichSidecarMayBeTheReason() {
    World.Client client = World.standard().with(sidecar("[{hosts: ['~/*']}]")).client();

    assertThat(
            client
                .onlyRoute("web:80")
                .getMetadata()
                .getFilterMetadataOrThrow("io.librarymesh")
                .getFieldsOrThrow("origin")
                .getStringValue())
        .isEqualTo("Sidecar 2.yaml:1");
  }

  @Test
  void importOfWhatIsNotThereIsNamed() {
    assertThat(findings(sidecar("[{hosts: [./*, '*/ratings.prod.svc.cluster.local']}]"))).isEmpty();
    assertThat(findings(sidecar("[{hosts: ['*/revews.prod.svc.cluster.local']}]")))
        .singleElement()
        .hasToString(
            "2.yaml:4:17: warning: spec.egress[0].hosts[0]: */revews.prod.svc.cluster.local: imports"
                + " nothing (expected: the namespace and the host of a service or of a"
                + " VirtualService)");
    assertThat(findings(sidecar("[{hosts: [dev/ratings.prod.svc.cluster.local]}]"))).hasSize(1);
    assertThat(findings(sidecar("[{port: {number: 81}, hosts: [./web.prod.svc.cluster.local]}]")))
        .singleElement()
        .matches(f -> f.message().contains("of a service with port 81"));
    assertThat(
            findings(
                sidecar("[{hosts: [dev/a.example.org]}]"),
                rules("*.example.org", "dev", "{directResponse: {status: 418}}")))
        .isEmpty();
  }

  @Test
  void secondSidecarOfANamespaceIsNamed() {
    String second = sidecar("[{hosts: [./*]}]").replace("name: default", "name: more");

    assertThat(findings(sidecar("[{hosts: [./*]}]"), second))
        .singleElement()
        .matches(f -> f.file().equals("3.yaml"))
        .matches(f -> f.message().startsWith("Sidecar prod/default at 2.yaml:1:1 is the one"));
    String selects = second.replace("spec: {", "spec: {workloadSelector: {labels: {app: cart}}, ");
    assertThat(findings(sidecar("[{hosts: [./*]}]"), selects)).isEmpty();
  }
}
