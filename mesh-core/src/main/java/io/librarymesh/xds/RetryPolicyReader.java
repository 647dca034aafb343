package io.librarymesh.xds;

import io.librarymesh.config.RetryOn;
import io.librarymesh.config.RetryPolicy.BackOff;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Reads which attempts are repeated. Source: Envoy {@code route.v3.RetryPolicy}. */
final class RetryPolicyReader {
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  private RetryPolicyReader() {}

  static io.librarymesh.config.RetryPolicy read(
      RetryPolicy policy, FieldPath at, Findings findings) {
    return new io.librarymesh.config.RetryPolicy(
        conditions(policy, at, findings),
        new LinkedHashSet<>(policy.getRetriableStatusCodesList()),
        policy.hasNumRetries() ? (int) Math.min(count(policy), Integer.MAX_VALUE) : 1,
        DurationReader.nanos(policy.getPerTryTimeout(), at.field("per_try_timeout"), findings),
        backOff(policy, at.field("retry_back_off"), findings),
        HostSelectionReader.read(policy, at, findings),
        false,
        RetryHeadersReader.read(policy, at, findings),
        false,
        DurationReader.nanos(
            policy.getPerTryIdleTimeout(), at.field("per_try_idle_timeout"), findings));
  }

  private static long count(RetryPolicy policy) {
    return Integer.toUnsignedLong(policy.getNumRetries().getValue());
  }

  /** Envoy ignores words that it does not know; they are named here all the same. */
  private static Set<RetryOn> conditions(RetryPolicy policy, FieldPath at, Findings findings) {
    Set<RetryOn> conditions = EnumSet.noneOf(RetryOn.class);
    for (String word : policy.getRetryOn().split(",", -1)) {
      Optional<RetryOn> condition = RetryOn.of(word);
      if (condition.isPresent()) {
        conditions.add(condition.get());
      } else if (!word.isBlank()) {
        findings.warn(at.field("retry_on"), word.strip() + " not known, so it retries nothing");
      }
    }
    return conditions;
  }

  private static BackOff backOff(RetryPolicy policy, FieldPath at, Findings findings) {
    if (!policy.hasRetryBackOff()) {
      return BackOff.DEFAULT;
    }
    RetryPolicy.RetryBackOff backOff = policy.getRetryBackOff();
    long configured =
        DurationReader.positiveNanos(
            backOff.getBaseInterval(), at.field("base_interval"), findings);
    // Envoy takes less than a millisecond for a millisecond.
    long base = Math.max(configured, MILLISECOND);
    if (!backOff.hasMaxInterval()) {
      return new BackOff(base, base > Long.MAX_VALUE / 10 ? Long.MAX_VALUE : base * 10);
    }
    long max =
        DurationReader.positiveNanos(backOff.getMaxInterval(), at.field("max_interval"), findings);
    if (max < configured) {
      findings.error(
          at.field("max_interval"), max + "ns (expected: >= base_interval, " + configured + "ns)");
    }
    return new BackOff(base, Math.max(base, max));
  }
}
