package io.librarymesh.xds;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A bidirectional gRPC call whose events come on the event loop. Messages are asked for one by one:
 * the next is read when the one before has been dealt with, so that a fast server waits instead of
 * filling the heap.
 */
final class AdsCall<Q, R> {
  /** Receives what happens, on the event loop. Nothing comes after {@link #onClosed}. */
  interface Listener<R> {
    /** The transport is connected and takes requests. May come more than once. */
    void onReady();

    void onMessage(R message);

    /** The call has ended, however it was. Does not come after {@link AdsCall#cancel}. */
    void onClosed(Status status);
  }

  private final ClientCall<Q, R> call;
  private boolean ended;
  private @Nullable Runnable leaving;

  private AdsCall(ClientCall<Q, R> call) {
    this.call = call;
  }

  static <Q, R> AdsCall<Q, R> start(
      Channel channel, MethodDescriptor<Q, R> method, Executor loop, Listener<R> listener) {
    AdsCall<Q, R> started = new AdsCall<>(channel.newCall(method, CallOptions.DEFAULT));
    started.call.start(started.new Events(loop, listener), new Metadata());
    started.call.request(1);
    return started;
  }

  /** Sends a request; dropped when the call has ended. Event loop only. */
  void send(Q request) {
    if (!ended) {
      call.sendMessage(request);
    }
  }

  /** Ends the call; its listener hears no more. Event loop only. */
  void cancel(String reason) {
    if (!ended) {
      ended = true;
      call.cancel(reason, null);
    }
  }

  /**
   * Ends the call as one does who will not come back: the server is told, and its answer waited
   * for. The listener hears no more.
   *
   * @param done run when the call has ended
   */
  void leave(Runnable done) {
    if (ended) {
      done.run();
    } else {
      leaving = done;
      call.halfClose();
    }
  }

  private final class Events extends ClientCall.Listener<R> {
    private final Executor loop;
    private final Listener<R> listener;

    Events(Executor loop, Listener<R> listener) {
      this.loop = loop;
      this.listener = listener;
    }

    @Override
    public void onReady() {
      whileOpen(
          () -> {
            if (leaving == null) {
              listener.onReady();
            }
          });
    }

    @Override
    public void onMessage(R message) {
      whileOpen(() -> deliver(message));
    }

    private void deliver(R message) {
      if (leaving != null) {
        call.request(1); // The end comes after what was on its way.
        return;
      }
      try {
        listener.onMessage(message);
      } catch (RuntimeException | Error e) {
        // Never to go on as if it had been answered: the next stream begins anew.
        cancel("a response could not be dealt with");
        listener.onClosed(Status.INTERNAL.withDescription("cannot be dealt with: " + e));
        throw e;
      }
      call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      whileOpen(
          () -> {
            ended = true;
            if (leaving == null) {
              listener.onClosed(status);
            } else {
              leaving.run();
            }
          });
    }

    private void whileOpen(Runnable event) {
      loop.execute(
          () -> {
            if (!ended) {
              event.run();
            }
          });
    }
  }
}
