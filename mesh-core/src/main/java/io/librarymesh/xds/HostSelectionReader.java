package io.librarymesh.xds;

import com.google.protobuf.Any;
import io.librarymesh.config.Metadata;
import io.librarymesh.config.RetryPolicy.HostSelection;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy.RetryHostPredicate;
import io.librarymesh.proto.envoy.config.route.v3.RetryPolicy.RetryPriority;
import io.librarymesh.proto.envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate;
import io.librarymesh.proto.envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig;
import io.librarymesh.proto.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.librarymesh.proto.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads which hosts a retry turns down. Predicates are told apart by their type, or by their name
 * where they have none. Source: Envoy {@code retry_host_predicate}, {@code retry_priority}.
 */
final class HostSelectionReader {
  private static final String PREDICATES = "envoy.retry_host_predicates.";
  private static final long DEFAULT_PICKS = 1;

  /** A pick is cheap, not free: with one host, every one of them is made before a retry. */
  private static final int MAX_PICKS = 1_000;

  private final RetryPolicy policy;
  private final FieldPath at;
  private final Findings findings;
  private boolean previousHosts;
  private boolean canaryHosts;
  private final List<Metadata> metadata = new ArrayList<>();

  private HostSelectionReader(RetryPolicy policy, FieldPath at, Findings findings) {
    this.policy = policy;
    this.at = at;
    this.findings = findings;
  }

  static HostSelection read(RetryPolicy policy, FieldPath at, Findings findings) {
    return new HostSelectionReader(policy, at, findings).read();
  }

  private HostSelection read() {
    for (int i = 0; i < policy.getRetryHostPredicateCount(); i++) {
      predicate(policy.getRetryHostPredicate(i), at.element("retry_host_predicate", i));
    }
    boolean any = previousHosts || canaryHosts || !metadata.isEmpty();
    return new HostSelection(
        previousHosts, canaryHosts, metadata, any ? picks() : 0, priorityUpdateFrequency());
  }

  private void predicate(RetryHostPredicate predicate, FieldPath position) {
    Any config = predicate.getTypedConfig();
    String name = predicate.getName();
    if (config.is(PreviousHostsPredicate.class) || name.equals(PREDICATES + "previous_hosts")) {
      previousHosts = true;
    } else if (config.is(OmitCanaryHostsPredicate.class)
        || name.equals(PREDICATES + "omit_canary_hosts")) {
      canaryHosts = true;
    } else if (config.is(OmitHostMetadataConfig.class)) {
      AnyReader.unpack(config, OmitHostMetadataConfig.class, position, findings)
          .map(message -> MetadataReader.read(message.getMetadataMatch()))
          .filter(wanted -> !wanted.isEmpty())
          .ifPresent(metadata::add);
    } else {
      findings.warn(position, name + " not carried out");
    }
  }

  private int picks() {
    long picks = policy.getHostSelectionRetryMaxAttempts();
    if (picks > MAX_PICKS) {
      findings.warn(
          at.field("host_selection_retry_max_attempts"), picks + " taken for " + MAX_PICKS);
    }
    return (int) Math.min(picks <= 0 ? DEFAULT_PICKS : picks, MAX_PICKS);
  }

  private int priorityUpdateFrequency() {
    if (!policy.hasRetryPriority()) {
      return 0;
    }
    RetryPriority priority = policy.getRetryPriority();
    FieldPath position = at.field("retry_priority");
    if (!priority.getTypedConfig().is(PreviousPrioritiesConfig.class)) {
      findings.warn(position, priority.getName() + " not carried out");
      return 0;
    }
    Optional<PreviousPrioritiesConfig> config =
        AnyReader.unpack(
            priority.getTypedConfig(), PreviousPrioritiesConfig.class, position, findings);
    int frequency = config.map(PreviousPrioritiesConfig::getUpdateFrequency).orElse(1);
    if (frequency <= 0) {
      findings.error(position.field("update_frequency"), frequency + " (expected: > 0)");
      return 0;
    }
    return frequency;
  }
}
