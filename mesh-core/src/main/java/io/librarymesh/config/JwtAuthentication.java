package io.librarymesh.config;

import java.util.List;
import java.util.Map;

/**
 * Asks requests for tokens. Source: Envoy {@code http.jwt_authn.v3.JwtAuthentication}, of which it
 * is one rule for all paths.
 *
 * @param providers who issues tokens, by the names that the requirement uses
 * @param requirement what every request needs
 * @param bypassCorsPreflight whether preflight requests of browsers need nothing
 */
public record JwtAuthentication(
    Map<String, JwtProvider> providers, JwtRequirement requirement, boolean bypassCorsPreflight)
    implements InboundFilter {
  /**
   * @throws IllegalArgumentException if the requirement names a provider that there is not
   */
  public JwtAuthentication {
    providers = Map.copyOf(providers);
    checkNames(requirement, providers);
  }

  private static void checkNames(JwtRequirement requirement, Map<String, JwtProvider> providers) {
    if (requirement instanceof JwtRequirement.Provider provider
        && !providers.containsKey(provider.name())) {
      throw new IllegalArgumentException(
          "provider: " + provider.name() + " (expected: one of " + providers.keySet() + ")");
    }
    List<JwtRequirement> inner =
        requirement instanceof JwtRequirement.Some some
            ? some.requirements()
            : requirement instanceof JwtRequirement.All all ? all.requirements() : List.of();
    inner.forEach(one -> checkNames(one, providers));
  }
}
