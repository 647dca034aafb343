package io.librarymesh.guard;

import io.librarymesh.config.StoredResponse;
import io.librarymesh.route.HeaderLookup;
import io.librarymesh.route.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * What one call has in common with equal ones: the flight that it leads or follows, and the answer
 * that is kept of it. Confined like the call.
 */
final class Sharing {
  private static final int NOT_MODIFIED = 304;

  /** What is beyond is no status of HTTP. */
  private static final int LAST_STATUS = 599;

  private final Guard guard;
  private final Guard.Parts parts;
  private final boolean head;

  /** Null when equal requests do not wait for this one. */
  private final @Nullable String flightKey;

  /** Null when no answer to this request is kept. */
  private final @Nullable String keepKey;

  private @Nullable Flight leading;
  private @Nullable Flight following;
  private long until;
  private boolean keeping;

  private Sharing(
      Guard guard,
      Guard.Parts parts,
      boolean head,
      @Nullable String flightKey,
      @Nullable String keepKey) {
    this.guard = guard;
    this.parts = parts;
    this.head = head;
    this.flightKey = flightKey;
    this.keepKey = keepKey;
  }

  /** Null when the rule shares nothing, or not of such a request. */
  static @Nullable Sharing of(Guard guard, Guard.Parts parts, RequestHead request, String scope) {
    RequestKey flights = parts.flightKey();
    RequestKey keeps = parts.keepKey();
    String flightKey = flights == null ? null : flights.of(request, scope);
    String keepKey = keeps == null ? null : keeps.of(request, scope);
    return flightKey == null && keepKey == null
        ? null
        : new Sharing(guard, parts, request.method().equals("HEAD"), flightKey, keepKey);
  }

  /** Leads a flight or follows one; null when the call goes on by itself. */
  @Nullable GuardDecision join(long now) {
    until = now + parts.coalesce().maxWaitNanos();
    return joinAgain(now);
  }

  private @Nullable GuardDecision joinAgain(long now) {
    if (flightKey == null) {
      return null;
    }
    Flight mine = new Flight();
    Flight other = guard.flights().begin(flightKey, mine);
    if (other == null) {
      leading = mine;
      return null;
    }
    following = other;
    return follow(now);
  }

  /** What became of the flight that the call follows; null when the call goes on by itself. */
  @Nullable GuardDecision follow(long now) {
    Flight other = following;
    if (other == null || flightKey == null) {
      throw new IllegalStateException("follows nobody (expected: after Wait)");
    }
    Flight.Landing landing = other.landing();
    if (landing == null) {
      long left = until - now;
      if (left > 0) {
        return new GuardDecision.Wait(left, other.signal);
      }
      // It takes longer than anybody would wait, so that nobody need begin to.
      guard.flights().forget(flightKey, other);
    }
    following = null;
    if (landing instanceof Flight.Answered answered) {
      return new GuardDecision.Answer(answered.response(), answered.flags());
    }
    return landing == Flight.Abandoned.INSTANCE ? joinAgain(now) : null;
  }

  /** Whether others wait, or may, for the answer to this call. */
  boolean isAwaited() {
    return leading != null;
  }

  /**
   * How much of the body of an answer that is about to be delivered is wanted at most; 0 for
   * nothing.
   */
  int wantedBytes(int status, HeaderLookup response) {
    int wanted = 0;
    if (leading != null) {
      int most = parts.coalesce().maxBytes();
      RequestKey key = parts.flightKey();
      if (key != null && status <= LAST_STATUS && key.mayShare(response) && fits(response, most)) {
        wanted = most;
      } else {
        land(Flight.NotForOthers.INSTANCE);
      }
    }
    RequestKey key = parts.keepKey();
    int most = parts.lastGood().maxBytes();
    keeping =
        keepKey != null
            && key != null
            && isGood(status)
            && key.mayShare(response)
            && fits(response, most);
    return keeping ? Math.max(wanted, most) : wanted;
  }

  /** 304 is what the upstream said when the caller's own cache has a good answer. */
  private static boolean isGood(int status) {
    return (status >= 200 && status <= 299 && status != 206) || status == NOT_MODIFIED;
  }

  private boolean fits(HeaderLookup response, int most) {
    String length = response.header("content-length");
    if (length == null || head) {
      return true;
    }
    try {
      return Long.parseLong(length.strip()) <= most;
    } catch (NumberFormatException notANumber) {
      return false;
    }
  }

  /**
   * An answer is there as a whole.
   *
   * @param local whether the mesh gave it, so that it is not to be kept
   * @param flags of the call, in the caller's own code
   */
  void answered(StoredResponse response, boolean local, int flags, long now) {
    int size = response.body().size();
    if (leading != null) {
      land(
          size <= parts.coalesce().maxBytes()
              ? new Flight.Answered(response, flags)
              : Flight.NotForOthers.INSTANCE);
    }
    if (keeping && !local && keepKey != null && size <= parts.lastGood().maxBytes()) {
      guard.lastGood().put(keepKey, response, now, parts.lastGood().maxEntries());
    }
    keeping = false;
  }

  /** The answer turned out to be more than is wanted. */
  void tooLarge() {
    keeping = false;
    land(Flight.NotForOthers.INSTANCE);
  }

  /** The answer that was kept; null when there is none. */
  @Nullable StoredResponse lastGood(long now) {
    return keepKey == null ? null : guard.lastGood().get(keepKey, now, parts.lastGood());
  }

  /** The call is over; who waits for it and has no answer does what it did. */
  void end() {
    following = null;
    land(Flight.Abandoned.INSTANCE);
  }

  private void land(Flight.Landing how) {
    Flight flight = leading;
    if (flight != null && flightKey != null) {
      leading = null;
      guard.flights().end(flightKey, flight, how);
    }
  }
}
