package io.librarymesh.okhttp;

import static java.util.Objects.requireNonNull;

import io.librarymesh.Step;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import kotlin.jvm.functions.Function0;
import kotlin.reflect.KClass;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A call that {@link MeshCallFactory} made. It runs in legs from one wait to the next, and each leg
 * is carried by an OkHttp call on the client's dispatcher; between legs there is a timer and
 * nothing else.
 */
final class AsyncCall implements Call {
  private final MeshCallFactory factory;
  private final Request request;
  private final Call firstCarrier;
  private final Timeout timeout =
      new Timeout() {
        @Override
        public void cancel() {
          super.cancel();
          caller.unbound();
        }
      };
  private final Caller caller;
  private final AtomicBoolean executed = new AtomicBoolean();
  private volatile EventListener events;
  private volatile @Nullable Callback callback;

  /** Set by the first leg; legs follow one another, and the dispatcher orders their memory. */
  private @Nullable OutgoingCall outgoing;

  AsyncCall(MeshCallFactory factory, Request request) {
    this.factory = factory;
    this.request = request;
    this.caller = new Caller(factory.timers.of(this), this::ended);
    this.firstCarrier = carrier();
    this.events = factory.client.eventListenerFactory().create(this);
    timeout.timeout(factory.client.callTimeoutMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public Response execute() throws IOException {
    begin();
    try {
      return firstCarrier.execute();
    } catch (IOException e) {
      events.callFailed(this, e);
      throw e;
    }
  }

  @Override
  public void enqueue(Callback responseCallback) {
    begin();
    callback = responseCallback;
    dispatch(firstCarrier);
  }

  /** The interceptor of carriers: one leg of the call that is carried. */
  static Response carry(Interceptor.Chain chain) throws IOException {
    AsyncCall call = requireNonNull(chain.call().tag(AsyncCall.class), "call");
    OutgoingCall outgoing = call.outgoing;
    if (outgoing == null) {
      outgoing = call.factory.interceptor.begin(call.caller, call, call.events, chain);
      call.outgoing = outgoing;
    }
    boolean over = true;
    try {
      call.caller.throwIfGone();
      Step.Wait wait = outgoing.advance();
      while (wait != null) {
        if (call.callback != null) {
          over = false;
          throw new Suspension(wait);
        }
        call.caller.await(wait);
        wait = outgoing.advance();
      }
      over = false;
      return outgoing.response();
    } finally {
      if (over) {
        outgoing.cancel();
      }
    }
  }

  @Override
  public void cancel() {
    if (!caller.isGone()) {
      caller.leave();
      events.canceled(this);
    }
  }

  @Override
  public Request request() {
    return request;
  }

  @Override
  public boolean isExecuted() {
    return executed.get();
  }

  @Override
  public boolean isCanceled() {
    return caller.isGone();
  }

  @Override
  public Timeout timeout() {
    return timeout;
  }

  @Override
  public synchronized void addEventListener(EventListener listener) {
    events = events.plus(listener);
  }

  @Override
  public <T> @Nullable T tag(KClass<T> type) {
    return firstCarrier.tag(type);
  }

  @Override
  public <T> @Nullable T tag(Class<? extends T> type) {
    return firstCarrier.tag(type);
  }

  @Override
  public <T> T tag(KClass<T> type, Function0<? extends T> computeIfAbsent) {
    return firstCarrier.tag(type, computeIfAbsent);
  }

  @Override
  public <T> T tag(Class<T> type, Function0<? extends T> computeIfAbsent) {
    return firstCarrier.tag(type, computeIfAbsent);
  }

  @Override
  public Call clone() {
    return factory.newCall(request);
  }

  private void begin() {
    if (!executed.compareAndSet(false, true)) {
      throw new IllegalStateException("Already Executed");
    }
    caller.start(timeout.timeoutNanos());
    events.callStart(this);
  }

  private Call carrier() {
    Call carrier = factory.carriers.newCall(request);
    carrier.tag(AsyncCall.class, () -> this);
    carrier.addEventListener(caller);
    return carrier;
  }

  private void dispatch(Call carrier) {
    carrier.enqueue(
        new Callback() {
          @Override
          public void onResponse(Call leg, Response response) throws IOException {
            requireNonNull(callback, "callback").onResponse(AsyncCall.this, response);
          }

          @Override
          public void onFailure(Call leg, IOException e) {
            if (e instanceof Suspension suspension) {
              Pause unused = Pause.begin(suspension.wait, caller, AsyncCall.this::goOn);
            } else {
              fail(e);
            }
          }
        });
  }

  private void goOn() {
    dispatch(carrier());
  }

  private void fail(IOException e) {
    if (outgoing != null) {
      outgoing.cancel();
    }
    events.callFailed(this, e);
    requireNonNull(callback, "callback").onFailure(this, e);
  }

  private void ended(@Nullable IOException failure) {
    if (failure == null) {
      events.callEnd(this);
    } else {
      events.callFailed(this, failure);
    }
  }

  /** Carries a wait out of an interceptor, which can end without a response in no other way. */
  private static final class Suspension extends IOException {
    private static final long serialVersionUID = 1L;

    final transient Step.Wait wait;

    Suspension(Step.Wait wait) {
      super("suspended");
      this.wait = wait;
    }

    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }
}
