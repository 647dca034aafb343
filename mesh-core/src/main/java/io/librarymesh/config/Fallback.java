package io.librarymesh.config;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What answers in place of a failure. Of several ways the first that has an answer is taken, in the
 * order of the components.
 *
 * @param on what counts as a failure
 * @param statuses what counts as a failure besides
 * @param cluster where the request is sent once more; empty for nowhere
 * @param lastGood answers that are kept for this
 * @param response an answer that is always the same; null for none
 */
public record Fallback(
    Set<FailureCondition> on,
    Set<Integer> statuses,
    String cluster,
    LastGoodResponse lastGood,
    @Nullable StoredResponse response) {
  /** Leaves failures as they are. */
  public static final Fallback NONE =
      new Fallback(Set.of(), Set.of(), "", LastGoodResponse.NONE, null);

  public Fallback {
    on = Set.copyOf(on);
    statuses = Set.copyOf(statuses);
  }

  /** Whether no failure is ever answered in another way. */
  public boolean isNone() {
    return on.isEmpty() && statuses.isEmpty();
  }
}
