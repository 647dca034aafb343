package io.librarymesh.cli;

import io.librarymesh.authz.InboundExplanation;
import io.librarymesh.authz.InboundExplanation.Finding;
import io.librarymesh.authz.InboundExplanation.Policies;
import io.librarymesh.authz.InboundExplanation.Policy;
import io.librarymesh.authz.InboundExplanation.Question;
import io.librarymesh.authz.InboundExplanation.Step;
import io.librarymesh.authz.InboundExplanation.Tokens;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The way of a request through the policies, for machines. */
final class AuthzJson {
  private AuthzJson() {}

  static List<Map<String, Object>> steps(InboundExplanation why) {
    return why.steps().stream().map(AuthzJson::step).toList();
  }

  private static Map<String, Object> step(Step step) {
    Map<String, Object> json = new LinkedHashMap<>();
    if (step instanceof Tokens tokens) {
      json.put("issuers", tokens.issuers());
      json.put("claims", tokens.claims().toString());
      json.put("problem", tokens.problem());
    } else if (step instanceof Policies policies) {
      json.put("action", policies.action().name());
      json.put("tried_out", policies.shadow());
      json.put("passed", policies.allowed());
      json.put("policies", policies.policies().stream().map(AuthzJson::policy).toList());
    } else if (step instanceof Question question) {
      json.put("asked", question.check().cluster());
      json.put("path", question.check().path());
    }
    return json;
  }

  private static Map<String, Object> policy(Policy policy) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", policy.name());
    json.put("matches", policy.matches());
    json.put("permission", finding(policy.permission()));
    json.put("principal", finding(policy.principal()));
    return json;
  }

  private static Map<String, Object> finding(Finding finding) {
    Finding plain = ConditionText.plain(finding);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("condition", ConditionText.of(plain.condition()));
    json.put("holds", plain.holds());
    if (!plain.parts().isEmpty()) {
      json.put("parts", plain.parts().stream().map(AuthzJson::finding).toList());
    }
    return json;
  }
}
