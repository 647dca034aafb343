package io.librarymesh.server;

import io.librarymesh.config.InboundListener.Mode;
import io.librarymesh.identity.MutualTls;
import io.librarymesh.identity.SvidRefusedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * By what a connection was let in, to see whether it still would be: the mode of the port, the
 * caller's certificate and the roots it counts by, and, where nobody judges requests, the policies.
 * One thread at a time.
 */
final class Admission {
  private final Mode mode;
  private final InboundPeer peer;
  private final List<X509Certificate> chain;
  private final boolean opaque;
  private @Nullable InboundRules rules;
  private @Nullable MutualTls tls;
  private boolean ended;

  /**
   * Of a connection that is let in now.
   *
   * @param chain what the caller has shown; empty in plaintext
   * @param opaque whether policies judge connections
   */
  Admission(
      InboundRules rules,
      @Nullable MutualTls tls,
      InboundPeer peer,
      List<X509Certificate> chain,
      boolean opaque) {
    this.mode = rules.mode();
    this.rules = rules;
    this.tls = tls;
    this.peer = peer;
    this.chain = chain;
    this.opaque = opaque;
  }

  /** Whether it would be let in. What has ended once does not come back. */
  boolean stands(Optional<InboundRules> now, Optional<MutualTls> server, Instant time) {
    ended = ended || isExpired(time) || !fits(now) || !isTrusted(server);
    return !ended;
  }

  private boolean isExpired(Instant time) {
    return !chain.isEmpty() && time.isAfter(chain.get(0).getNotAfter().toInstant());
  }

  /**
   * Where requests are judged they are answered while there are no rules; where they are not,
   * nobody would be let in.
   */
  @SuppressWarnings("ReferenceEquality") // Judged once for each state of the rules.
  private boolean fits(Optional<InboundRules> now) {
    if (now.isEmpty()) {
      return !opaque;
    }
    InboundRules current = now.get();
    if (current == rules) {
      return true;
    }
    rules = current;
    return isTakenBy(current.mode()) && (!opaque || current.engine().admits(peer));
  }

  /** In the mode DISABLE bytes are passed on as they come, and may be TLS of the caller's own. */
  private boolean isTakenBy(Mode now) {
    if (peer.overTls()) {
      return now != Mode.DISABLE;
    }
    return now == mode || (mode == Mode.PERMISSIVE && now == Mode.DISABLE);
  }

  @SuppressWarnings("ReferenceEquality") // Verified once for each identity of the server.
  private boolean isTrusted(Optional<MutualTls> server) {
    if (chain.isEmpty() || server.isEmpty() || server.get() == tls) {
      return true;
    }
    MutualTls now = server.get();
    tls = now;
    try {
      ServerTls.verified(now, chain);
      return true;
    } catch (SvidRefusedException e) {
      return false;
    }
  }
}
