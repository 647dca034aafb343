package io.librarymesh.pick;

import io.librarymesh.config.Metadata;
import io.librarymesh.config.RetryPolicy.HostSelection;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one call asks of its picks: a host by its address, a subset, the hash of the request, and
 * what its earlier attempts tried. Source: Envoy {@code LoadBalancerContext}.
 *
 * <p>Most calls ask for nothing and share {@link #ANY}; a call that has a subset or a hash, or is
 * retried, makes one of its own and keeps it over its attempts. Confined to the call.
 */
public final class PickRequest {
  private static final @Nullable HostState[] NONE = {};
  private static final int USUAL_RETRIES = 2;
  private static final String CANARY = "canary";

  /** Asks for nothing: a first attempt without a subset and a hash. Nothing may be put into it. */
  public static final PickRequest ANY = new PickRequest(HostSelection.ANY);

  private final HostSelection selection;
  private @Nullable Subset subset;
  private String override = "";
  private boolean strict;
  private boolean hasHash;
  private long hash;
  private @Nullable HostState[] tried = NONE;
  private int retries;

  /** How many of the hosts tried no longer count for leaving out priorities. */
  private int forgotten;

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

  /**
   * Notes the host of an attempt that is about to be followed by a retry, which may go to any other
   * unless the host that was asked for is the only one that will do. Source: Envoy {@code
   * Filter::overrideHostToSelect}.
   */
  public void retryAfter(HostState host) {
    requireOwn();
    if (retries == tried.length) {
      tried = Arrays.copyOf(tried, Math.max(USUAL_RETRIES, 2 * retries));
    }
    tried[retries++] = host;
    if (!strict) {
      override = "";
    }
  }

  /** Picks of this call are of these hosts; null stands for those of the whole cluster. */
  public void within(@Nullable Subset hosts) {
    requireOwn();
    subset = hosts;
  }

  /**
   * Picks of this call are of the host with this address, where it is available.
   *
   * @param address {@code address:port}; empty for any host
   * @param strictly whether no other host will do
   */
  public void override(String address, boolean strictly) {
    requireOwn();
    override = address;
    strict = strictly;
  }

  /** The address of the host that is asked for; empty for any. */
  String override() {
    return override;
  }

  boolean strict() {
    return strict;
  }

  @Nullable Subset subset() {
    return subset;
  }

  boolean hasHash() {
    return hasHash;
  }

  long hash() {
    return hash;
  }

  /** How often a pick may be repeated; 0 when any host will do. */
  int maxRepeats() {
    return retries > 0 && selection.turnsDown() ? selection.maxPicks() : 0;
  }

  /** Whether the pick should be repeated rather than taken. */
  boolean rejects(PickResult picked) {
    if (!(picked instanceof HostState host)) {
      return false;
    }
    if (selection.avoidPreviousHosts() && isTried(host)) {
      return true;
    }
    Metadata metadata = host.endpoint().metadata();
    if (selection.omitCanaryHosts() && metadata.flag(CANARY)) {
      return true;
    }
    List<Metadata> omitted = selection.omitHosts();
    for (int i = 0; i < omitted.size(); i++) {
      if (metadata.matches(omitted.get(i))) {
        return true;
      }
    }
    return false;
  }

  // By identity: a host is one object as long as it is there.
  @SuppressWarnings("ReferenceEquality")
  private boolean isTried(HostState host) {
    for (int i = 0; i < retries; i++) {
      if (tried[i] == host) {
        return true;
      }
    }
    return false;
  }

  /** Whether enough attempts were made for their priorities to be left out. */
  boolean leavesOutPriorities() {
    int frequency = selection.priorityUpdateFrequency();
    return frequency > 0 && retries - forgotten >= frequency;
  }

  /**
   * The loads without the priorities that were tried; when none is left that has a host to pick,
   * all of them count again.
   */
  PriorityLoad adjust(PriorityLoad load) {
    int frequency = selection.priorityUpdateFrequency();
    int counted = (retries - forgotten) / frequency * frequency;
    BitSet levels = new BitSet();
    for (int i = forgotten; i < forgotten + counted; i++) {
      HostState host = tried[i];
      if (host != null) {
        levels.set(host.priority());
      }
    }
    PriorityLoad adjusted = load.without(levels);
    if (adjusted == null) {
      forgotten = retries;
      adjusted = load.without(new BitSet());
    }
    return adjusted == null ? load : adjusted;
  }

  private void requireOwn() {
    if (this == ANY) {
      throw new IllegalStateException("PickRequest.ANY (expected: one made with of)");
    }
  }
}
