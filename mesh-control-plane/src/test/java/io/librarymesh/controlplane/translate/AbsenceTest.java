package io.librarymesh.controlplane.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.librarymesh.controlplane.translate.Absence.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of names of which there is nothing. */
class AbsenceTest {

  private static final World WORLD =
      World.standard()
          .with(
              """
              apiVersion: networking.istio.io/v1
              kind: ServiceEntry
              metadata: {name: private, namespace: other}
              spec:
                hosts: [private.example.com]
                exportTo: ['.']
                ports: [{number: 80, name: http, protocol: HTTP}]
                resolution: STATIC
              ---
              apiVersion: networking.istio.io/v1
              kind: ServiceEntry
              metadata: {name: dns, namespace: prod}
              spec:
                hosts: [dns.example.com]
                ports: [{number: 80, name: http, protocol: HTTP}]
                resolution: DNS
              ---
              apiVersion: networking.istio.io/v1
              kind: ServiceEntry
              metadata: {name: names, namespace: prod}
              spec:
                hosts: [names.example.com]
                ports: [{number: 80, name: http, protocol: HTTP}]
                resolution: DNS
                endpoints: [{address: a.example.com}, {address: b.example.com}]
              ---
              apiVersion: v1
              kind: Service
              metadata: {name: alias, namespace: prod}
              spec: {type: ExternalName, externalName: web.prod.svc.cluster.local, ports: [{port: 80, name: http}]}
              """);

  private static Absence of(Dialect dialect, ResourceType type, String name) {
    ClientView view = new ClientView("prod", Map.of(), "", dialect);
    PushContext context = WORLD.context();
    assertThat(Translation.of(context, view, type, name).resource()).isEmpty();
    return Absence.of(context, view, type, name);
  }

  private static Absence of(ResourceType type, String name) {
    return of(Dialect.LIBRARY, type, name);
  }

  private static Absence notFound(String reason) {
    return new Absence(Kind.NOT_FOUND, reason);
  }

  @Test
  void namesOfAnotherForm() {
    assertThat(of(ResourceType.CLUSTER, "web"))
        .isEqualTo(notFound("name: web (expected: outbound|PORT|SUBSET|HOST)"));
    assertThat(of(ResourceType.LISTENER, "web"))
        .isEqualTo(notFound("name: web (expected: HOST:PORT)"));
    assertThat(of(ResourceType.LISTENER, "xds.istio.io/grpc/lds/inbound/127.0.0.1:80"))
        .isEqualTo(
            notFound(
                "no PeerAuthentication, AuthorizationPolicy or RequestAuthentication is for workloads"
                    + " of the namespace prod with these labels,"
                    + " and this one has no identity"));
  }

  @Test
  void hostsThatNobodyHas() {
    for (ResourceType type :
        new ResourceType[] {ResourceType.CLUSTER, ResourceType.ROUTE, ResourceType.ENDPOINT}) {
      assertThat(of(type, "outbound|80||nobody.example.com"))
          .isEqualTo(notFound("no service has the host nobody.example.com"));
    }
    assertThat(of(Dialect.GRPC, ResourceType.LISTENER, "nobody:80"))
        .isEqualTo(notFound("no service and no rule has the host nobody"));
  }

  @Test
  void portsThatAServiceDoesNotHave() {
    assertThat(of(ResourceType.CLUSTER, "outbound|81||web.prod.svc.cluster.local"))
        .isEqualTo(
            notFound("port: 81 (expected: one that web.prod.svc.cluster.local has: 80, 8080)"));
    assertThat(of(Dialect.GRPC, ResourceType.LISTENER, "web:81"))
        .isEqualTo(notFound("no service web with port 81 in namespace prod; it has 80, 8080"));
  }

  @Test
  void namesThatWereProbablyMeant() {
    assertThat(of(Dialect.GRPC, ResourceType.LISTENER, "rewievs:9080"))
        .isEqualTo(notFound("no service and no rule has the host rewievs; did you mean reviews?"));
    assertThat(of(Dialect.GRPC, ResourceType.LISTENER, "dns.exmaple.com:80"))
        .isEqualTo(
            notFound(
                "no service and no rule has the host dns.exmaple.com; did you mean dns.example.com?"));
  }

  @Test
  void namespacesThatHaveOneOfTheName() {
    assertThat(ofNamespace("other", "web:80"))
        .isEqualTo(notFound("no service web in namespace other; there is web.prod"));
  }

  private static Absence ofNamespace(String namespace, String name) {
    ClientView view = new ClientView(namespace, Map.of(), "", Dialect.GRPC);
    return Absence.of(WORLD.context(), view, ResourceType.LISTENER, name);
  }

  @Test
  void aClientOfThisProjectIsToldByTheListener() {
    World.Client client = WORLD.client();
    assertThat(unknown(client, "web:81"))
        .isEqualTo("no service web with port 81 in namespace prod; it has 80, 8080");
    assertThat(client.routesOf("web:81")).isEqualTo("allow_any");
    assertThat(unknown(client, "web:80")).isEmpty();
  }

  /** A change of the service that it names is a change of what it says. */
  @Test
  void theReasonFollowsTheServiceThatItNames() {
    ClientView view = new ClientView("other", Map.of(), "", Dialect.LIBRARY);
    assertThat(Translation.of(WORLD.context(), view, ResourceType.LISTENER, "web:80").hosts())
        .contains("web.prod.svc.cluster.local");
  }

  private static String unknown(World.Client client, String authority) {
    return client
        .listener(authority)
        .orElseThrow()
        .getMetadata()
        .getFilterMetadataOrDefault("io.librarymesh", Struct.getDefaultInstance())
        .getFieldsOrDefault("unknown", Value.getDefaultInstance())
        .getStringValue();
  }

  @Test
  void servicesThatAreNotExported() {
    Absence denied =
        new Absence(
            Kind.PERMISSION_DENIED,
            "namespace: prod (expected: one that private.example.com is visible to)");
    assertThat(of(ResourceType.CLUSTER, "outbound|80||private.example.com")).isEqualTo(denied);
    assertThat(of(ResourceType.ENDPOINT, "outbound|80||private.example.com")).isEqualTo(denied);
    assertThat(of(Dialect.GRPC, ResourceType.LISTENER, "private.example.com:80")).isEqualTo(denied);
  }

  @Test
  void subsetsThatNobodyDeclares() {
    assertThat(of(ResourceType.CLUSTER, "outbound|80|v9|web.prod.svc.cluster.local"))
        .isEqualTo(
            notFound(
                "subset: v9 (expected: one that a DestinationRule of web.prod.svc.cluster.local"
                    + " declares)"));
    assertThat(of(ResourceType.ROUTE, "outbound|80|v9|web.prod.svc.cluster.local"))
        .isEqualTo(notFound("subset: v9 (expected: none, routes are of a whole port)"));
  }

  @Test
  void whatAClientCannotUse() {
    assertThat(of(ResourceType.CLUSTER, "outbound|80||alias.prod.svc.cluster.local"))
        .isEqualTo(
            notFound("alias.prod.svc.cluster.local is another name of web.prod.svc.cluster.local"));
    assertThat(of(ResourceType.ENDPOINT, "outbound|80||dns.example.com"))
        .isEqualTo(notFound("the cluster itself says where its endpoints are"));
    assertThat(of(Dialect.GRPC, ResourceType.CLUSTER, "outbound|80||names.example.com"))
        .isEqualTo(
            notFound("this client cannot look up several names, which is how it is resolved"));
  }
}
