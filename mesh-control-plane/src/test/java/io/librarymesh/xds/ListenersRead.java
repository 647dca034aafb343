package io.librarymesh.xds;

import io.librarymesh.config.InboundListener;
import io.librarymesh.proto.envoy.config.listener.v3.Listener;

/** Reads Listeners as clients of this project do. */
public final class ListenersRead {
  private ListenersRead() {}

  /** An inbound one, which has to be accepted. */
  public static InboundListener inbound(Listener listener) {
    ReadResult<ListenerResource> result = ResourceType.LISTENER.read(listener.toByteString());
    if (result instanceof ReadResult.Accepted<ListenerResource> accepted
        && accepted.value() instanceof ListenerResource.Inbound inbound) {
      return inbound.listener();
    }
    throw new AssertionError(result);
  }
}
