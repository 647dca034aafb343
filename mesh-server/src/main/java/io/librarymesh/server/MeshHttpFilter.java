package io.librarymesh.server;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import io.librarymesh.authz.InboundVerdict;
import io.librarymesh.server.PeerLookup.Arrival;
import io.librarymesh.server.RequestGate.Judged;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;

/**
 * Lets requests to the JDK's HTTP server pass that the rules of the mesh let in, and answers the
 * others. To be the first filter of every context. What comes after it sees the path in the form
 * that was judged, the headers as the rules leave them, the address of the caller, and by {@link
 * InboundCall#of(HttpExchange)} who that is. Any thread.
 */
public final class MeshHttpFilter extends Filter {
  private final RequestGate gate;

  private MeshHttpFilter(RequestGate gate) {
    this.gate = gate;
  }

  /** For a server behind this front. */
  public static MeshHttpFilter behind(InboundFront front) {
    return behind(front.peers(), front.rules(), front.counts(), front.authorizer());
  }

  /**
   * For a server behind an {@link InboundListener}: what has not come through it is refused.
   *
   * @param peers those of the listener
   */
  public static MeshHttpFilter behind(
      InboundPeers peers, InboundPolicyView policy, InboundCounts counts) {
    return behind(peers, policy, counts, ExternalAuthorizer.NONE);
  }

  /**
   * The same, with somebody who asks authorizers.
   *
   * @param peers those of the listener
   */
  public static MeshHttpFilter behind(
      InboundPeers peers,
      InboundPolicyView policy,
      InboundCounts counts,
      ExternalAuthorizer authorizer) {
    return new MeshHttpFilter(new RequestGate(peers, policy, counts, authorizer));
  }

  /** For a server that ends TLS itself, with {@link ServerTls#context}. */
  public static MeshHttpFilter direct(
      ServerTls tls, InboundPolicyView policy, InboundCounts counts) {
    return direct(tls, policy, counts, ExternalAuthorizer.NONE);
  }

  /** The same, with somebody who asks authorizers. */
  public static MeshHttpFilter direct(
      ServerTls tls,
      InboundPolicyView policy,
      InboundCounts counts,
      ExternalAuthorizer authorizer) {
    return new MeshHttpFilter(new RequestGate(new DirectPeers(tls), policy, counts, authorizer));
  }

  @Override
  public String description() {
    return "lets in what the rules of the mesh let in";
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    Judged judged = gate.judge(arrival(exchange), peer -> new ExchangeRequest(exchange, peer));
    if (judged.verdict() instanceof InboundVerdict.Allowed allowed) {
      URI target;
      try {
        target = target(exchange.getRequestURI(), allowed.path());
      } catch (URISyntaxException e) {
        answer(exchange, RequestGate.answer(400, "", "path: " + e.getReason()));
        return;
      }
      chain.doFilter(new JudgedExchange(exchange, judged.peer().orElseThrow(), allowed, target));
    } else if (judged.verdict() instanceof InboundVerdict.Denied denied) {
      answer(exchange, denied);
    }
  }

  private static Arrival arrival(HttpExchange exchange) {
    return exchange instanceof HttpsExchange secure
        ? new Arrival(
            exchange.getRemoteAddress(),
            exchange.getLocalAddress(),
            true,
            ServerTls.presented(secure.getSSLSession()),
            "")
        : Arrival.plain(exchange.getRemoteAddress(), exchange.getLocalAddress());
  }

  /** What begins with two slashes would be read as an authority. */
  private static URI target(URI given, String judged) throws URISyntaxException {
    if (given.toString().equals(judged)) {
      return given;
    }
    return new URI(judged.startsWith("//") ? "//" + judged : judged);
  }

  private static void answer(HttpExchange exchange, InboundVerdict.Denied denied)
      throws IOException {
    LocalAnswer answer =
        LocalAnswer.of(denied, exchange.getRequestHeaders().getFirst("Content-Type"));
    try (exchange) {
      answer
          .headers()
          .forEach(
              (name, lines) -> exchange.getResponseHeaders().put(name, new ArrayList<>(lines)));
      byte[] body = answer.body();
      boolean bodiless = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(answer.status(), bodiless ? -1 : body.length);
      if (!bodiless) {
        exchange.getResponseBody().write(body);
      }
    }
  }
}
