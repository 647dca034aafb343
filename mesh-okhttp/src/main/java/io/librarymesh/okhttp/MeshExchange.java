package io.librarymesh.okhttp;

import static java.util.Objects.requireNonNull;

import io.librarymesh.HedgedAttempt;
import io.librarymesh.MeshCall;
import io.librarymesh.Step;
import io.librarymesh.time.Scheduler.Cancellable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Drives one {@link MeshCall}: does what its steps say and tells it what came of it. Used by one
 * thread at a time, but for the answer of a call beside another, which passes from one to the
 * other.
 */
final class MeshExchange {
  private final MeshCall call;
  private final EndpointClients clients;
  private final MeshFallback fallback;
  private final Caller caller;
  private final @Nullable OuterEvents observer;
  private final RequestView head;

  /** Whether the call was begun beside that of a caller, which gets its answer if it has one. */
  private final boolean beside;

  /** The answer of such a call until somebody takes it. */
  private final AtomicReference<@Nullable Response> offer = new AtomicReference<>();

  private CallTag tag;
  private @Nullable Rivals rivals;
  private boolean started;
  private @Nullable Attempt attempt;
  private Step.@Nullable Send sent;
  private @Nullable Response answer;

  MeshExchange(
      MeshCall call,
      EndpointClients clients,
      MeshFallback fallback,
      Caller caller,
      @Nullable OuterEvents observer,
      CallTag tag,
      RequestView head) {
    this(call, clients, fallback, caller, observer, tag, head, null);
  }

  private MeshExchange(
      MeshCall call,
      EndpointClients clients,
      MeshFallback fallback,
      Caller caller,
      @Nullable OuterEvents observer,
      CallTag tag,
      RequestView head,
      @Nullable Rivals rivals) {
    this.call = call;
    this.clients = clients;
    this.fallback = fallback;
    this.caller = caller;
    this.observer = observer;
    this.tag = tag;
    this.head = head;
    this.rivals = rivals;
    this.beside = rivals != null;
  }

  /**
   * Goes as far as it can without waiting.
   *
   * @return what to wait for before calling this again; null when there is a {@link #response}
   * @throws IOException when the caller gave up or caused the failure; the mesh call has ended then
   */
  Step.@Nullable Wait advance() throws IOException {
    try {
      Step step = started ? call.proceed() : start();
      started = true;
      while (step instanceof Step.Send send) {
        caller.throwIfGone();
        step = attempt(send);
      }
      if (step instanceof Step.Wait wait) {
        return wait;
      }
      if (!beside) {
        answer = answer(step);
      }
      return null;
    } catch (IOException | RuntimeException | Error e) {
      cancel();
      throw e;
    }
  }

  /** After {@link #advance} returned null. */
  Response response() {
    return requireNonNull(answer, "answer");
  }

  /** Gives up, before there is a response. */
  void cancel() {
    caller.whenGone(null);
    call.cancel();
    if (beside) {
      discardOffer();
    } else if (rivals != null) {
      rivals.discard();
    }
  }

  /** Drives a call that was begun beside another to its end. */
  void runBeside() {
    try {
      Step.Wait wait = advance();
      while (wait != null) {
        caller.await(wait);
        wait = advance();
      }
    } catch (IOException e) {
      // Its caller has others to wait for; for this one, nobody can do more.
      cancel();
    }
  }

  void discardOffer() {
    Response offered = offer.getAndSet(null);
    if (offered != null) {
      offered.close();
    }
  }

  private Step start() {
    if (fallback != MeshFallback.NONE) {
      call.offerFallback();
    }
    return call.start();
  }

  private Response answer(Step step) throws IOException {
    if (rivals != null) {
      takeOver(rivals, step);
    }
    if (step instanceof Step.Fallback asked) {
      Response instead = instead(asked);
      return instead == null ? answer(call.onNoFallback()) : instead;
    }
    return step instanceof Step.Reply reply ? reply(reply) : deliver();
  }

  /** The response may be that of a call beside this one; those that are not are not wanted. */
  private void takeOver(Rivals others, Step step) {
    MeshCall winner = isAboutResponse(step) ? call.winner() : null;
    if (winner != null && answer == null) {
      MeshExchange theirs = others.of(winner);
      answer = theirs.offer.getAndSet(null);
      attempt = theirs.attempt;
      sent = theirs.sent;
      tag = theirs.tag;
    }
    others.discard();
  }

  private static boolean isAboutResponse(Step step) {
    return step.kind() == Step.Kind.DELIVER
        || (step instanceof Step.Fallback asked && asked.failure() == null);
  }

  /** What the caller's fallback has; null when it has nothing. */
  private @Nullable Response instead(Step.Fallback asked) throws IOException {
    Step.Reply reply = asked.failure();
    Response failure = reply == null ? failed() : reply(reply);
    Response instead = Fallbacks.ask(fallback, head.request(), failure);
    if (instead == null) {
      return null;
    }
    failure.close();
    caller.throwIfGone();
    caller.whenGone(null);
    call.onFallback(instead.code());
    return tagged(instead);
  }

