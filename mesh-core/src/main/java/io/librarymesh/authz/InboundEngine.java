package io.librarymesh.authz;

import io.librarymesh.config.InboundFilter;
import io.librarymesh.config.InboundPolicy;
import io.librarymesh.config.JwtAuthentication;
import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.PathNormalization.EscapedSlashes;
import io.librarymesh.route.PathDecision;
import io.librarymesh.route.PathNormalizer;
import io.librarymesh.time.WallClock;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides about requests to a server. Compiled once per update of an {@link InboundPolicy};
 * immutable, any thread, no I/O.
 *
 * <p>The path is brought into one form, and rules see that and nothing else; the application is to
 * be given the same.
 */
public final class InboundEngine {
  private static final int BAD_REQUEST = 400;

  /** One that asks nothing of anybody, and takes paths as they are. */
  public static final InboundEngine OPEN =
      new InboundEngine(
          PathNormalizer.compile(
              new PathNormalization(false, false, EscapedSlashes.KEEP_UNCHANGED)),
          new InboundStep[0],
          List.of());

  private final PathNormalizer paths;
  private final InboundStep[] steps;
  private final List<String> problems;

  private InboundEngine(PathNormalizer paths, InboundStep[] steps, List<String> problems) {
    this.paths = paths;
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
    for (InboundFilter filter : policy.filters()) {
      if (filter instanceof InboundFilter.Rbac rbac) {
        steps.add(RbacStep.compile(rbac, policy.client(), problems));
      } else if (filter instanceof JwtAuthentication jwt) {
        steps.add(JwtStep.compile(jwt, remoteKeys, clock, problems));
      }
    }
    return new InboundEngine(
        PathNormalizer.compile(policy.paths()), steps.toArray(InboundStep[]::new), problems);
  }

  /** What could not be compiled, for people. */
  public List<String> problems() {
    return problems;
  }

  /** Decides about a request. */
  public InboundVerdict decide(InboundRequest request) {
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
    for (InboundStep step : steps) {
      InboundVerdict.Denied denied = step.take(passage);
      if (denied != null) {
        return denied;
      }
    }
    return passage.allowed();
  }

  /**
   * Decides about a connection of which the requests are not known, because it is not HTTP. One
   * that is not admitted is closed without a word. Of what is asked of requests the worst is
   * assumed: it never allows, and it never keeps a policy from denying.
   */
  public boolean admits(InboundConnection connection) {
    for (InboundStep step : steps) {
      if (step instanceof RbacStep rbac && !rbac.admits(connection)) {
        return false;
      }
    }
    return true;
  }

  /** A fragment has no place on the wire, and a path without a slash fits no rule that has one. */
  private static boolean isTarget(InboundRequest request, String target) {
    return (target.startsWith("/") && target.indexOf('#') < 0)
        || (target.equals("*") && request.method().equals("OPTIONS"));
  }

  private static InboundVerdict refused(String details) {
    return new InboundVerdict.Denied(BAD_REQUEST, "", details, "", "", List.of());
  }
}
