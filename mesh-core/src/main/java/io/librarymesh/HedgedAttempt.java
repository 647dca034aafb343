package io.librarymesh;

import io.librarymesh.pick.HostState;
import io.librarymesh.telemetry.AttemptRecord;
import io.librarymesh.time.Signal;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of a route that hedges: running out of its time does not end it but begins another
 * beside it, and the first good answer counts. Source: Envoy {@code
 * route.v3.HedgePolicy.hedge_on_per_try_timeout}. Any thread.
 *
 * <p>The driver of such an attempt asks {@link #hedge} when {@link #hedgeNanos} have passed, and
 * breaks the attempt off when {@link #overtaken} fires.
 */
public final class HedgedAttempt {
  final Racer racer;
  final @Nullable HostState host;
  private final long startNanos;

  // Guarded by the race, like all methods that are not public.
  private boolean ended;
  private boolean expired;
  private boolean followed;
  private int status;
  private String result = "overtaken";
  private long endNanos;

  HedgedAttempt(Racer racer, @Nullable HostState host, long now) {
    this.racer = racer;
    this.host = host;
    this.startNanos = now;
  }

  /**
   * Fires when the call is answered otherwise: by another attempt, or not any more. Then the driver
   * breaks this one off and asks {@link MeshCall#proceed}, unless it has reported already how the
   * attempt ended.
   */
  public Signal overtaken() {
    return racer.overtaken;
  }

  /**
   * How long from {@link MeshCall#onConnected} the attempt may go without an answer before {@link
   * #hedge} is asked, once, in nanoseconds. Nothing comes of an upstream before its answer, so that
   * its silence begins with the connection, too.
   */
  public long hedgeNanos() {
    return racer.race.hedgeNanos;
  }

  /**
   * {@link #hedgeNanos} passed without an answer. The host is charged with a timeout, and the
   * attempt goes on.
   *
   * @return a call to be driven beside this one, from {@link MeshCall#start} on: it ends with
   *     {@link Step.Deliver}, upon which its response is for whoever drives the call that its
   *     caller made, or with {@link Step.Leave}. One that cannot be driven must be told {@link
   *     MeshCall#cancel}. Null when no further attempt is allowed
   */
  public @Nullable MeshCall hedge() {
    return racer.race.hedge(this);
  }

  boolean inFlight() {
    return !ended;
  }

  void end(int code, String how, long now) {
    ended = true;
    status = code;
    result = how;
    endNanos = now;
  }

  /** Notes that the attempt ran out of its time; false when that was noted before. */
  boolean expire() {
    boolean first = !expired;
    expired = true;
    return first;
  }

  /** Whether another attempt was begun because of this one, so that it is not retried itself. */
  boolean followed() {
    return followed;
  }

  void follow(boolean byAnother) {
    followed = byAnother;
  }

  /**
   * The attempt for observers.
   *
   * @param now when it was broken off, if it was
   */
  AttemptRecord told(long now) {
    return new AttemptRecord(
        host == null ? null : host.endpoint(),
        status,
        result,
        (ended ? endNanos : now) - startNanos);
  }
}