  /** The upstream's answer as it would be delivered. */
  private Response failed() {
    Response changed = ChangedResponse.of(call, response());
    return flagged(changed, outcome(false));
  }

  private Response tagged(Response instead) {
    Request answered = head.request().newBuilder().tag(CallTag.class, tag).build();
    return flagged(instead.newBuilder().request(answered).build(), outcome(true));
  }

  private static Response flagged(Response response, MeshResponse outcome) {
    return outcome.flags().isEmpty()
        ? response
        : response.newBuilder().header(MeshResponse.FLAGS_HEADER, outcome.flagNames()).build();
  }

  private Step attempt(Step.Send send) throws IOException {
    List<MeshCall> copies = call.mirrors();
    if (!copies.isEmpty()) {
      clients.mirrors().send(copies, head, tag);
    }
    HedgedAttempt hedged = call.hedged();
    Attempt current =
        new Attempt(
            call,
            send,
            head.request(),
            caller.scheduler(),
            hedged == null ? null : hedging(hedged));
    attempt = current;
    sent = send;
    caller.whenGone(current::cancel);
    Deadline deadline =
        Deadline.start(caller.scheduler(), call.attemptTimeoutNanos(), current::cancel);
    if (hedged == null) {
      return carryOut(current, deadline, null);
    }
    Cancellable overtaken = hedged.overtaken().subscribe(() -> breakOff(current, deadline));
    try {
      return carryOut(current, deadline, hedged);
    } finally {
      overtaken.cancel();
    }
  }

  private static void breakOff(Attempt overtaken, @Nullable Deadline deadline) {
    boolean unused = Deadline.stop(deadline);
    overtaken.cancel();
  }

  private Runnable hedging(HedgedAttempt slow) {
    Rivals others = rivals == null ? new Rivals(clients.hedges()) : rivals;
    rivals = others;
    return () -> others.hedge(slow, rival -> exchangeBeside(rival, others));
  }

  private MeshExchange exchangeBeside(MeshCall rival, Rivals others) {
    Caller nobody = new Caller(caller.scheduler(), failure -> {});
    return new MeshExchange(
        rival, clients, MeshFallback.NONE, nobody, observer, tag.ofHedge(), head, others);
  }

  private Step carryOut(
      Attempt current, @Nullable Deadline deadline, @Nullable HedgedAttempt hedged)
      throws IOException {
    boolean late = false;
    Response response;
    try {
      Step.Send send = requireNonNull(sent, "sent");
      boolean https = head.request().isHttps();
      OkHttpClient client = tag.copy ? clients.uncached(send, https) : clients.to(send, https);
      OuterEvents told = observer == null ? null : observer.of(client);
      response = current.execute(client, OutgoingRequest.of(call, head, tag), told);
    } catch (IOException e) {
      late = current.tookTooLong(deadline);
      caller.throwIfGone();
      return late ? late(current) : failed(current, hedged, e);
    } finally {
      late |= current.tookTooLong(deadline);
    }
    if (late) {
      response.close();
      return call.onTimeout();
    }
    return answered(tag.restore(response));
  }

  private Step late(Attempt current) {
    if (current.isHandshaking()) {
      call.onUnfinished(Attempt.HANDSHAKING);
    }
    return call.onTimeout();
  }

  private Step failed(Attempt current, @Nullable HedgedAttempt hedged, IOException e)
      throws IOException {
    try {
      return current.failed(e);
    } catch (IOException ofCaller) {
      if (hedged != null && hedged.overtaken().fired()) {
        // It was broken off for another, and by nobody else.
        return call.proceed();
      }
      throw ofCaller;
    }
  }

  private Step answered(Response response) {
    if (beside) {
      return offered(response);
    }
    Step next;
    boolean wanted;
    try {
      next = call.onResponse(new ResponseView(response));
      wanted = isAboutResponse(next) && call.winner() == null;
    } catch (RuntimeException | Error e) {
      response.close();
      throw e;
    }
    if (wanted) {
      answer = response;
    } else {
      // Reads a short rest, so that the connection can be used again, and drops it otherwise.
      response.close();
    }
    return next;
  }

  /** The response must be there for others before the mesh tells them of it. */
  private Step offered(Response response) {
    offer.set(response);
    Step next = call.onResponse(new ResponseView(response));
    if (next.kind() != Step.Kind.DELIVER) {
      discardOffer();
    }
    return next;
  }

  private Response deliver() {
    Response changed = ChangedResponse.of(call, response());
    Response delivered =
        new Delivery(call, requireNonNull(attempt, "attempt"), caller).begin(changed);
    return flagged(delivered, outcome(false));
  }

  private Response reply(Step.Reply reply) {
    caller.whenGone(null);
    MeshResponse outcome = outcome(true);
    Request answered = head.request().newBuilder().tag(CallTag.class, tag).build();
    return LocalReply.response(reply, answered, outcome.flagNames());
  }

  private MeshResponse outcome(boolean local) {
    MeshResponse outcome =
        new MeshResponse(
            call.routeName(),
            call.clusterName(),
            call.attempt(),
            Optional.ofNullable(sent == null ? null : sent.endpoint()),
            call.flags(),
            local);
    tag.outcome(outcome);
    return outcome;
  }
}
