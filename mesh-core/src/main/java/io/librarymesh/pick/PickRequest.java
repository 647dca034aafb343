package io.librarymesh.pick;

import io.librarymesh.config.RetryPolicy.HostSelection;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one call asks of its picks: the hash of the request, and what its earlier attempts tried.
 * Source: Envoy {@code LoadBalancerContext}.
 *
 * <p>Most calls ask for nothing and share {@link #ANY}; a call that has a hash or is retried makes
 * one of its own and keeps it over its attempts. Confined to the call.
 */
public final class PickRequest {
  private static final @Nullable HostState[] NONE = {};
  private static final int USUAL_RETRIES = 2;

  /** Asks for nothing: a first attempt without a hash. Nothing may be put into it. */
  public static final PickRequest ANY = new PickRequest(HostSelection.ANY);

  private final HostSelection selection;
  private boolean hasHash;
  private long hash;
  private @Nullable HostState[] tried = NONE;
  private int retries;

  private PickRequest(HostSelection selection) {
    this.selection = selection;
  }

  /**
   * The request of one call.
   *
   * @param selection how the picks of retries avoid what was tried
   */
  public static PickRequest of(HostSelection selection) {
    return new PickRequest(selection);
  }

  /** The request's hash, by which hashing policies and priority levels are chosen. */
  public void hash(long value) {
    requireOwn();
    hasHash = true;
    hash = value;
  }

  /** Notes the host of an attempt that is about to be followed by a retry. */
  public void retryAfter(HostState host) {
    requireOwn();
    if (retries == tried.length) {
      tried = Arrays.copyOf(tried, Math.max(USUAL_RETRIES, 2 * retries));
    }
    tried[retries++] = host;
  }

  boolean hasHash() {
    return hasHash;
  }

  long hash() {
    return hash;
  }

  /** How many attempts the call has made before this one. */
  int retries() {
    return retries;
  }

  /** How often a pick may be repeated; 0 when any host will do. */
  int maxRepeats() {
    return retries > 0 && selection.avoidPreviousHosts() ? selection.maxPicks() : 0;
  }

  /** Whether the pick should be repeated rather than taken. */
  boolean rejects(PickResult picked) {
    for (int i = 0; i < retries; i++) {
      if (tried[i] == picked) {
        return true;
      }
    }
    return false;
  }

  private void requireOwn() {
    if (this == ANY) {
      throw new IllegalStateException("PickRequest.ANY (expected: one made with of)");
    }
  }
}
