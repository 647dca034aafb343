package io.librarymesh.xds;

import io.librarymesh.config.AdaptiveConcurrency;
import io.librarymesh.config.AdaptiveConcurrency.MinRtt;
import java.util.Optional;

/**
 * Reads the adaptive bound of a rule, which has the fields of Envoy's GradientControllerConfig in
 * their JSON form. What is left out has Envoy's default; the two intervals, which have none there,
 * have those of Envoy's example.
 */
final class AdaptiveConcurrencyReader {
  private static final long MILLISECOND = 1_000_000L;
  private static final int DEFAULT_LIMIT = 1000;
  private static final int DEFAULT_MINIMUM = 3;
  private static final int DEFAULT_REQUESTS = 50;
  private static final double DEFAULT_JITTER = 15;
  private static final double DEFAULT_BUFFER = 25;

  private final Findings findings;

  private AdaptiveConcurrencyReader(Findings findings) {
    this.findings = findings;
  }

  static AdaptiveConcurrency read(StructFields fields, Findings findings) {
    return new AdaptiveConcurrencyReader(findings).adaptive(fields);
  }

  private AdaptiveConcurrency adaptive(StructFields fields) {
    StructFields limit = fields.messageOrEmpty("concurrencyLimitParams");
    int most = atLeastOne(limit, "maxConcurrencyLimit", DEFAULT_LIMIT);
    long interval = atLeastOneMilli(limit, "concurrencyUpdateInterval", 100 * MILLISECOND);
    limit.end();
    double percentile = percent(fields, "sampleAggregatePercentile", 50);
    if (percentile == 0) {
      findings.error(fields.at("sampleAggregatePercentile"), "0 (expected: > 0)");
      percentile = 50;
    }
    StructFields minRtt = fields.messageOrEmpty("minRttCalcParams");
    AdaptiveConcurrency adaptive =
        new AdaptiveConcurrency(percentile, most, interval, minRtt(minRtt));
    minRtt.end();
    fields.end();
    return adaptive;
  }

  private MinRtt minRtt(StructFields fields) {
    return new MinRtt(
        atLeastOne(fields, "minConcurrency", DEFAULT_MINIMUM),
        percent(fields, "buffer", DEFAULT_BUFFER),
        fields.nanos("fixedValue", 0),
        atLeastOneMilli(fields, "interval", 60_000 * MILLISECOND),
        percent(fields, "jitter", DEFAULT_JITTER),
        atLeastOne(fields, "requestCount", DEFAULT_REQUESTS));
  }

  private int atLeastOne(StructFields fields, String name, int otherwise) {
    int value = fields.integer(name, otherwise);
    if (value < 1) {
      findings.error(fields.at(name), value + " (expected: >= 1)");
      return otherwise;
    }
    return value;
  }

  private long atLeastOneMilli(StructFields fields, String name, long otherwise) {
    long nanos = fields.nanos(name, otherwise);
    if (nanos < MILLISECOND) {
      findings.error(fields.at(name), nanos + " ns (expected: >= " + MILLISECOND + " ns)");
      return otherwise;
    }
    return nanos;
  }

  private double percent(StructFields fields, String name, double otherwise) {
    Optional<StructFields> written = fields.message(name);
    if (written.isEmpty()) {
      return otherwise;
    }
    double value = written.get().number("value", 0);
    written.get().end();
    if (!(value >= 0 && value <= 100)) {
      findings.error(fields.at(name).field("value"), value + " (expected: 0..100)");
      return otherwise;
    }
    return value;
  }
}
