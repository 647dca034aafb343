package io.librarymesh.authz;

import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.ExternalAuthorization;
import io.librarymesh.config.InboundFilter;
import io.librarymesh.config.InboundPolicy;
import io.librarymesh.config.JwtAuthentication;
import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.PathNormalization.EscapedSlashes;
import io.librarymesh.route.PathDecision;
import io.librarymesh.route.PathNormalizer;
import io.librarymesh.time.WallClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides about requests to a server. Compiled once per update of an {@link InboundPolicy};
 * immutable, any thread, no I/O.
 *
 * <p>The path is brought into one form, and rules see that and nothing else; the application is to
 * be given the same.
 */
public final class InboundEngine {
  private static final int BAD_REQUEST = 400;
  private static final ExternalAnswer NOBODY =
      new ExternalAnswer.NotAsked("nobody here asks authorizers");

  /** One that asks nothing of anybody, and takes paths as they are. */
  public static final InboundEngine OPEN =
      new InboundEngine(
          new InboundPolicy(
              new PathNormalization(false, false, EscapedSlashes.KEEP_UNCHANGED),
              ClientAddress.FORWARDED,
              List.of()),
          new InboundStep[0],
          List.of());

  private final InboundPolicy policy;
  private final PathNormalizer paths;
  private final InboundStep[] steps;
  private final List<String> problems;

  private InboundEngine(InboundPolicy policy, InboundStep[] steps, List<String> problems) {
    this.policy = policy;
    this.paths = PathNormalizer.compile(policy.paths());
    this.steps = steps;
    this.problems = List.copyOf(problems);
  }

  /**
   * Compiles a policy. What cannot be compiled denies.
   *
   * @param remoteKeys the key sets of issuers that are known by URI
   * @param clock against which tokens expire
   */
  public static InboundEngine compile(
      InboundPolicy policy, JwksSource remoteKeys, WallClock clock) {
    List<String> problems = new ArrayList<>();
    List<InboundStep> steps = new ArrayList<>();
    Set<String> marking = new HashSet<>();
    for (InboundFilter filter : policy.filters()) {
      if (filter instanceof ExternalAuthorization external) {
        external.mark().ifPresent(mark -> marking.add(mark.prefix()));
      }
    }
    for (InboundFilter filter : policy.filters()) {
      if (filter instanceof InboundFilter.Rbac rbac) {
        steps.add(RbacStep.compile(rbac, policy.client(), marking, problems));
      } else if (filter instanceof ExternalAuthorization external) {
        steps.add(ExternalStep.compile(external, problems));
      } else if (filter instanceof JwtAuthentication jwt) {
        steps.add(JwtStep.compile(jwt, remoteKeys, clock, problems));
      }
    }
    return new InboundEngine(policy, steps.toArray(InboundStep[]::new), problems);
  }

  /** What could not be compiled, for people. */
  public List<String> problems() {
    return problems;
  }

  /**
   * Decides about a request, asking nobody: one about which an authorizer would have to be asked is
   * denied.
   */
  public InboundVerdict decide(InboundRequest request) {
    return decide(request, null);
  }

  /** Decides about a request as far as that goes without asking an authorizer. */
  public InboundDecision begin(InboundRequest request) {
    return begin(request, null);
  }

  /**
   * Decides about a request, and says why: what each policy that it met made of it. Costs much more
   * than {@link #decide}.
   */
  public InboundExplanation explain(InboundRequest request) {
    InboundTrace trace = new InboundTrace(policy.client(), request.path());
    InboundVerdict verdict = decide(request, trace);
    return new InboundExplanation(trace.path(), trace.steps(), verdict);
  }

  private InboundVerdict decide(InboundRequest request, @Nullable InboundTrace trace) {
    InboundDecision decision = begin(request, trace);
    while (decision instanceof InboundDecision.Asking asking) {
      decision = asking.resume(NOBODY);
    }
    return ((InboundDecision.Made) decision).verdict();
  }

  private InboundDecision begin(InboundRequest request, @Nullable InboundTrace trace) {
    String target = request.path();
    if (!isTarget(request, target)) {
      return refused("path: not one of a request");
    }
    if (request.headerLines("host").size() > 1) {
      return refused("host: more than one");
    }
    PathDecision decision = paths.decide(target);
    if (decision instanceof PathDecision.Refused refused) {
      return refused("path: " + refused.reason());
    } else if (decision instanceof PathDecision.Changed changed) {
      target = changed.path();
    }
    Passage passage = new Passage(request, target);
    if (trace != null) {
      trace.judges(target);
    }
    return goOn(passage, 0, trace);
  }

  /** Takes a request through the filters from this one on. */
  InboundDecision goOn(Passage passage, int from, @Nullable InboundTrace trace) {
    for (int i = from; i < steps.length; i++) {
      InboundVerdict.Denied denied = steps[i].take(passage);
      if (trace != null) {
        trace.took(policy.filters().get(i), passage, denied);
      }
      if (denied != null) {
        return new InboundDecision.Made(denied);
      }
      List<ExternalCheck> checks = passage.checks();
      if (!checks.isEmpty()) {
        if (trace != null) {
          trace.asks(checks.get(0));
        }
        return new InboundDecision.Asking(this, passage, i, checks);
      }
    }
    return new InboundDecision.Made(passage.allowed());
  }

  /** The one that asks. */
  ExternalStep external(int step) {
    return (ExternalStep) steps[step];
  }

  /**
   * Decides about a connection of which the requests are not known, because it is not HTTP. One
   * that is not admitted is closed without a word. Of what is asked of requests the worst is
   * assumed: it never allows, and it never keeps a policy from denying.
   */
  public boolean admits(InboundConnection connection) {
    Map<String, String> marked = new HashMap<>();
    for (InboundStep step : steps) {
      if (step instanceof RbacStep rbac) {
        if (!rbac.admits(connection)) {
          return false;
        }
        rbac.mark(connection, marked);
      } else if (step instanceof ExternalStep external) {
        ExternalAuthorization.Mark mark = external.mark();
        if (external.concerns(mark == null ? null : marked.get(mark.prefix()))) {
          return false;
        }
      }
    }
    return true;
  }

  /** A fragment has no place on the wire, and a path without a slash fits no rule that has one. */
  private static boolean isTarget(InboundRequest request, String target) {
    return (target.startsWith("/") && target.indexOf('#') < 0)
        || (target.equals("*") && request.method().equals("OPTIONS"));
  }

  private static InboundDecision refused(String details) {
    return new InboundDecision.Made(
        new InboundVerdict.Denied(BAD_REQUEST, "", details, "", "", List.of()));
  }
}
