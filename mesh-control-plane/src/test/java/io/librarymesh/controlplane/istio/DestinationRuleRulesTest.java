package io.librarymesh.controlplane.istio;

import static io.librarymesh.controlplane.istio.Snippets.destinationRule;
import static io.librarymesh.controlplane.istio.Snippets.policy;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Istio's admission refuses in a DestinationRule, and what it takes. */
final class DestinationRuleRulesTest {
  private static final String AT = "spec.trafficPolicy.";

  private static Arguments refused(String text, String path, String words) {
    return Arguments.of(text, path, words);
  }

  private static Arguments refusedPolicy(String policy, String path, String words) {
    return Arguments.of(policy(policy), AT + path, words);
  }

  static Stream<Arguments> wholeResource() {
    return Stream.of(
        refused(destinationRule("{subsets: []}"), "spec.host", "missing"),
        refused(destinationRule("{host: 'a b'}"), "spec.host", "DNS name"),
        refused(destinationRule("{host: a, exportTo: ['~']}"), "spec.exportTo[0]", "ServiceEntry"),
        refused(
            destinationRule("{host: a, workloadSelector: {matchLabels: {'a*': b}}}"),
            "spec.workloadSelector.matchLabels[\"a*\"]",
            "no wildcard"),
        refused(
            destinationRule("{host: a, exportTo: [b], workloadSelector: {matchLabels: {a: b}}}"),
            "spec.exportTo",
            "beside a workloadSelector"),
        refused(destinationRule("{host: a, subsets: [{}]}"), "spec.subsets[0].name", "missing"),
        refused(
            destinationRule("{host: a, subsets: [{name: a.b}]}"),
            "spec.subsets[0].name",
            "DNS label"),
        refused(
            destinationRule("{host: a, subsets: [{name: v1}, {name: v1}]}"),
            "spec.subsets[1].name",
            "every subset name once"),
        refused(
            destinationRule("{host: a, subsets: [{name: v1, labels: {a: 'b c'}}]}"),
            "spec.subsets[0].labels.a",
            "label value"),
        refused(
            destinationRule("{host: a, subsets: [{name: v1, trafficPolicy: {}}]}"),
            "spec.subsets[0].trafficPolicy",
            "at least one field"),
        refused(policy("{}"), "spec.trafficPolicy", "at least one field"),
        refusedPolicy(
            "{portLevelSettings: [{tls: {mode: SIMPLE}}]}", "portLevelSettings[0]", "no port"),
        refusedPolicy(
            "{portLevelSettings: [{port: {number: 80}}]}", "portLevelSettings[0]", "no policy"),
        refusedPolicy(
            "{portLevelSettings: [{port: {number: 0}, tls: {mode: SIMPLE}}]}",
            "portLevelSettings[0].port.number",
            "65535"),
        refused(
            policy("{tunnel: {targetHost: a.com, targetPort: 1}, proxyProtocol: {version: V1}}"),
            "spec.trafficPolicy",
            "tunnel and proxyProtocol together"),
        refusedPolicy(
            "{tunnel: {protocol: GET, targetHost: a.com, targetPort: 1}}",
            "tunnel.protocol",
            "CONNECT or POST"),
        refusedPolicy(
            "{tunnel: {targetHost: '*.a.com', targetPort: 1}}", "tunnel.targetHost", "DNS name"),
        refusedPolicy("{tunnel: {targetHost: a.com}}", "tunnel.targetPort", "65535"),
        refusedPolicy("{proxyProtocol: {version: V3}}", "proxyProtocol.version", "V1, V2"),
        refusedPolicy("{retryBudget: {percent: 101}}", "retryBudget.percent", "from 0 to 100"));
  }

