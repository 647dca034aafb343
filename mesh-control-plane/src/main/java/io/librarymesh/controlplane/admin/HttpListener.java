package io.librarymesh.controlplane.admin;

import com.sun.net.httpserver.HttpServer;
import io.librarymesh.controlplane.serve.ListenFailure;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;

/** Makes the JDK's HTTP servers, and says which address could not be had. */
public final class HttpListener {
  private HttpListener() {}

  /**
   * A server that is bound and not started.
   *
   * @param backlog connections that wait to be accepted; 0 for the system's default
   * @throws BindException if the address cannot be had
   * @throws IOException if a socket cannot be made
   */
  public static HttpServer bind(InetSocketAddress address, int backlog) throws IOException {
    try {
      return HttpServer.create(address, backlog);
    } catch (BindException e) {
      throw ListenFailure.of(address, e);
    }
  }
}
