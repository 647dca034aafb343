package io.librarymesh.okhttp;

import static java.util.Objects.requireNonNull;

import io.librarymesh.MeshCall;
import io.librarymesh.Step;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Drives one {@link MeshCall}: does what its steps say and tells it what came of it. Used by one
 * thread at a time.
 */
final class MeshExchange {
  private final MeshCall call;
  private final EndpointClients clients;
  private final MeshFallback fallback;
  private final Caller caller;
  private final @Nullable OuterEvents observer;
  private final CallTag tag;
  private final RequestView head;

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
    this.call = call;
    this.clients = clients;
    this.fallback = fallback;
    this.caller = caller;
    this.observer = observer;
    this.tag = tag;
    this.head = head;
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
      answer = answer(step);
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
  }

  private Step start() {
    if (fallback != MeshFallback.NONE) {
      call.offerFallback();
    }
    return call.start();
  }

  private Response answer(Step step) throws IOException {
    if (step instanceof Step.Fallback asked) {
      Response instead = instead(asked);
      return instead == null ? answer(call.onNoFallback()) : instead;
    }
    return step instanceof Step.Reply reply ? reply(reply) : deliver();
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
    Attempt current = new Attempt(call, send, head.request(), caller.scheduler());
    attempt = current;
    sent = send;
    caller.whenGone(current::cancel);
    Deadline deadline =
        Deadline.start(caller.scheduler(), call.attemptTimeoutNanos(), current::cancel);
    boolean late = false;
    Response response;
    try {
      OkHttpClient client =
          tag.copy ? clients.uncached(send.endpoint()) : clients.to(send.endpoint());
      OuterEvents told = observer == null ? null : observer.of(client);
      response = current.execute(client, OutgoingRequest.of(call, head, tag), told);
    } catch (IOException e) {
      late = current.tookTooLong(deadline);
      caller.throwIfGone();
      return late ? call.onTimeout() : current.failed(e);
    } finally {
      late |= current.tookTooLong(deadline);
    }
    if (late) {
      response.close();
      return call.onTimeout();
    }
    return answered(tag.restore(response));
  }

  private Step answered(Response response) {
    Step next;
    try {
      next = call.onResponse(new ResponseView(response));
      if (next.kind() == Step.Kind.FALLBACK && ((Step.Fallback) next).failure() == null) {
        answer = response;
        return next;
      }
    } catch (RuntimeException | Error e) {
      response.close();
      throw e;
    }
    if (next.kind() == Step.Kind.DELIVER) {
      answer = response;
    } else {
      // Reads a short rest, so that the connection can be used again, and drops it otherwise.
      response.close();
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
