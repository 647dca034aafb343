package io.librarymesh.okhttp;

import static java.util.Objects.requireNonNull;

import io.librarymesh.okhttp.upstream.Exchange;
import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.testkit.conformance.Answer;
import io.librarymesh.testkit.conformance.CallOutcome.Answered;
import io.librarymesh.testkit.conformance.CallOutcome.Attempted;
import io.librarymesh.testkit.conformance.CallScript;
import io.librarymesh.testkit.conformance.UpstreamScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/**
 * One call of a case and where it stands, as its client, its upstreams and its timers tell. Any
 * thread.
 */
final class ScriptedCall {
  /** Where a call is. It moves from one to the other by itself only while it is {@code MOVING}. */
  enum Place {
    MOVING,
    /** A connection does not come about. */
    CONNECTING,
    /** An upstream has the request. */
    SENT,
    /** It waits for what a step told it to wait for. */
    WAITING,
    /** The caller reads a body that the upstream holds back. */
    READING,
    ENDED
  }

  private final Standstill standstill;
  private final CaseClock clock;
  private final CallScript script;
  private final long startedAt;
  private final List<Attempted> attempts = new ArrayList<>();
  private final List<Attempted> mirrors = new ArrayList<>();
  private final List<Long> waits = new ArrayList<>();
  private final Lanes lanes = new Lanes();
  private Place place = Place.MOVING;
  private Answer answer = new Answer.Hang();
  private boolean connecting;
  private boolean bodyHeld;
  private int pieces;
  private boolean canceled;
  private int timers;
  private long since;
  private @Nullable Runnable ringing;
  private Place before = Place.MOVING;
  private @Nullable Exchange exchange;
  private @Nullable Pause pause;
  private PacedSource.@Nullable Slice slice;
  private @Nullable Call call;
  private @Nullable Answered answered;

  ScriptedCall(Standstill standstill, CaseClock clock, CallScript script) {
    this.standstill = standstill;
    this.clock = clock;
    this.script = script;
    this.startedAt = clock.now();
    this.since = startedAt;
  }

  CallScript script() {
    return script;
  }

  Place place() {
    synchronized (standstill) {
      if (!lanes.areUsed() || place == Place.READING || place == Place.ENDED) {
        return place;
      }
      if (lanes.standing() != standstill.lanesOf(this)) {
        return Place.MOVING;
      }
      return lanes.haveFlight() ? Place.SENT : Place.WAITING;
    }
  }

  /** Its attempts, where some may run beside others. */
  Optional<Lanes> lanes() {
    synchronized (standstill) {
      return lanes.areUsed() ? Optional.of(lanes) : Optional.empty();
    }
  }

  /** How many attempts it has on their way, as far as they stand. */
  int standing() {
    synchronized (standstill) {
      return lanes.areUsed() && place != Place.ENDED ? lanes.standing() : 0;
    }
  }

  /** The attempt that is answered next, of those that run beside each other. */
  Optional<Lanes.Flight> nextFlight() {
    synchronized (standstill) {
      return lanes.next();
    }
  }

  /** Counts what happened to attempts that run beside each other. */
  int changes() {
    synchronized (standstill) {
      return lanes.changes();
    }
  }

  boolean isMoving() {
    return place() == Place.MOVING;
  }

  /** Whether it waits for a time that is known, and for nothing else. */
  boolean isDelayed() {
    synchronized (standstill) {
      return lanes.areUsed()
          ? lanes.areDelayed()
          : slice != null || (pause != null && pause.step().signal() == null);
    }
  }

  /** Whether time can get it on. */
  boolean hasTimers() {
    synchronized (standstill) {
      return timers > 0;
    }
  }

  /** The attempts so far, the one under way included. */
  List<Attempted> attempts() {
    synchronized (standstill) {
      return List.copyOf(attempts);
    }
  }

  /** The copies so far. */
  List<Attempted> mirrors() {
    synchronized (standstill) {
      return List.copyOf(mirrors);
    }
  }

  /** A mirror has a copy of the request. */
  void mirrored(String host, Map<String, List<String>> headers) {
    synchronized (standstill) {
      mirrors.add(new Attempted(host, headers));
    }
  }

  List<Long> waits() {
    synchronized (standstill) {
      return List.copyOf(waits);
    }
  }

  /** What the upstream of the attempt under way does. */
  Answer answer() {
    synchronized (standstill) {
      return answer;
    }
  }

  Exchange exchange() {
    synchronized (standstill) {
      return requireNonNull(exchange, "exchange");
    }
  }

  /** Since when it stands where it stands. */
  long since() {
    synchronized (standstill) {
      return since;
    }
  }

  /** Its caller goes away. */
  void cancel() {
    Call begun;
    synchronized (standstill) {
      canceled = true;
      lanes.clear();
      move();
      begun = call;
    }
    if (begun != null) {
      begun.cancel();
    }
  }

  boolean isCanceled() {
    synchronized (standstill) {
      return canceled;
    }
  }

  /** What its caller got, in the end. */
  Answered answered() {
    synchronized (standstill) {
      return requireNonNull(answered, "answered");
    }
  }

  /** How long it took. */
  long elapsedNanos() {
    return since() - startedAt;
  }

