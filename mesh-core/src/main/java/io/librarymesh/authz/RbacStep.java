package io.librarymesh.authz;

import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.InboundFilter.Rbac;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compiled policies, those in force and those that are tried out. */
final class RbacStep implements InboundStep {
  private static final int FORBIDDEN = 403;
  private static final String BODY = "RBAC: access denied";

  private final @Nullable RbacProgram rules;
  private final @Nullable RbacProgram connectionRules;
  private final @Nullable RbacProgram shadowRules;
  private final String shadowPrefix;
  private final ClientAddress client;
  private final @Nullable RbacProgram connectionMarks;
  private final boolean marks;

  private RbacStep(
      @Nullable RbacProgram rules,
      @Nullable RbacProgram connectionRules,
      @Nullable RbacProgram shadowRules,
      String shadowPrefix,
      ClientAddress client,
      @Nullable RbacProgram connectionMarks,
      boolean marks) {
    this.rules = rules;
    this.connectionRules = connectionRules;
    this.shadowRules = shadowRules;
    this.shadowPrefix = shadowPrefix;
    this.client = client;
    this.connectionMarks = connectionMarks;
    this.marks = marks;
  }

  /**
   * Compiles policies.
   *
   * @param marking the prefixes of shadow rules by which others find the requests that concern them
   */
  static RbacStep compile(
      Rbac filter, ClientAddress client, Set<String> marking, List<String> problems) {
    boolean marks = marking.contains(filter.shadowPrefix());
    return new RbacStep(
        filter.rules().map(rules -> RbacProgram.compile(rules, problems)).orElse(null),
        filter.rules().map(RbacProgram::compileForConnections).orElse(null),
        filter.shadowRules().map(rules -> RbacProgram.compile(rules, problems)).orElse(null),
        filter.shadowPrefix(),
        client,
        marks ? filter.shadowRules().map(RbacProgram::compileForConnections).orElse(null) : null,
        marks);
  }

  @Override
  public InboundVerdict.@Nullable Denied take(Passage passage) {
    Facts facts = Facts.of(passage.request(), client, passage.target(), passage.claims());
    String dispatch = passage.dispatchTarget();
    Facts others =
        dispatch == null ? null : Facts.of(passage.request(), client, dispatch, passage.claims());
    if (shadowRules != null) {
      Judgement shadow = judge(shadowRules, facts, others);
      if (marks) {
        passage.mark(shadowPrefix, shadow.policy());
      } else {
        passage.shadow(new ShadowVerdict(shadowPrefix, shadow.allowed(), shadow.policy()));
      }
    }
    if (rules == null) {
      return null;
    }
    Judgement judgement = judge(rules, facts, others);
    if (!judgement.allowed()) {
      return passage.denied(FORBIDDEN, BODY, details(judgement), judgement.policy(), "");
    }
    if (!judgement.policy().isEmpty()) {
      if (rules.audits()) {
        passage.audit();
      } else {
        passage.passed(judgement.policy());
      }
    }
    return null;
  }

  /** Whether a connection may stay open, judged by itself. */
  boolean admits(InboundConnection connection) {
    return connectionRules == null || judge(connectionRules, Facts.of(connection), null).allowed();
  }

  /** Adds what may be marked of a connection's requests. */
  void mark(InboundConnection connection, Map<String, String> marked) {
    if (connectionMarks != null) {
      marked.put(shadowPrefix, judge(connectionMarks, Facts.of(connection), null).policy());
    }
  }

  // Whoever is not to pass by either path does not pass: the framework may dispatch by the other.
  private static Judgement judge(RbacProgram rules, Facts facts, @Nullable Facts others) {
    String matched = rules.match(facts);
    boolean allowed = rules.allows(matched);
    if (others != null && allowed) {
      String other = rules.match(others);
      if (!rules.allows(other)) {
        return new Judgement(false, other == null ? "" : other);
      }
      matched = matched == null ? other : matched;
    }
    return new Judgement(allowed, matched == null ? "" : matched);
  }

  private static String details(Judgement judgement) {
    String policy = judgement.policy().isEmpty() ? "none" : judgement.policy();
    return "rbac_access_denied_matched_policy[" + policy + "]";
  }

  /**
   * What rules say.
   *
   * @param policy empty when none matched
   */
  private record Judgement(boolean allowed, String policy) {}
}
