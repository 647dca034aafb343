package io.librarymesh.testkit.conformance;

import io.librarymesh.config.ConfigSource;
import java.util.Map;
import java.util.Set;

/**
 * Translates Istio's resources as the control plane does and reads the result as the engine does.
 * Lives where the control plane is known; drivers that are given one declare {@code istio}.
 */
@FunctionalInterface
public interface IstioCompiler {
  /**
   * What each target of the world comes to.
   *
   * @param world its endpoints are bound: addresses and ports are those to send to
   * @return by {@code host:port}; every target has an entry
   * @throws RejectedConfigException when a resource is refused; the message has file or resource,
   *     field and reason
   */
  Map<String, ConfigSource.Update> compile(Given.IstioWorld world) throws Exception;

  /** Which of the features that begin with {@code istio} it has. */
  default Set<String> features() {
    return Set.of("istio");
  }

  /** Which of them it lacks and is to have; see {@link ConformanceDriver#awaitedFeatures}. */
  default Set<String> awaitedFeatures() {
    return Set.of();
  }
}
