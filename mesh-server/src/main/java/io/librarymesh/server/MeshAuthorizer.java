package io.librarymesh.server;

import io.librarymesh.EndpointTls;
import io.librarymesh.Mesh;
import io.librarymesh.MeshCall;
import io.librarymesh.Step;
import io.librarymesh.authz.ExternalAnswer;
import io.librarymesh.authz.ExternalCheck;
import io.librarymesh.config.Endpoint;
import io.librarymesh.outcome.ResponseHead;
import io.librarymesh.outcome.TransportFailure;
import io.librarymesh.time.Scheduler.Cancellable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks authorizers as services of the mesh. */
final class MeshAuthorizer implements ExternalAuthorizer {
  private final Mesh mesh;

  MeshAuthorizer(Mesh mesh) {
    this.mesh = mesh;
  }

  @Override
  public ExternalAnswer ask(ExternalCheck check) {
    String[] name = check.cluster().split("\\|", -1);
    if (name.length != 4 || !name[0].equals("outbound") || !name[1].matches("[0-9]{1,5}")) {
      return new ExternalAnswer.NotAsked(
          "cluster: " + check.cluster() + " (expected: outbound|PORT||HOST)");
    }
    String host = name[3].toLowerCase(Locale.ROOT);
    int port = Integer.parseInt(name[1]);
    MeshCall call = mesh.call(host, port, new CheckHead(check, host + ":" + port));
    Asking asking = new Asking(call, check, CheckDeadline.in(check.timeoutNanos()));
    try {
      return asking.ask();
    } catch (InterruptedException e) {
      call.cancel();
      Thread.currentThread().interrupt();
      return new ExternalAnswer.Failed("interrupted");
    } catch (RuntimeException | Error e) {
      call.cancel();
      throw e;
    }
  }

  /** One question on its way. Confined to its thread. */
  private static final class Asking {
    private final MeshCall call;
    private final ExternalCheck check;
    private final CheckDeadline deadline;
    private ExternalAnswer.@Nullable Response response;

    Asking(MeshCall call, ExternalCheck check, CheckDeadline deadline) {
      this.call = call;
      this.check = check;
      this.deadline = deadline;
    }

    ExternalAnswer ask() throws InterruptedException {
      Step step = call.start();
      while (true) {
        if (step instanceof Step.Reply reply) {
          return new ExternalAnswer.Failed(reply.status() + " " + reply.body().text());
        }
        ExternalAnswer.Response answered = response;
        if (step instanceof Step.Deliver && answered != null) {
          call.onBodyEnd();
          return answered;
        }
        if (deadline.isOver()) {
          call.cancel();
          return new ExternalAnswer.Failed("no answer in time");
        }
        if (step instanceof Step.Send send) {
          step = attempt(send);
        } else if (step instanceof Step.Wait wait) {
          await(wait);
          step = deadline.isOver() ? step : call.proceed();
        } else {
          throw new IllegalStateException(step.toString());
        }
      }
    }

    private void await(Step.Wait wait) throws InterruptedException {
      CountDownLatch fired = new CountDownLatch(1);
      Cancellable subscription =
          wait.signal() == null ? () -> {} : wait.signal().subscribe(fired::countDown);
      boolean unused =
          fired.await(Math.min(wait.nanos(), Math.max(0, deadline.nanos())), TimeUnit.NANOSECONDS);
      subscription.cancel();
    }

    private Step attempt(Step.Send send) {
      Endpoint endpoint = send.endpoint();
      if (endpoint == null) {
        return call.onFailure(TransportFailure.CONNECT_FAILURE, false, "no endpoint");
      }
      CheckDeadline own = deadline.orIn(call.attemptTimeoutNanos()).orIn(call.perTryTimeoutNanos());
      boolean sent = false;
      try (Socket socket = new Socket()) {
        connect(socket, endpoint, send, own);
        socket.setSoTimeout(own.millis());
        EndpointTls tls = send.tls();
        try (Socket spoken = tls == null ? socket : tls.connect(socket, false)) {
          call.onConnected();
          CheckExchange exchange = new CheckExchange(spoken, own);
          byte[] request = CheckExchange.request(check);
          sent = true;
          exchange.send(request);
          response = exchange.answer(check.method());
        }
      } catch (SocketTimeoutException e) {
        return late(e, sent, own);
      } catch (IOException e) {
        response = null;
        TransportFailure kind =
            sent ? TransportFailure.CONNECTION_TERMINATION : TransportFailure.CONNECT_FAILURE;
        return call.onFailure(kind, sent, words(e));
      }
      return call.onResponse(new Head(response));
    }

    /** The limit of connecting, that of the call, or that of the question itself. */
    private Step late(SocketTimeoutException e, boolean sent, CheckDeadline own) {
      response = null;
      return !own.isOver() || own.equals(deadline)
          ? call.onFailure(TransportFailure.CONNECT_FAILURE, sent, words(e))
          : call.onTimeout();
    }

    private static void connect(
        Socket socket, Endpoint endpoint, Step.Send send, CheckDeadline deadline)
        throws IOException {
      socket.setTcpNoDelay(true);
      InetSocketAddress address = new InetSocketAddress(endpoint.address(), endpoint.port());
      socket.connect(address, deadline.orIn(send.connectTimeoutNanos()).millis());
    }

    private static String words(IOException e) {
      return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
  }

  private record Head(ExternalAnswer.Response response) implements ResponseHead {
    @Override
    public int status() {
      return response.status();
    }

    @Override
    public @Nullable String header(String name) {
      List<String> lines = response.headers().get(name);
      return lines == null ? null : String.join(",", lines);
    }
  }
}
