package io.librarymesh.server;

import io.librarymesh.authz.InboundVerdict;
import io.librarymesh.server.PeerLookup.Arrival;
import io.librarymesh.server.RequestGate.Judged;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Lets requests to a servlet container pass that the rules of the mesh let in, and answers the
 * others. To be the first filter, mapped to {@code /*}. What comes after it sees the path in the
 * form that was judged, the headers as the rules leave them, the address of the caller, and by
 * {@link InboundCall#ofServlet} who that is.
 *
 * <p>A request is judged once. Asynchronous dispatches, forwards and error pages of one that was
 * judged are the application's own; an error page of one that was not is judged like any request.
 * Any thread.
 */
public final class MeshServletFilter implements Filter {
  private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";
  private static final String VERDICT = MeshServletFilter.class.getName() + ".judged";

  private final RequestGate gate;

  private MeshServletFilter(RequestGate gate) {
    this.gate = gate;
  }

  /** For a container behind this front. */
  public static MeshServletFilter behind(InboundFront front) {
    return behind(front.peers(), front.rules(), front.counts(), front.authorizer());
  }

  /**
   * For a container behind an {@link InboundListener}: what has not come through it is refused.
   *
   * @param peers those of the listener
   */
  public static MeshServletFilter behind(
      InboundPeers peers, InboundPolicyView policy, InboundCounts counts) {
    return behind(peers, policy, counts, ExternalAuthorizer.NONE);
  }

  /**
   * The same, with somebody who asks authorizers.
   *
   * @param peers those of the listener
   */
  public static MeshServletFilter behind(
      InboundPeers peers,
      InboundPolicyView policy,
      InboundCounts counts,
      ExternalAuthorizer authorizer) {
    return new MeshServletFilter(new RequestGate(peers, policy, counts, authorizer));
  }

  /**
   * For a container that ends TLS itself, with {@link ServerTls#context}: whom the certificate
   * names is verified here.
   */
  public static MeshServletFilter direct(
      ServerTls tls, InboundPolicyView policy, InboundCounts counts) {
    return direct(tls, policy, counts, ExternalAuthorizer.NONE);
  }

  /** The same, with somebody who asks authorizers. */
  public static MeshServletFilter direct(
      ServerTls tls,
      InboundPolicyView policy,
      InboundCounts counts,
      ExternalAuthorizer authorizer) {
    return new MeshServletFilter(new RequestGate(new DirectPeers(tls), policy, counts, authorizer));
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest http)
        || !(response instanceof HttpServletResponse answer)) {
      throw new ServletException("not HTTP (expected: a container of HTTP)");
    }
    Judged judged = judged(http);
    if (judged.verdict() instanceof InboundVerdict.Allowed allowed) {
      InboundPeer peer = judged.peer().orElseThrow();
      request.setAttribute(InboundCall.ATTRIBUTE, InboundCall.of(peer, allowed));
      boolean wrapped = JudgedServletRequest.isWithin(http);
      if (!wrapped) {
        allowed
            .answerHeaders()
            .forEach((name, lines) -> lines.forEach(line -> answer.addHeader(name, line)));
      }
      chain.doFilter(wrapped ? http : JudgedServletRequest.of(http, peer, allowed), answer);
    } else if (judged.verdict() instanceof InboundVerdict.Denied denied) {
      answer(http, answer, denied);
    }
  }

  /** Attributes are the container's and the application's: no caller can set one. */
  private Judged judged(HttpServletRequest request) throws IOException {
    if (request.getAttribute(VERDICT) instanceof Judged before) {
      return before;
    }
    Judged judged = gate.judge(arrival(request), peer -> new ServletInboundRequest(request, peer));
    request.setAttribute(VERDICT, judged);
    return judged;
  }

  private static Arrival arrival(HttpServletRequest request) throws IOException {
    InetSocketAddress remote = address(request.getRemoteAddr(), request.getRemotePort());
    InetSocketAddress local = address(request.getLocalAddr(), request.getLocalPort());
    return request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain
        ? new Arrival(remote, local, true, List.of(chain), "")
        : new Arrival(remote, local, request.isSecure(), List.of(), "");
  }

  /** Of text that is an address, so that nothing is looked up. */
  private static InetSocketAddress address(String text, int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByName(text), port);
  }

  private static void answer(
      HttpServletRequest request, HttpServletResponse response, InboundVerdict.Denied denied)
      throws IOException {
    LocalAnswer answer = LocalAnswer.of(denied, request.getContentType());
    response.reset();
    response.setStatus(answer.status());
    answer
        .headers()
        .forEach((name, lines) -> lines.forEach(line -> response.addHeader(name, line)));
    byte[] body = answer.body();
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
