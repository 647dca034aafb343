package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.HttpRetry;
import java.time.Duration;
import java.util.Optional;

/**
 * What holds for the whole mesh; the part of Istio's {@code MeshConfig} that decides what clients
 * get.
 *
 * @param outboundTrafficPolicy what becomes of calls to hosts that nobody declared
 * @param domain the cluster domain, which completes short names
 * @param rootNamespace the namespace whose DestinationRules serve all others
 * @param connectTimeout the limit of connecting where no DestinationRule has one
 * @param defaultHttpRetryPolicy the retry policy of rules that have none; absent means Istio's
 *     built-in one
 * @param pathNormalization how paths are brought into one form
 */
public record MeshConfig(
    OutboundTrafficPolicy outboundTrafficPolicy,
    String domain,
    String rootNamespace,
    Duration connectTimeout,
    Optional<HttpRetry> defaultHttpRetryPolicy,
    PathNormalization pathNormalization) {

  /** Istio's defaults. */
  public static final MeshConfig DEFAULT =
      new MeshConfig(
          OutboundTrafficPolicy.ALLOW_ANY,
          "cluster.local",
          "istio-system",
          Duration.ofSeconds(10),
          Optional.empty(),
          PathNormalization.BASE);

  /** The same with another outbound traffic policy. */
  public MeshConfig withOutboundTrafficPolicy(OutboundTrafficPolicy policy) {
    return new MeshConfig(
        policy, domain, rootNamespace, connectTimeout, defaultHttpRetryPolicy, pathNormalization);
  }

  /** The same with another retry policy for rules that have none. */
  public MeshConfig withDefaultHttpRetryPolicy(HttpRetry policy) {
    return new MeshConfig(
        outboundTrafficPolicy,
        domain,
        rootNamespace,
        connectTimeout,
        Optional.of(policy),
        pathNormalization);
  }

  /** The same with another path normalization. */
  public MeshConfig withPathNormalization(PathNormalization normalization) {
    return new MeshConfig(
        outboundTrafficPolicy,
        domain,
        rootNamespace,
        connectTimeout,
        defaultHttpRetryPolicy,
        normalization);
  }
}