  void begun(Call begun) {
    synchronized (standstill) {
      call = begun;
    }
  }

  /** It is let go. */
  void move() {
    stand(Place.MOVING);
  }

  /** A connection to a host is being made. */
  void connecting(String host) {
    synchronized (standstill) {
      Optional<Answer> next = next(host);
      if (next.isPresent() && !next.get().connectsAtOnce()) {
        attempted(host, Map.of(), next.get());
        connecting = true;
        stand(Place.CONNECTING);
      }
    }
  }

  /**
   * A connection to a host could not be made, or took too long.
   *
   * @return whether that ended an attempt
   */
  boolean refused(String host) {
    synchronized (standstill) {
      if (connecting) {
        connecting = false;
        move();
        return true;
      }
      Optional<Answer> next = next(host);
      boolean scripted =
          next.isPresent()
              && next.get() instanceof Answer.Fail fail
              && fail.failure() == TransportFailure.CONNECT_FAILURE;
      if (scripted) {
        attempted(host, Map.of(), next.get());
      }
      return scripted;
    }
  }

  /** An upstream has the request. */
  void arrived(String host, Exchange arrived) {
    synchronized (standstill) {
      if (lanes.areUsed()) {
        next(host)
            .ifPresent(
                next -> {
                  attempted(host, arrived.headers(), next);
                  lanes.arrived(arrived, next, clock.now());
                });
        standstill.notifyAll();
        return;
      }
      if (place != Place.MOVING) {
        standstill.fail(new AssertionError("request at " + host + " from " + this));
        return;
      }
      if (connecting) {
        connecting = false;
      } else {
        next(host).ifPresent(next -> attempted(host, arrived.headers(), next));
      }
      exchange = arrived;
      stand(Place.SENT);
    }
  }

  /** Its upstream gives an answer; the body follows later if the answer says so. */
  void answering(Answer.Respond respond) {
    synchronized (standstill) {
      bodyHeld = respond.body().endsAfterNanos() > 0;
      pieces = 0;
      move();
    }
  }

  /** The upstream of one of the attempts beside each other ends it. */
  void answering(Lanes.Flight flight) {
    synchronized (standstill) {
      lanes.answering(flight);
      exchange = flight.exchange();
      answer = flight.answer();
      pieces = 0;
      bodyHeld =
          flight.answer() instanceof Answer.Respond respond && respond.body().endsAfterNanos() > 0;
      standstill.notifyAll();
    }
  }

  /** Its upstream sends a piece of the body; returns whether it is not the last. */
  boolean sendsPiece(Answer.Body body) {
    synchronized (standstill) {
      pieces++;
      bodyHeld = pieces < body.pieces();
      move();
      return bodyHeld;
    }
  }

  /** The caller has read so many bytes of the body. */
  void read(long bytes) {
    synchronized (standstill) {
      boolean all =
          answer instanceof Answer.Respond respond
              && bytes * respond.body().pieces() == (long) pieces * respond.body().text().length();
      if (bodyHeld && all) {
        stand(Place.READING);
      }
    }
  }

  /** The caller has the head of the response. */
  void responded() {
    synchronized (standstill) {
      if (bodyHeld) {
        stand(Place.READING);
      }
    }
  }

  void ended(Answered outcome) {
    synchronized (standstill) {
      answered = outcome;
      stand(Place.ENDED);
    }
  }

  /** A timer is due: it moves the call, unless it sets itself anew. */
  void rings(Runnable task) {
    synchronized (standstill) {
      ringing = task;
      before = place;
      place = Place.MOVING;
    }
  }

  void timerSet(Runnable task) {
    synchronized (standstill) {
      timers++;
      lanes.timerSet(task);
      if (task.equals(ringing)) {
        ringing = null;
        place = before;
        standstill.notifyAll();
      }
      if (task instanceof Pause begun) {
        pause = begun;
        if (begun.step().signal() == null) {
          waits.add(begun.step().nanos());
        }
        stand(Place.WAITING);
      } else if (task instanceof PacedSource.Slice begun) {
        slice = begun;
        stand(Place.WAITING);
      }
    }
  }

  void timerOver(Runnable task) {
    synchronized (standstill) {
      timers--;
      lanes.timerOver(task);
      if (task == pause) {
        pause = null;
        move();
      } else if (task == slice) {
        slice = null;
        move();
      }
    }
  }

  @Override
  public String toString() {
    return script.location() + " " + place() + " " + attempts();
  }

  private void stand(Place where) {
    synchronized (standstill) {
      place = where;
      since = clock.now();
      standstill.notifyAll();
    }
  }

  private void attempted(String host, Map<String, List<String>> headers, Answer next) {
    attempts.add(new Attempted(host, headers));
    answer = next;
    connecting = false;
    bodyHeld = false;
    exchange = null;
  }

  /** What is scripted for the next attempt; when nothing is, the case has failed. */
  private Optional<Answer> next(String host) {
    UpstreamScript upstream = script.upstream();
    try {
      return Optional.of(upstream.answer(attempts.size() + 1, host));
    } catch (AssertionError unforeseen) {
      standstill.fail(unforeseen);
      return Optional.empty();
    }
  }
}