  static Stream<Arguments> connectionPool() {
    return Stream.of(
        refusedPolicy("{connectionPool: {}}", "connectionPool", "at least one of tcp and http"),
        refusedPolicy(
            "{connectionPool: {tcp: {maxConnections: -1}}}",
            "connectionPool.tcp.maxConnections",
            "0 or more"),
        refusedPolicy(
            "{connectionPool: {tcp: {connectTimeout: 0s}}}",
            "connectionPool.tcp.connectTimeout",
            "at least 1ms"),
        refusedPolicy(
            "{connectionPool: {tcp: {maxConnectionDuration: 0s}}}",
            "connectionPool.tcp.maxConnectionDuration",
            "at least 1ms"),
        refusedPolicy(
            "{connectionPool: {tcp: {idleTimeout: 10us}}}",
            "connectionPool.tcp.idleTimeout",
            "whole milliseconds"),
        refusedPolicy(
            "{connectionPool: {tcp: {tcpKeepalive: {time: 0s}}}}",
            "connectionPool.tcp.tcpKeepalive.time",
            "at least 1ms"),
        refusedPolicy(
            "{connectionPool: {tcp: {tcpKeepalive: {probes: -1}}}}",
            "connectionPool.tcp.tcpKeepalive.probes",
            "whole number from 0"),
        refusedPolicy(
            "{connectionPool: {http: {http1MaxPendingRequests: -1}}}",
            "connectionPool.http.http1MaxPendingRequests",
            "0 or more"),
        refusedPolicy(
            "{connectionPool: {http: {http2MaxRequests: -1}}}",
            "connectionPool.http.http2MaxRequests",
            "0 or more"),
        refusedPolicy(
            "{connectionPool: {http: {maxRequestsPerConnection: -1}}}",
            "connectionPool.http.maxRequestsPerConnection",
            "0 or more"),
        refusedPolicy(
            "{connectionPool: {http: {maxRetries: -1}}}",
            "connectionPool.http.maxRetries",
            "0 or more"),
        refusedPolicy(
            "{connectionPool: {http: {maxConcurrentStreams: -1}}}",
            "connectionPool.http.maxConcurrentStreams",
            "0 or more"),
        refusedPolicy(
            "{connectionPool: {http: {idleTimeout: 0s}}}",
            "connectionPool.http.idleTimeout",
            "at least 1ms"),
        refusedPolicy(
            "{connectionPool: {http: {h2UpgradePolicy: UPGRADE, useClientProtocol: true}}}",
            "connectionPool.http.h2UpgradePolicy",
            "together with useClientProtocol"),
        refusedPolicy(
            "{connectionPool: {http: {http2KeepAlive: {interval: 1s}}}}",
            "connectionPool.http.http2KeepAlive.timeout",
            "missing"),
        refusedPolicy(
            "{connectionPool: {http: {http2KeepAlive: {interval: 0s, timeout: 1s}}}}",
            "connectionPool.http.http2KeepAlive.interval",
            "at least 1ms"));
  }

  static Stream<Arguments> outlierDetection() {
    return Stream.of(
        refusedPolicy("{outlierDetection: {interval: 0s}}", "outlierDetection.interval", "1ms"),
        refusedPolicy(
            "{outlierDetection: {baseEjectionTime: 1us}}",
            "outlierDetection.baseEjectionTime",
            "1ms"),
        refusedPolicy(
            "{outlierDetection: {maxEjectionPercent: 101}}",
            "outlierDetection.maxEjectionPercent",
            "from 0 to 100"),
        refusedPolicy(
            "{outlierDetection: {minHealthPercent: -1}}",
            "outlierDetection.minHealthPercent",
            "from 0 to 100"),
        refusedPolicy(
            "{outlierDetection: {consecutive5xxErrors: -1}}",
            "outlierDetection.consecutive5xxErrors",
            "whole number from 0"),
        refusedPolicy(
            "{outlierDetection: {consecutiveLocalOriginFailures: 3}}",
            "outlierDetection.consecutiveLocalOriginFailures",
            "without splitExternalLocalOriginErrors"),
        refusedPolicy(
            "{outlierDetection: {outlierDetectionHttpErrorCodes: [600]}}",
            "outlierDetection.outlierDetectionHttpErrorCodes[0]",
            "from 100 to 599"));
  }

