package io.librarymesh.xds;

import io.grpc.Status;
import java.util.Map;

/** One stream to one server, in one variant of the protocol. Event loop only. */
interface AdsStream {
  /** Tells the server what changed in the subscriptions. */
  void flush();

  /** Ends the stream; its owner hears no more. */
  void cancel(String reason);

  /** Ends the stream for good, and tells the server so; its owner hears no more but this. */
  void leave(Runnable done);

  /** The variants of the aggregated discovery service. */
  enum Variant {
    DELTA("delta"),
    STATE_OF_THE_WORLD("sotw");

    private final String shortName;

    Variant(String shortName) {
      this.shortName = shortName;
    }

    String shortName() {
      return shortName;
    }
  }

  /**
   * What a stream works with.
   *
   * @param node for the first request
   * @param server which one it is, so that resources can tell whose word they are
   * @param versions of the last accepted state-of-the-world responses of this server, by type;
   *     outlives the stream
   * @param massRemoval what an empty response about listeners or clusters does
   */
  record Setup(
      EventLoop loop,
      ResourceTables tables,
      io.librarymesh.proto.envoy.config.core.v3.Node node,
      int server,
      Map<ResourceType<?>, String> versions,
      XdsConfigSource.MassRemoval massRemoval,
      Owner owner) {}

  /** What the owner of a stream hears. */
  interface Owner {
    /** The server is connected. May come more than once. */
    void onReady();

    /** A response was dealt with. */
    void onResponse(boolean inOrder);

    /** A refusal goes out. */
    void onRefusal(String errors);

    /** Something the server did was not followed, on purpose. */
    void onRemark(String remark);

    void onClosed(Status status);
  }
}
