package io.librarymesh.xds;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.librarymesh.proto.envoy.config.core.v3.Node;
import io.librarymesh.time.Scheduler.Cancellable;
import io.librarymesh.xds.AdsStream.Setup;
import io.librarymesh.xds.AdsStream.Variant;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one stream to one of the control planes, while anything is subscribed. Event loop only.
 *
 * <p>A stream that breaks after it delivered something is replaced at once; what cannot be reached
 * is tried again after a back-off, the servers of the list in turn. While a later server of the
 * list is in use, the earlier ones are looked for. A server that does not know the incremental
 * variant is spoken to in the other one. Nothing here ever takes configuration away.
 */
final class ControlPlaneLink {
  private static final Logger LOG = System.getLogger(ControlPlaneLink.class.getName());

  /** What a server that works needs is a round trip. */
  private static final long GOODBYE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long CONNECT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Of Netty, and of OkHttp: the letters HTT are 4740180 when they stand for a length. */
  private static final List<String> NOT_HTTP_2 =
      List.of("First received frame was not SETTINGS", "FRAME_SIZE_ERROR: 4740180");

  private static final Cancellable NOTHING = () -> {};

  private final EventLoop loop;
  private final DependencyTree tree;
  private final List<ControlPlane> servers;
  private final Variant preferred;
  private final XdsConfigSource.MassRemoval massRemoval;
  private final ReconnectBackOff backOff;
  private final ReturnProbe probe;
  private final Supplier<Node> node;
  private final Map<Integer, Map<ResourceType<?>, String>> versions = new HashMap<>();

  private int server;
  private @Nullable Attempt attempt;
  private Cancellable retry = NOTHING;
  private boolean closed;

  private String problem = "";
  private String remark = "";
  private boolean outageLogged;
  private boolean everAnswered;
  private long lastResponse;
  private long streams;
  private long responses;
  private long refusals;

  ControlPlaneLink(
      EventLoop loop,
      DependencyTree tree,
      XdsConfigSource.LinkSettings settings,
      Supplier<Node> node) {
    this.loop = loop;
    this.tree = tree;
    this.servers = settings.servers();
    this.preferred = settings.variant();
    this.massRemoval = settings.massRemoval();
    this.backOff =
        new ReconnectBackOff(
            settings.firstBackOffNanos(), settings.longestBackOffNanos(), settings.random());
    this.node = node;
    this.probe =
        new ReturnProbe(loop, servers, settings.random(), CONNECT_TIMEOUT_NANOS, this::switchTo);
  }

  /** Tells the server what changed in the subscriptions, and opens a stream when there is none. */
  void flush() {
    if (closed) {
      return;
    }
    if (attempt != null) {
      attempt.flush();
      return;
    }
    tree.tables().all().forEach(ResourceTable::takeChanges);
    if (retry == NOTHING && !tree.tables().areEmpty()) {
      connect(server, preferred);
    }
  }

  /** Replaces the stream by one with the node as it is now. */
  void restart(String reason) {
    if (attempt != null) {
      attempt.end(reason);
      attempt = null;
      connect(server, preferred);
    }
  }

  /**
   * Ends the stream for good.
   *
   * @param registered whether the server must be told, so that nobody is sent here any more
   * @param done run when it has been told, cannot be told, or has not answered in time
   */
  void close(boolean registered, Runnable done) {
    closed = true;
    retry.cancel();
    probe.stop();
    Attempt last = attempt;
    attempt = null;
    if (last == null || !registered || !last.ready) {
      if (last != null) {
        last.end("closed");
      }
      done.run();
    } else {
      last.leave(done);
    }
  }

  private void connect(int index, Variant variant) {
    server = index;
    tree.connecting(servers.get(index).name());
    ManagedChannel channel;
    try {
      channel = servers.get(index).channels().get();
    } catch (RuntimeException e) {
      streams++;
      failed(servers.get(index).name() + ": " + e);
      return;
    }
    connect(channel, variant);
  }

  private void connect(ManagedChannel channel, Variant variant) {
    streams++;
    attempt = new Attempt(channel, variant);
    attempt.open();
  }

  /** An earlier server of the list is back. */
  private void switchTo(int index, ManagedChannel channel) {
    LOG.log(Level.INFO, "library-mesh: control plane " + servers.get(index).name() + " is back");
    if (attempt != null) {
      attempt.end("an earlier server of the list is back");
    }
    server = index;
    connect(channel, preferred);
  }

  private void lost(long livedNanos, String reason) {
    attempt = null;
    probe.stop();
    server = 0;
    problem = reason;
    LOG.log(Level.INFO, "library-mesh: control plane stream ended: " + reason);
    if (livedNanos >= backOff.intervalNanos()) {
      backOff.reset();
      reconnectAfter(0);
    } else {
      reconnectAfter(backOff.next(loop.nanos()));
    }
  }

