package io.librarymesh.cli;

import io.librarymesh.InboundPort;
import io.librarymesh.authz.InboundExplanation;
import io.librarymesh.authz.InboundExplanation.Policies;
import io.librarymesh.authz.InboundExplanation.Policy;
import io.librarymesh.authz.InboundExplanation.Question;
import io.librarymesh.authz.InboundExplanation.Step;
import io.librarymesh.authz.InboundExplanation.Tokens;
import io.librarymesh.authz.InboundVerdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Why a request is let in or not, for people and for machines. */
record AuthzText(
    AuthzRequest request,
    InboundPort.State state,
    Optional<InboundExplanation> explained,
    InboundVerdict verdict,
    boolean closed) {

  String table() {
    StringBuilder out = new StringBuilder();
    line(out, 0, request.method() + " " + request.path() + " of " + caller());
    line(out, 0, "port " + request.destinationPort() + ": " + port());
    explained.ifPresent(why -> steps(out, why));
    out.append(System.lineSeparator());
    line(out, 0, conclusion());
    return out.toString();
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("allowed", verdict.isAllowed() && !closed);
    json.put("conclusion", conclusion());
    json.put("mode", state.mode().name());
    if (verdict instanceof InboundVerdict.Denied denied && !closed) {
      json.put("status", denied.status());
      json.put("policy", denied.policy());
    } else if (verdict instanceof InboundVerdict.Allowed allowed) {
      json.put("policy", allowed.policy());
    }
    explained.ifPresent(
        why -> {
          json.put("path", why.path());
          json.put("steps", AuthzJson.steps(why));
        });
    return json;
  }

  private String caller() {
    return request.caller().orElse("somebody in plaintext")
        + " at "
        + request.source().getHostAddress();
  }

  private String port() {
    if (state instanceof InboundPort.Open open) {
      return "nothing is asked of callers: " + open.reason();
    }
    return switch (state.mode()) {
      case STRICT -> "STRICT, mutual TLS only";
      case PERMISSIVE -> "PERMISSIVE, mutual TLS and plaintext";
      case DISABLE -> "DISABLE, plaintext only";
    };
  }

  private void steps(StringBuilder out, InboundExplanation why) {
    if (!why.path().equals(request.path())) {
      line(out, 0, "judged as " + why.path());
    }
    for (Step step : why.steps()) {
      out.append(System.lineSeparator());
      if (step instanceof Tokens tokens) {
        tokens(out, tokens);
      } else if (step instanceof Policies policies) {
        policies(out, policies);
      } else if (step instanceof Question question) {
        line(out, 0, "an authorizer is asked: " + question.check().cluster());
        line(out, 2, question.check().method() + " " + question.check().path());
      }
    }
  }

  private static void tokens(StringBuilder out, Tokens tokens) {
    line(out, 0, "tokens of " + String.join(", ", tokens.issuers()));
    String found = tokens.claims().isEmpty() ? "none that counts" : tokens.claims().toString();
    line(out, 2, tokens.problem().isEmpty() ? found : "refused: " + tokens.problem());
  }

  private static void policies(StringBuilder out, Policies policies) {
    line(
        out,
        0,
        policies.action()
            + (policies.shadow() ? " policies that are tried out: would be " : " policies: ")
            + (policies.allowed() ? "passed" : "not passed"));
    if (policies.policies().isEmpty()) {
      line(out, 2, "none");
    }
    for (Policy policy : policies.policies()) {
      line(out, 2, policy.name() + (policy.matches() ? " matches" : " does not match"));
      ConditionText.lines(policy.permission(), policy.principal())
          .forEach(text -> line(out, 4, text));
    }
  }

  private String conclusion() {
    if (closed) {
      return "closed: the port takes mutual TLS only (expected: --from SPIFFE_ID)";
    }
    if (question().isPresent()) {
      return "decided by " + question().get().check().cluster() + " (not asked here)";
    }
    if (verdict instanceof InboundVerdict.Denied denied) {
      String body = denied.body().isEmpty() ? denied.details() : denied.body();
      return "denied: " + denied.status() + " " + body + " (" + reason(denied) + ")";
    }
    String policy = verdict instanceof InboundVerdict.Allowed allowed ? allowed.policy() : "";
    return policy.isEmpty() ? "allowed" : "allowed by " + policy;
  }

  /** Where the way ends because somebody would have to be asked. */
  private Optional<Question> question() {
    List<Step> steps = explained.map(InboundExplanation::steps).orElse(List.of());
    return !steps.isEmpty() && steps.get(steps.size() - 1) instanceof Question question
        ? Optional.of(question)
        : Optional.empty();
  }

  private String reason(InboundVerdict.Denied denied) {
    if (!denied.policy().isEmpty()) {
      return "by " + denied.policy();
    }
    List<Step> steps = explained.map(InboundExplanation::steps).orElse(List.of());
    Step last = steps.isEmpty() ? null : steps.get(steps.size() - 1);
    return last instanceof Policies
        ? "no ALLOW policy matches"
        : last instanceof Tokens ? "the token does not count" : denied.details();
  }

  private static void line(StringBuilder out, int indent, String text) {
    out.append(" ".repeat(indent)).append(text).append(System.lineSeparator());
  }
}
