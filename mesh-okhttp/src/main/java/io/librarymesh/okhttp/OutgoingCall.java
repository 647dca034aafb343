package io.librarymesh.okhttp;

import static java.util.Objects.requireNonNull;

import io.librarymesh.Mesh;
import io.librarymesh.Step;
import java.io.IOException;
import java.net.ProtocolException;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * The caller's call from the last application interceptor on: what OkHttp does for a call as a
 * whole (cookies, cache, redirects, authentication) around one {@link MeshExchange} for each
 * request that this takes. Used by one thread at a time.
 */
final class OutgoingCall {
  private final Mesh mesh;
  private final EndpointClients clients;
  private final MeshFallback fallback;
  private final Caller caller;
  private final Call call;
  private final EventListener events;
  private final @Nullable OuterEvents observer;
  private final Cookies cookies;
  private final FollowUps followUps;
  private final int readTimeoutMillis;
  private final int writeTimeoutMillis;

  private Request request;
  private int followed;
  private @Nullable Response prior;
  private @Nullable MeshExchange exchange;
  private @Nullable Response answer;

  /**
   * @param call what the caller knows as its call, in whose name {@code events} are told
   * @param chain where the settings of the caller's client and the request come from
   */
  OutgoingCall(
      Mesh mesh,
      EndpointClients clients,
      MeshFallback fallback,
      Caller caller,
      Call call,
      EventListener events,
      Interceptor.Chain chain) {
    this.mesh = mesh;
    this.clients = clients;
    this.fallback = fallback;
    this.caller = caller;
    this.call = call;
    this.events = events;
    this.observer = events == EventListener.NONE ? null : new OuterEvents(call, events);
    this.cookies = new Cookies(chain.getCookieJar());
    this.followUps =
        new FollowUps(
            chain.getAuthenticator(), chain.getFollowRedirects(), chain.getFollowSslRedirects());
    this.readTimeoutMillis = chain.readTimeoutMillis();
    this.writeTimeoutMillis = chain.writeTimeoutMillis();
    this.request = chain.request();
  }

  /**
   * Goes as far as it can without waiting.
   *
   * @return what to wait for before calling this again; null when there is a {@link #response}
   */
  Step.@Nullable Wait advance() throws IOException {
    while (true) {
      Response response = exchange == null ? cached() : null;
      if (response == null) {
        MeshExchange current = exchange == null ? begin() : exchange;
        exchange = current;
        Step.Wait wait = current.advance();
        if (wait != null) {
          return wait;
        }
        response = current.response();
      }
      if (!followUp(response)) {
        return null;
      }
    }
  }

  /** After {@link #advance} returned null. */
  Response response() {
    return requireNonNull(answer, "answer");
  }

  /** Gives up; does nothing to a response that was delivered. */
  void cancel() {
    caller.failed();
    if (exchange != null) {
      exchange.cancel();
    }
  }

  private @Nullable Response cached() throws IOException {
    Response hit = clients.cached(request);
    if (hit != null) {
      events.cacheHit(call, hit);
    }
    return hit;
  }

  private MeshExchange begin() {
    RequestView outgoing = new RequestView(cookies.load(request));
    HttpUrl url = outgoing.request().url();
    return new MeshExchange(
        mesh.call(url.host(), url.port(), outgoing),
        clients,
        fallback,
        caller,
        observer,
        new CallTag(readTimeoutMillis, writeTimeoutMillis),
        outgoing);
  }

  private boolean followUp(Response response) throws IOException {
    Request next = null;
    try {
      cookies.save(request, response);
      next = followUps.next(request, response);
      events.followUpDecision(call, response, next);
    } catch (IOException | RuntimeException e) {
      response.close();
      throw e;
    }
    answer = prior == null ? response : response.newBuilder().priorResponse(prior).build();
    if (next == null) {
      caller.answered();
      return false;
    }
    response.close();
    if (++followed > FollowUps.MAX) {
      throw new ProtocolException("Too many follow-up requests: " + followed);
    }
    prior = answer.newBuilder().body(ResponseBody.EMPTY).build();
    request = next;
    exchange = null;
    return true;
  }
}
