package io.librarymesh;

import io.librarymesh.config.UpstreamTls;
import io.librarymesh.identity.Identity;
import io.librarymesh.identity.IdentitySource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * With what this process speaks TLS to endpoints: one {@link EndpointTls} for each that is asked
 * for, and a new one when the identity is replaced. Any thread.
 */
final class UpstreamIdentities {
  /** More than one process calls clusters; beyond it, what is out of date is dropped. */
  private static final int MAX_KEPT = 1024;

  private static final Logger LOG = System.getLogger(UpstreamIdentities.class.getName());

  private final @Nullable IdentitySource source;
  private final Map<UpstreamTls, EndpointTls> kept = new ConcurrentHashMap<>();
  private final Set<UpstreamTls> warned = ConcurrentHashMap.newKeySet();

  UpstreamIdentities(@Nullable IdentitySource source) {
    this.source = source;
  }

  /** Who this workload is now; null when that is not known. */
  @Nullable Identity current() {
    return source == null ? null : source.current().orElse(null);
  }

  /** Why there is no identity. */
  String whyNone() {
    if (source == null) {
      return "this process has no identity (expected: Mesh.builder(...).identity(...))";
    }
    return "there is no identity yet" + source.problem().map(why -> ": " + why).orElse("");
  }

  /** TLS as it is asked for, with the identity of now. */
  EndpointTls to(UpstreamTls asked) {
    EndpointTls tls = kept.get(asked);
    if (tls != null && tls.isCurrent()) {
      return tls;
    }
    if (kept.size() >= MAX_KEPT) {
      kept.values().removeIf(old -> !old.isCurrent());
    }
    return kept.compute(
        asked,
        (key, now) ->
            now != null && now.isCurrent()
                ? now
                : new EndpointTls(key, key.needsIdentity() ? current() : null, this));
  }

  /** Whether {@code tls}, null for plain text, is what is asked for now. */
  static boolean fits(@Nullable EndpointTls tls, Optional<UpstreamTls> asked, String hostname) {
    if (tls == null || asked.isEmpty()) {
      return tls == null && asked.isEmpty();
    }
    return tls.isCurrent() && tls.asked().equals(asked.get().towards(hostname));
  }

  void warnOfAnybody(UpstreamTls asked) {
    if (warned.size() < MAX_KEPT && warned.add(asked)) {
      LOG.log(
          Level.WARNING,
          "library-mesh: insecureSkipVerify: anybody is believed to be {0}",
          asked.sni().isEmpty() ? "a server of a cluster" : asked.sni());
    }
  }
}