  private void failed(String reason) {
    attempt = null;
    probe.stop();
    if (!outageLogged) {
      // The first of a row; the rest can be seen in the status.
      outageLogged = true;
      LOG.log(Level.WARNING, "library-mesh: control plane not reached: " + reason);
    }
    problem = reason;
    tree.problem("control plane not reached: " + reason);
    boolean another = server + 1 < servers.size();
    server = another ? server + 1 : 0;
    reconnectAfter(another ? 0 : backOff.next(loop.nanos()));
  }

  private void reconnectAfter(long nanos) {
    retry =
        loop.schedule(
            () -> {
              retry = NOTHING;
              flush();
            },
            nanos);
  }

  XdsStatus status(List<XdsStatus.ResourceStatus> resources) {
    Attempt current = attempt;
    boolean connected = current != null && current.ready;
    return new XdsStatus(
        streams == 0 ? "" : servers.get(server).name(),
        connected,
        current != null && connected ? current.variant.shortName() : "",
        connected ? remark : problem,
        everAnswered ? loop.nanos() - lastResponse : -1,
        new XdsStatus.Counts(streams, responses, refusals),
        resources);
  }

  /** One channel with one stream, and what becomes of it. */
  private final class Attempt implements AdsStream.Owner {
    private final ManagedChannel channel;
    private final Variant variant;
    private final Cancellable connectTimeout;
    private @Nullable AdsStream stream;
    private boolean ready;
    private boolean delivered;
    private long readySince;

    Attempt(ManagedChannel channel, Variant variant) {
      this.channel = channel;
      this.variant = variant;
      connectTimeout = loop.schedule(this::onConnectTimeout, CONNECT_TIMEOUT_NANOS);
    }

    void open() {
      Setup setup =
          new Setup(
              loop,
              tree.tables(),
              node.get(),
              server,
              versions.computeIfAbsent(server, index -> new HashMap<>()),
              massRemoval,
              this);
      stream =
          variant == Variant.DELTA
              ? DeltaStream.open(channel, setup)
              : SotwStream.open(channel, setup);
    }

    void flush() {
      if (stream != null) {
        stream.flush();
      }
    }

    void end(String reason) {
      connectTimeout.cancel();
      if (stream != null) {
        stream.cancel(reason);
      }
      channel.shutdownNow();
    }

    void leave(Runnable done) {
      AdsStream open = stream;
      if (open == null) {
        end("closed");
        done.run();
        return;
      }
      Runnable ended =
          () -> {
            channel.shutdownNow();
            done.run();
          };
      Cancellable timeout =
          loop.schedule(
              () -> {
                open.cancel("closed");
                ended.run();
              },
              GOODBYE_NANOS);
      open.leave(
          () -> {
            timeout.cancel();
            ended.run();
          });
    }

    @Override
    public void onReady() {
      if (!ready) {
        ready = true;
        readySince = loop.nanos();
        connectTimeout.cancel();
        tree.use(server, servers.get(server).name());
      }
    }

    @Override
    public void onResponse(boolean inOrder) {
      everAnswered = true;
      lastResponse = loop.nanos();
      responses++;
      if (!inOrder) {
        refusals++;
      }
      if (!delivered) {
        delivered = true;
        onDelivering();
      }
    }

    @Override
    public void onRefusal(String errors) {
      LOG.log(Level.WARNING, "library-mesh: refused what the control plane sent: " + errors);
    }

    private void onDelivering() {
      problem = "";
      remark = "";
      outageLogged = false;
      String name = servers.get(server).name();
      LOG.log(Level.INFO, "library-mesh: control plane " + name + ", " + variant.shortName());
      if (server > 0) {
        probe.start(server);
      }
    }

    @Override
    public void onRemark(String text) {
      remark = text;
      LOG.log(Level.WARNING, "library-mesh: control plane: " + text);
    }

    @Override
    public void onClosed(Status status) {
      connectTimeout.cancel();
      channel.shutdownNow();
      if (variant == Variant.DELTA && !delivered && status.getCode() == Status.Code.UNIMPLEMENTED) {
        connect(server, Variant.STATE_OF_THE_WORLD);
      } else if (delivered) {
        lost(loop.nanos() - readySince, describe(status));
      } else {
        failed(describe(status));
      }
    }

    private void onConnectTimeout() {
      end("no connection");
      failed(servers.get(server).name() + ": no connection within 10 s");
    }

    /**
     * In the words of either transport of gRPC, when an answer in HTTP/1.1 is taken for a frame.
     */
    private static boolean isNoHttp2(Status status) {
      String words =
          status.getDescription()
              + (status.getCause() == null ? "" : " " + status.getCause().getMessage());
      return NOT_HTTP_2.stream().anyMatch(words::contains);
    }

    private String describe(Status status) {
      StringBuilder text = new StringBuilder(servers.get(server).name()).append(": ");
      if (!ready && isNoHttp2(status)) {
        return text.append("that is not an xDS port: what answers there does not speak HTTP/2")
            .toString();
      }
      text.append(status.getCode());
      if (status.getDescription() != null) {
        text.append(", ").append(status.getDescription());
      }
      if (status.getCause() != null && status.getCause().getMessage() != null) {
        text.append(", ").append(status.getCause().getMessage());
      }
      return text.toString();
    }
  }
}
