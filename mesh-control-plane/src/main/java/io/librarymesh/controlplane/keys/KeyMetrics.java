package io.librarymesh.controlplane.keys;

import io.librarymesh.controlplane.metrics.Amount;
import io.librarymesh.controlplane.metrics.Metrics;

/** What is counted of keys; istiod's names where it has the number. */
public final class KeyMetrics {
  private final Amount successes;
  private final Amount failures;
  private final Amount sources;
  private final Amount missing;

  /** Names them all; each is there from the start, with zeros. */
  public KeyMetrics(Metrics metrics) {
    successes =
        metrics
            .counter(
                "pilot_jwks_resolver_network_fetch_success_total",
                "Times that the keys of an issuer were fetched.")
            .with();
    failures =
        metrics
            .counter(
                "pilot_jwks_resolver_network_fetch_fail_total",
                "Times that the keys of an issuer could not be fetched.")
            .with();
    sources =
        metrics.gauge("librarymesh_jwks_sources", "Places that keys are fetched from.").with();
    missing =
        metrics
            .gauge("librarymesh_jwks_missing", "Those of which there are no keys to be used.")
            .with();
  }

  void fetched(boolean well) {
    (well ? successes : failures).increment();
  }

  void known(int all, int without) {
    sources.set(all);
    missing.set(without);
  }
}
