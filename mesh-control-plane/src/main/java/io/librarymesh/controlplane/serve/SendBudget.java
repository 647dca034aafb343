package io.librarymesh.controlplane.serve;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many bytes of large responses are on their way at a time, to all clients together. Without a
 * bound a change of everything would be copied into the transport's buffers once for each client
 * before the first has read it. Small responses are no part of it and never wait.
 *
 * <p>Those who wait go on in the order in which they came, with what is the latest state by then. A
 * client that does not read for 10 s makes way for the next. Confined to the state executor.
 */
final class SendBudget {

  /** Enough that no transport runs dry, and few enough that buffers are used again. */
  static final long BYTES = 32L << 20;

  /** Responses up to here are small; about what gRPC queues before a stream is not ready. */
  static final long SMALL_BYTES = 32L << 10;

  private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final Guest NOBODY = () -> {};

  private final long limit;
  private final LongSupplier nanoTime;
  private final Admission.Timer timer;
  private final Map<Guest, Claim> claims = new HashMap<>();
  private final Set<Guest> waiting = new LinkedHashSet<>();
  private Guest turn = NOBODY;
  private boolean refused;
  private boolean timed;
  private long inFlight;

  /** Whoever sends large responses. */
  interface Guest {

    /** There is room now; it asks again for what it still has to send. */
    void hasRoom();
  }

  private record Claim(long bytes, long since) {}

  /**
   * Nothing is on its way.
   *
   * @param limit in bytes; a single response may be larger, and goes alone
   * @param nanoTime a monotonic clock
   */
  SendBudget(long limit, LongSupplier nanoTime, Admission.Timer timer) {
    this.limit = limit;
    this.nanoTime = nanoTime;
    this.timer = timer;
  }

  /**
   * Asks for room for a response; who has none is told when there is. Whoever gets it says {@link
   * #drained} when the transport has taken the bytes.
   */
  boolean claim(Guest guest, long bytes) {
    if (bytes <= SMALL_BYTES) {
      return true;
    }
    boolean isNext =
        guest.equals(turn) || waiting.isEmpty() || waiting.iterator().next().equals(guest);
    if (isNext && (inFlight == 0 || inFlight + bytes <= limit)) {
      waiting.remove(guest);
      long now = nanoTime.getAsLong();
      claims.merge(guest, new Claim(bytes, now), (a, b) -> new Claim(a.bytes + b.bytes, now));
      inFlight += bytes;
      return true;
    }
    waiting.add(guest);
    refused |= guest.equals(turn);
    watch();
    return false;
  }

  /** Whether the guest has bytes on their way. */
  boolean isClaimedBy(Guest guest) {
    return claims.containsKey(guest);
  }

  /** The transport has taken all that the guest sent. */
  void drained(Guest guest) {
    Claim claim = claims.remove(guest);
    if (claim != null) {
      inFlight -= claim.bytes;
      admitNext();
    }
  }

  /** It has gone. */
  void left(Guest guest) {
    waiting.remove(guest);
    drained(guest);
  }

  /** The loop goes on for a guest that has nothing to send any more, and not deeper. */
  private void admitNext() {
    if (turn != NOBODY) {
      return;
    }
    refused = false;
    try {
      while (!refused && !waiting.isEmpty()) {
        turn = waiting.iterator().next();
        turn.hasRoom();
        if (!refused) {
          waiting.remove(turn);
        }
      }
    } finally {
      turn = NOBODY;
    }
  }

  private void watch() {
    if (!timed) {
      timed = true;
      timer.schedule(this::makeWay, TURN_NANOS);
    }
  }

  private void makeWay() {
    timed = false;
    long now = nanoTime.getAsLong();
    claims.values().removeIf(claim -> now - claim.since >= TURN_NANOS);
    inFlight = claims.values().stream().mapToLong(Claim::bytes).sum();
    admitNext();
    if (!waiting.isEmpty()) {
      watch();
    }
  }

  /** Bytes of large responses that are on their way. */
  long inFlight() {
    return inFlight;
  }

  /** How many wait. */
  int waiting() {
    return waiting.size();
  }
}