  static Stream<Arguments> loadBalancer() {
    String hash = "loadBalancer.consistentHash";
    String locality = "loadBalancer.localityLbSetting";
    return Stream.of(
        refusedPolicy("{loadBalancer: {simple: LEAST}}", "loadBalancer.simple", "one of UNSPEC"),
        refusedPolicy(
            "{loadBalancer: {simple: RANDOM, consistentHash: {useSourceIp: true}}}",
            "loadBalancer",
            "simple and consistentHash together"),
        refusedPolicy(
            "{loadBalancer: {consistentHash: {useSourceIp: true, httpHeaderName: x}}}",
            hash,
            "more than one of"),
        refusedPolicy(
            "{loadBalancer: {consistentHash: {httpCookie: {ttl: 0s}}}}",
            hash + ".httpCookie.name",
            "missing"),
        refusedPolicy(
            "{loadBalancer: {consistentHash: {httpCookie: {name: a, attributes: [{name: b}, {name:"
                + " b}]}}}}",
            hash + ".httpCookie.attributes[1].name",
            "every attribute once"),
        refusedPolicy(
            "{loadBalancer: {consistentHash: {httpHeaderName: x, maglev: {tableSize: 65536}}}}",
            hash + ".maglev.tableSize",
            "a prime"),
        refusedPolicy(
            "{loadBalancer: {consistentHash: {httpHeaderName: x, maglev: {tableSize: 5000011}}}}",
            hash + ".maglev.tableSize",
            "a prime below 5000011"),
        refusedPolicy(
            "{loadBalancer: {consistentHash: {httpHeaderName: x, maglev: {}}}}",
            hash + ".maglev.tableSize",
            "missing (expected: a prime"),
        refusedPolicy(
            "{loadBalancer: {consistentHash: {httpHeaderName: x, minimumRingSize: 8, ringHash: {}}}}",
            hash + ".minimumRingSize",
            "together with ringHash"),
        refusedPolicy(
            "{loadBalancer: {warmup: {minimumPercent: 10}}}",
            "loadBalancer.warmup.duration",
            "missing"),
        refusedPolicy(
            "{loadBalancer: {warmup: {duration: 1s, minimumPercent: 101}}}",
            "loadBalancer.warmup.minimumPercent",
            "from 0 to 100"),
        refusedPolicy(
            "{loadBalancer: {warmup: {duration: 1s, aggression: 0}}}",
            "loadBalancer.warmup.aggression",
            "above 0"),
        refusedPolicy(
            "{loadBalancer: {warmupDurationSecs: 0s}}", "loadBalancer.warmupDurationSecs", "1ms"),
        refusedPolicy(
            "{loadBalancer: {localityLbSetting: {}, zoneAwareLbSetting: {}}}",
            "loadBalancer",
            "localityLbSetting and zoneAwareLbSetting together"),
        refusedPolicy(
            "{outlierDetection: {}, loadBalancer: {localityLbSetting: {distribute: [{from: a, to:"
                + " {b: 100}}], failover: [{from: a, to: b}]}}}",
            locality,
            "distribute and failover together"),
        refusedPolicy(
            "{loadBalancer: {localityLbSetting: {distribute: [{from: a, to: {b: 99}}]}}}",
            locality + ".distribute[0].to",
            "add up to 99"),
        refusedPolicy(
            "{loadBalancer: {localityLbSetting: {distribute: [{from: a, to: {b: 0, c: 100}}]}}}",
            locality + ".distribute[0].to.b",
            "from 1 to 100"),
        refusedPolicy(
            "{loadBalancer: {localityLbSetting: {distribute: [{from: 'a/*/c', to: {b: 100}}]}}}",
            locality + ".distribute[0].from",
            "only at the end"),
        refusedPolicy(
            "{loadBalancer: {localityLbSetting: {distribute: [{from: a, to: {b: 50, b/c: 50}}]}}}",
            locality + ".distribute[0].to[\"b/c\"]",
            "no overlap with b"),
        refusedPolicy(
            "{outlierDetection: {}, loadBalancer: {localityLbSetting: {failover: [{from: a, to:"
                + " a}]}}}",
            locality + ".failover[0].to",
            "another region"),
        refusedPolicy(
            "{outlierDetection: {}, loadBalancer: {localityLbSetting: {failover: [{from: a/b, to:"
                + " c}]}}}",
            locality + ".failover[0].from",
            "a region"),
        refusedPolicy(
            "{outlierDetection: {}, loadBalancer: {localityLbSetting: {failover: [{from: a, to:"
                + " c}], failoverPriority: [topology.kubernetes.io/region]}}}",
            locality + ".failoverPriority[0]",
            "no topology label"),
        refusedPolicy(
            "{loadBalancer: {zoneAwareLbSetting: {failoverPriority: [topology.kubernetes.io/zone]}}}",
            "loadBalancer.zoneAwareLbSetting.failoverPriority[0]",
            "other than the topology's"));
  }

  static Stream<Arguments> tls() {
    return Stream.of(
        refusedPolicy(
            "{tls: {mode: MUTUAL, clientCertificate: c}}", "tls.privateKey", "for mode MUTUAL"),
        refusedPolicy("{tls: {mode: MUTUAL, privateKey: k}}", "tls.clientCertificate", "missing"),
        refusedPolicy(
            "{tls: {mode: SIMPLE, credentialName: s, caCertificates: c}}",
            "tls.caCertificates",
            "together with credentialName"),
        refusedPolicy(
            "{tls: {mode: SIMPLE, credentialName: s, caCrl: c}}", "tls.caCrl", "credentialName"),
        refusedPolicy(
            "{tls: {mode: SIMPLE, credentialName: configmap://other/ca}}",
            "tls.credentialName",
            "namespace default"),
        refusedPolicy(
            "{tls: {mode: SIMPLE, insecureSkipVerify: true, caCertificates: c}}",
            "tls.caCertificates",
            "insecureSkipVerify"),
        refusedPolicy(
            "{tls: {mode: SIMPLE, insecureSkipVerify: true, subjectAltNames: [a]}}",
            "tls.subjectAltNames",
            "insecureSkipVerify"),
        refusedPolicy(
            "{tls: {mode: SIMPLE, insecureSkipVerify: true, credentialName: a}}",
            "tls.credentialName",
            "insecureSkipVerify"));
  }

