package io.librarymesh.cli.demo;

/** The YAML of the chapters: as it would stand in a repository, nothing generated about it. */
final class Rules {
  private Rules() {}

  static final String SERVICES =
      """
      apiVersion: v1
      kind: Service
      metadata:
        name: helloweb
      spec:
        selector:
          app: helloweb
        ports:
          - port: 3000
            name: http
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: greeter-service
      spec:
        selector:
          app: greeter-service
        ports:
          - port: 3000
            name: http
      """;

  private static final String SUBSETS =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata:
        name: greeter-service
      spec:
        host: greeter-service
        subsets:
          - name: v1
            labels:
              version: v1
          - name: v2
            labels:
              version: v2
          - name: v3
            labels:
              version: v3
      ---
      """;

  private static final String ROUTES =
      """
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata:
        name: greeter-service
      spec:
        hosts:
          - greeter-service
        http:
      """;

  static final String ALL_TO_V1 =
      SUBSETS + ROUTES + "    - name: all-to-v1\n      route:\n" + destination("v1", 100);

  static String split(int v1, int v2, int v3) {
    StringBuilder yaml = new StringBuilder(SUBSETS).append(ROUTES);
    yaml.append("    - name: split-%d-%d-%d\n      route:\n".formatted(v1, v2, v3));
    yaml.append(destination("v1", v1)).append(destination("v2", v2));
    return v3 == 0 ? yaml.toString() : yaml.append(destination("v3", v3)).toString();
  }

  static final String BY_HEADER =
      SUBSETS
          + ROUTES
          + """
              - name: firefox
                match:
                  - headers:
                      user-agent:
                        regex: '.*Firefox.*'
                route:
                  - destination:
                      host: greeter-service
                      subset: v2
              - name: alpha
                match:
                  - headers:
                      x-user:
                        exact: alpha
                route:
                  - destination:
                      host: greeter-service
                      subset: v3
              - name: everybody-else
                route:
                  - destination:
                      host: greeter-service
                      subset: v1
          """;

  static final String TIMEOUT =
      SUBSETS
          + ROUTES
          + """
              - name: timeout
                route:
                  - destination:
                      host: greeter-service
                      subset: v2
                timeout: 300ms
          """;

  static final String NO_RETRIES =
      ROUTES
          + """
              - name: no-retries
                route:
                  - destination:
                      host: greeter-service
                retries:
                  attempts: 0
          """;

  static final String RETRIES =
      ROUTES
          + """
              - name: retries
                route:
                  - destination:
                      host: greeter-service
                retries:
                  attempts: 2
                  perTryTimeout: 1s
                  retryOn: 5xx
          """;

  static final String OUTLIERS =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata:
        name: greeter-service
      spec:
        host: greeter-service
        trafficPolicy:
          outlierDetection:
            consecutive5xxErrors: 3
            interval: 1s
            baseEjectionTime: 3s
            maxEjectionPercent: 100
      ---
      """
          + ROUTES
          + """
              - name: outliers
                route:
                  - destination:
                      host: greeter-service
                retries:
                  attempts: 0
          """;

  static final String DELAY =
      SUBSETS
          + ROUTES
          + """
              - name: delay
                fault:
                  delay:
                    percentage:
                      value: 50
                    fixedDelay: 2s
                route:
                  - destination:
                      host: greeter-service
                      subset: v1
          """;

  static final String ABORT =
      SUBSETS
          + ROUTES
          + """
              - name: abort
                fault:
                  abort:
                    percentage:
                      value: 70
                    httpStatus: 501
                route:
                  - destination:
                      host: greeter-service
                      subset: v1
          """;

  static final String ALL_TO_V3 =
      SUBSETS + ROUTES + "    - name: all-to-v3\n      route:\n" + destination("v3", 100);

  static final String STRICT =
      """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata:
        name: greeter-service
      spec:
        selector:
          matchLabels:
            app: greeter-service
        mtls:
          mode: STRICT
      ---
      """
          + SUBSETS
          + ROUTES
          + "    - name: strict\n      route:\n"
          + destination("v1", 100);

  /** As the workshop has it, with the keys in place of an address of keys. */
  static String token(String jwks) {
    return """
      apiVersion: authentication.istio.io/v1alpha1
      kind: Policy
      metadata:
        name: user-jwt
      spec:
        targets:
          - name: helloweb
        peers:
          - mtls:
              mode: PERMISSIVE
        origins:
          - jwt:
              issuer: testing@secure.istio.io
              jwks: '%s'
        principalBinding: USE_ORIGIN
      """
        .formatted(jwks);
  }

  static final String RBAC_ON =
      """
      apiVersion: rbac.istio.io/v1alpha1
      kind: ClusterRbacConfig
      metadata:
        name: default
      spec:
        mode: ON_WITH_INCLUSION
        inclusion:
          services:
            - helloweb.default.svc.cluster.local
      ---
      """;

  static final String ROLE =
      """
      apiVersion: rbac.istio.io/v1alpha1
      kind: ServiceRole
      metadata:
        name: foo-role
      spec:
        rules:
          - services: ["helloweb.default.svc.cluster.local"]
            methods: ["*"]
      ---
      apiVersion: rbac.istio.io/v1alpha1
      kind: ServiceRoleBinding
      metadata:
        name: foo-binding
      spec:
        subjects:
          - user: "*"
            properties:
              request.auth.claims[foo]: bar
        roleRef:
          kind: ServiceRole
          name: foo-role
      ---
      """;

  private static String destination(String subset, int weight) {
    return """
            - destination:
                host: greeter-service
                subset: %s
              weight: %d
    """
        .formatted(subset, weight);
  }
}
