package io.librarymesh.okhttp;

import io.librarymesh.okhttp.upstream.Upstreams;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/** Hears of connections that no upstream hears of, since they do not come about. */
final class CaseEvents extends EventListener {
  private final ScriptedCall call;
  private final Upstreams upstreams;
  private final Runnable refused;

  /**
   * The events of one call.
   *
   * @param refused run when a connection was refused or given up, before the next attempt
   */
  CaseEvents(ScriptedCall call, Upstreams upstreams, Runnable refused) {
    this.call = call;
    this.upstreams = upstreams;
    this.refused = refused;
  }

  @Override
  public void connectStart(Call ignored, InetSocketAddress address, Proxy proxy) {
    upstreams.host(address.getPort()).ifPresent(call::connecting);
  }

  @Override
  public void connectFailed(
      Call ignored,
      InetSocketAddress address,
      Proxy proxy,
      @Nullable Protocol protocol,
      IOException e) {
    if (upstreams.host(address.getPort()).filter(call::refused).isPresent()) {
      refused.run();
    }
  }
}
