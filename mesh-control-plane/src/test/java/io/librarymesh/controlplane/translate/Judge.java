package io.librarymesh.controlplane.translate;

import io.librarymesh.authz.InboundEngine;
import io.librarymesh.authz.JwksSource;
import io.librarymesh.config.InboundListener;
import io.librarymesh.xds.ListenersRead;
import java.util.Map;

/** What a port of a workload in namespace foo is told, carried out by the engine of servers. */
final class Judge {
  static final String ADDRESS = "10.2.0.1";
  static final int HTTP = 8080;
  static final int TCP = 9000;

  private static final String SERVICE =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: api, namespace: foo}
      spec:
        hosts: [api.example]
        location: MESH_INTERNAL
        resolution: STATIC
        ports:
        - {number: 80, name: http, protocol: HTTP, targetPort: 8080}
        - {number: 90, name: tcp, protocol: TCP, targetPort: 9000}
        endpoints: [{address: 10.2.0.1, serviceAccount: api, labels: {app: api}}]
      """;

  private static final String AUTHORIZER =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: authz, namespace: foo}
      spec:
        hosts: [authz.example]
        location: MESH_INTERNAL
        resolution: STATIC
        ports: [{number: 8000, name: http, protocol: HTTP}]
        endpoints: [{address: 10.2.0.2}]
      """;

  private final World.Client client;

  Judge(World world) {
    PushContext context = world.with(SERVICE).with(AUTHORIZER).context();
    ClientView view =
        new ClientView("foo", Map.of("app", "api"), "", Dialect.LIBRARY).withIdentity(true);
    this.client = new World.Client(context, context.canonical(view));
  }

  InboundListener listener(int port) {
    return ListenersRead.inbound(
        client.listener("xds.istio.io/grpc/lds/inbound/" + ADDRESS + ":" + port).orElseThrow());
  }

  InboundEngine engine(int port) {
    return InboundEngine.compile(listener(port).policy(), JwksSource.NONE, () -> 0);
  }
}
