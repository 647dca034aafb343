package io.librarymesh.kubernetes;

/** Objects as an API server has them. */
final class Manifests {
  private Manifests() {}

  static String service(String namespace, String name) {
    return """
        apiVersion: v1
        kind: Service
        metadata:
          name: %s
          namespace: %s
          uid: 4f0c0a1e-0000-0000-0000-000000000001
          creationTimestamp: 2026-01-02T03:04:05Z
        spec:
          clusterIP: 10.96.0.7
          clusterIPs: [10.96.0.7]
          internalTrafficPolicy: Cluster
          ipFamilies: [IPv4]
          ipFamilyPolicy: SingleStack
          ports:
          - {name: http, port: 80, protocol: TCP, targetPort: 8080}
          selector: {app: %s}
          sessionAffinity: None
          type: ClusterIP
        status: {loadBalancer: {}}
        """
        .formatted(name, namespace, name);
  }

  static String virtualService(String namespace, String name, String rule) {
    return """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: %s, namespace: %s}
        spec:
          hosts: [%s]
          http: [%s]
        """
        .formatted(name, namespace, name, rule);
  }

  static String slice(String namespace, String name, String service, String endpoints) {
    return """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: %s
          namespace: %s
          labels: {kubernetes.io/service-name: %s}
        addressType: IPv4
        ports:
        - {name: http, port: 8080, protocol: TCP}
        endpoints: [%s]
        """
        .formatted(name, namespace, service, endpoints);
  }

  static String pod(String namespace, String name, String labels) {
    return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: %s, labels: {%s}}
        spec: {serviceAccountName: greeter, containers: [{name: main, image: none}]}
        """
        .formatted(name, namespace, labels);
  }

  /** A pod of node n1 that listens on the port {@code web}, 9090; its label app is its name. */
  static String runningPod(
      String namespace, String name, String address, String phase, String ready) {
    return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: %s, labels: {app: %s}}
        spec:
          nodeName: n1
          serviceAccountName: greeter
          containers:
          - name: main
            image: none
            ports:
            - {name: web, containerPort: 9090, protocol: TCP}
            - {name: dns, containerPort: 53, protocol: UDP}
        status:
          podIP: %s
          phase: %s
          conditions: [{type: Ready, status: "%s"}]
        """
        .formatted(name, namespace, name, address, phase, ready);
  }

  static String namespace(String name, String annotations) {
    return """
        apiVersion: v1
        kind: Namespace
        metadata:
          name: %s
          annotations: {%s}
        """
        .formatted(name, annotations);
  }

  static String node(String name, String region, String zone) {
    return """
        apiVersion: v1
        kind: Node
        metadata:
          name: %s
          labels: {topology.kubernetes.io/region: %s, topology.kubernetes.io/zone: %s}
        """
        .formatted(name, region, zone);
  }
}