  @ParameterizedTest
  @MethodSource({"wholeResource", "connectionPool", "outlierDetection", "loadBalancer", "tls"})
  void whatIstioRefusesIsRefusedOnceAtItsPlace(String text, String path, String words) {
    Snippets.assertRefused(text, path, words);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{host: '*.example.com'}",
        "{host: reviews, subsets: [{name: v1}, {name: v2, labels: {}}]}",
        "{host: reviews, trafficPolicy: {outlierDetection: {}}}",
        "{host: reviews, trafficPolicy: {outlierDetection: {maxEjectionPercent: 100,"
            + " minHealthPercent: 0, splitExternalLocalOriginErrors: true,"
            + " consecutiveLocalOriginFailures: 1}}}",
        "{host: reviews, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}",
        "{host: reviews, trafficPolicy: {loadBalancer: {simple: LEAST_CONN}}}",
        "{host: reviews, trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: a, ttl:"
            + " 0s, attributes: [{name: SameSite, value: Strict}]}}}}}",
        "{host: reviews, trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x, maglev:"
            + " {tableSize: 65537}}}}}",
        "{host: reviews, trafficPolicy: {connectionPool: {tcp: {maxConnections: 1, connectTimeout:"
            + " 1ms}, http: {http1MaxPendingRequests: 1, http2MaxRequests: 2, maxRetries: 3}}}}",
        "{host: reviews, trafficPolicy: {portLevelSettings: [{port: {number: 80}, loadBalancer:"
            + " {simple: LEAST_REQUEST}}]}}",
        "{host: reviews, trafficPolicy: {tls: {mode: DISABLE}}}",
        "{host: reviews, trafficPolicy: {loadBalancer: {warmup: {duration: 30s, minimumPercent: 0,"
            + " aggression: 1.5}}}}",
        "{host: reviews, trafficPolicy: {loadBalancer: {localityLbSetting: {distribute: [{from:"
            + " 'a/*', to: {b/c: 80, d: 20}}]}}}}",
        "{host: reviews, trafficPolicy: {outlierDetection: {}, loadBalancer: {localityLbSetting:"
            + " {failover: [{from: a, to: b}], failoverPriority: [app=x]}}}}",
      })
  void whatIstioTakesIsTaken(String spec) {
    Snippets.assertAccepted(destinationRule(spec));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{tls: {mode: MUTUAL, credentialName: secret}}",
        "{tls: {mode: SIMPLE, credentialName: configmap://default/ca}}",
        "{tls: {mode: SIMPLE, caCrl: /crl.pem}}",
        "{tunnel: {targetHost: 10.0.0.1, targetPort: 443, protocol: POST}}",
        "{proxyProtocol: {version: V2}}",
        "{retryBudget: {percent: 0, minRetryConcurrency: 1, budgetInterval: 0s}}",
        "{connectionPool: {tcp: {idleTimeout: 0s, tcpKeepalive: {probes: 3, time: 7200s}}}}",
        "{connectionPool: {http: {http2KeepAlive: {interval: 1s, timeout: 1s}}}}",
        "{loadBalancer: {zoneAwareLbSetting: {minClusterSize: 3}}}",
      })
  void whatIsNotInForceYetIsCheckedAndTakenWithAWarning(String policy) {
    assertThat(Snippets.errors(policy(policy))).isEmpty();
    assertThat(Snippets.warnings(policy(policy)))
        .isNotEmpty()
        .allMatch(warning -> warning.message().startsWith("accepted but not in force yet: "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{mode: DISABLE}",
        "{}",
        "{mode: SIMPLE, caCertificates: /ca.pem, subjectAltNames: [a.b], sni: a.b}",
        "{mode: SIMPLE, insecureSkipVerify: true}",
        "{mode: MUTUAL, clientCertificate: /c, privateKey: /k}",
        "{mode: ISTIO_MUTUAL}"
      })
  void tlsIsInForce(String tls) {
    assertThat(Snippets.warnings(policy("{tls: %s}".formatted(tls)))).isEmpty();
    assertThat(
            Snippets.warnings(
                policy("{portLevelSettings: [{port: {number: 80}, tls: %s}]}".formatted(tls))))
        .isEmpty();
  }

  static Stream<Arguments> warned() {
    return Stream.of(
        refusedPolicy(
            "{portLevelSettings: [{port: {number: 80}, outlierDetection: {}}, {port: {number: 80},"
                + " outlierDetection: {}}]}",
            "portLevelSettings[1]",
            "only its first entry counts"),
        refusedPolicy(
            "{connectionPool: {tcp: {maxConnections: 0}}}",
            "connectionPool.tcp.maxConnections",
            "sets no limit"));
  }

  @ParameterizedTest
  @MethodSource("warned")
  void whatIsValidButUselessIsWarnedOf(String text, String path, String words) {
    Snippets.assertWarned(text, path, words);
  }
}
