package io.librarymesh.controlplane.serve;

import java.net.BindException;
import java.net.InetSocketAddress;

/** Says of every kind of server in the same words that its address could not be had. */
public final class ListenFailure {
  private ListenFailure() {}

  /** Names the address and the reason, which is the cause's message. */
  public static BindException of(InetSocketAddress address, Throwable cause) {
    BindException named =
        new BindException(
            "cannot listen on "
                + address.getHostString()
                + ":"
                + address.getPort()
                + ": "
                + cause.getMessage());
    named.initCause(cause);
    return named;
  }
}
