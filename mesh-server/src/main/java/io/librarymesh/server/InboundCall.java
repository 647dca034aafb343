package io.librarymesh.server;

import com.sun.net.httpserver.HttpExchange;
import io.librarymesh.authz.InboundVerdict;
import io.librarymesh.config.Metadata;
import io.librarymesh.identity.SpiffeId;
import jakarta.servlet.ServletRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the mesh knows of a request that it has let in, for the application. Immutable.
 *
 * @param peer the connection that it came on
 * @param claims of its tokens, by the names of the providers' payloads
 * @param policy the last one that let it pass; empty when none had to
 * @param audited whether a policy marks it for an audit
 */
public record InboundCall(InboundPeer peer, Metadata claims, String policy, boolean audited) {
  static final String ATTRIBUTE = InboundCall.class.getName();

  static InboundCall of(InboundPeer peer, InboundVerdict.Allowed allowed) {
    return new InboundCall(peer, allowed.claims(), allowed.policy(), allowed.audited());
  }

  /** Who calls; empty in plaintext. */
  public Optional<SpiffeId> caller() {
    return peer.identity();
  }

  /** Of an exchange behind {@link MeshHttpFilter}; empty where there is no such filter. */
  public static Optional<InboundCall> of(HttpExchange exchange) {
    return found(exchange.getAttribute(ATTRIBUTE));
  }

  /** Of a request behind {@link MeshServletFilter}; empty where there is no such filter. */
  public static Optional<InboundCall> ofServlet(ServletRequest request) {
    return found(request.getAttribute(ATTRIBUTE));
  }

  private static Optional<InboundCall> found(@Nullable Object attribute) {
    return attribute instanceof InboundCall call ? Optional.of(call) : Optional.empty();
  }
}
