package io.librarymesh.server;

import io.librarymesh.authz.ExternalAnswer;
import io.librarymesh.authz.ExternalCheck;
import io.librarymesh.authz.InboundDecision;
import io.librarymesh.authz.InboundEngine;
import io.librarymesh.authz.InboundRequest;
import io.librarymesh.authz.InboundVerdict;
import io.librarymesh.authz.ShadowVerdict;
import io.librarymesh.server.PeerLookup.Arrival;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What the filters of all servers do with a request: who is it from, and may it pass. */
final class RequestGate {
  private static final Logger LOG = System.getLogger(RequestGate.class.getName());
  private static final int FORBIDDEN = 403;
  private static final int UNAVAILABLE = 503;
  private static final String DENIED = "RBAC: access denied";

  private final PeerLookup peers;
  private final InboundPolicyView policy;
  private final InboundCounts counts;
  private final ExternalAuthorizer authorizer;

  RequestGate(
      PeerLookup peers,
      InboundPolicyView policy,
      InboundCounts counts,
      ExternalAuthorizer authorizer) {
    this.peers = peers;
    this.policy = policy;
    this.counts = counts;
    this.authorizer = authorizer;
  }

  /**
   * Decides.
   *
   * @param request makes the request of the one who calls
   */
  Judged judge(Arrival arrival, Function<InboundPeer, InboundRequest> request) {
    InboundRules rules = policy.current().orElse(null);
    if (rules == null) {
      counts.refuse(InboundRefusal.NO_POLICY, "request of " + arrival.remote());
      return Judged.denied(answer(UNAVAILABLE, "no policy yet", "no_policy"));
    }
    Optional<InboundPeer> peer = peers.find(arrival, rules.mode());
    if (peer.isEmpty()) {
      counts.refuse(
          InboundRefusal.AROUND_THE_LISTENER,
          arrival.remote() + " (expected: by the port of the mesh, with the TLS that it asks for)");
      return Judged.denied(answer(FORBIDDEN, DENIED, "around_the_listener"));
    }
    return judged(rules.engine(), peer.get(), request.apply(peer.get()));
  }

  private Judged judged(InboundEngine engine, InboundPeer peer, InboundRequest request) {
    InboundVerdict verdict = decide(engine, peer, request);
    verdict.shadows().forEach(shadow -> tell(shadow, peer));
    if (verdict instanceof InboundVerdict.Denied denied) {
      counts.refuse(InboundRefusal.DENIED, denied.status() + " " + denied.details() + ", " + peer);
    } else {
      counts.allowed();
    }
    return new Judged(Optional.of(peer), verdict);
  }

  private InboundVerdict decide(InboundEngine engine, InboundPeer peer, InboundRequest request) {
    InboundDecision decision = engine.begin(request);
    while (decision instanceof InboundDecision.Asking asking) {
      ExternalAnswer answer = ask(asking.check());
      if (asking.failsOpen(answer)) {
        counts.failOpen(answer + ", " + peer);
      }
      decision = asking.resume(answer);
    }
    return ((InboundDecision.Made) decision).verdict();
  }

  private ExternalAnswer ask(ExternalCheck check) {
    try {
      return authorizer.ask(check);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "library-mesh: the authorizer of " + check.cluster() + " failed", e);
      return new ExternalAnswer.Failed(e.toString());
    }
  }

  private void tell(ShadowVerdict shadow, InboundPeer peer) {
    counts.shadow(shadow.allowed());
    if (LOG.isLoggable(Level.DEBUG)) {
      LOG.log(Level.DEBUG, "library-mesh: tried out: {0}, {1}", shadow, peer);
    }
  }

  static InboundVerdict.Denied answer(int status, String body, String details) {
    return new InboundVerdict.Denied(status, body, details, "", "", List.of());
  }

  /**
   * What was decided.
   *
   * @param peer empty only for what is denied
   */
  record Judged(Optional<InboundPeer> peer, InboundVerdict verdict) {
    static Judged denied(InboundVerdict.Denied verdict) {
      return new Judged(Optional.empty(), verdict);
    }
  }
}
