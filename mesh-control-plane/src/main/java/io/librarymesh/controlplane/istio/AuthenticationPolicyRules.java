package io.librarymesh.controlplane.istio;

import io.librarymesh.controlplane.istio.AuthenticationPolicy.Jwt;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.Path;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.Target;
import io.librarymesh.controlplane.istio.AuthenticationPolicy.Trigger;
import java.util.List;

/** Rules of a Policy and of a MeshPolicy. */
final class AuthenticationPolicyRules {
  static final String DEFAULT = "default";

  private AuthenticationPolicyRules() {}

  static void check(AuthenticationPolicy policy, FieldPath path, ValueRules rules) {
    FieldPath spec = path.field("spec");
    String name = policy.metadata().name();
    if (policy.isOfMesh() && !policy.targets().isEmpty()) {
      rules.report().invalid(spec.field("targets"), "a MeshPolicy is for the whole mesh");
    }
    if ((policy.isOfMesh() || policy.targets().isEmpty()) && !name.equals(DEFAULT)) {
      String which = policy.isOfMesh() ? "a MeshPolicy" : "a Policy without targets";
      rules.invalid(path.fields("metadata", "name"), name, DEFAULT + ", as of " + which);
    } else if (!policy.isOfMesh() && !policy.targets().isEmpty() && name.equals(DEFAULT)) {
      String which = "another name; default is that of a Policy without targets";
      rules.invalid(path.fields("metadata", "name"), name, which);
    }
    for (int i = 0; i < policy.targets().size(); i++) {
      target(policy.targets().get(i), spec.field("targets").index(i), rules);
    }
    for (int i = 0; i < policy.origins().size(); i++) {
      jwt(policy.origins().get(i), spec.field("origins").index(i).field("jwt"), rules);
    }
  }

  private static void target(Target target, FieldPath path, ValueRules rules) {
    if (target.name().isEmpty()) {
      rules.missing(path.field("name"), "the short name of a Service of the namespace");
    } else if (!Names.isDnsLabel(target.name())) {
      String rule = "the short name of a Service of the namespace";
      rules.invalid(path.field("name"), target.name(), rule);
    }
    for (int i = 0; i < target.ports().size(); i++) {
      rules.port(path.field("ports").index(i).field("number"), target.ports().get(i).number());
    }
  }

  private static void jwt(Jwt jwt, FieldPath path, ValueRules rules) {
    if (jwt.issuer().isEmpty()) {
      rules.missing(path.field("issuer"), "who issues the tokens");
    }
    if (!jwt.jwksUri().isEmpty()
        && !jwt.jwksUri().startsWith("http://")
        && !jwt.jwksUri().startsWith("https://")) {
      rules.invalid(path.field("jwksUri"), jwt.jwksUri(), "a URL of http or https");
    }
    if (!jwt.jwks().isEmpty()) {
      RequestAuthenticationRules.keys(path.field("jwks"), jwt.jwks(), rules);
    }
    if (!jwt.jwksUri().isEmpty() && !jwt.jwks().isEmpty()) {
      rules.report().invalid(path.field("jwks"), "beside jwksUri (expected: one of both)");
    }
    notEmpty(jwt.audiences(), path.field("audiences"), "an audience", rules);
    notEmpty(jwt.params(), path.field("jwtParams"), "a parameter", rules);
    for (int i = 0; i < jwt.headers().size(); i++) {
      if (!Names.isHeaderName(jwt.headers().get(i))) {
        FieldPath at = path.field("jwtHeaders").index(i);
        rules.invalid(at, Quoting.quote(jwt.headers().get(i)), "the name of a header");
      }
    }
    for (int i = 0; i < jwt.triggers().size(); i++) {
      Trigger trigger = jwt.triggers().get(i);
      FieldPath at = path.field("triggerRules").index(i);
      paths(trigger.excluded(), at.field("excludedPaths"), rules);
      paths(trigger.included(), at.field("includedPaths"), rules);
    }
  }

  private static void notEmpty(List<String> texts, FieldPath path, String what, ValueRules rules) {
    for (int i = 0; i < texts.size(); i++) {
      if (texts.get(i).isEmpty()) {
        rules.missing(path.index(i), what);
      }
    }
  }

  private static void paths(List<Path> paths, FieldPath list, ValueRules rules) {
    for (int i = 0; i < paths.size(); i++) {
      Path path = paths.get(i);
      FieldPath at = list.index(i).field(path.form().name().toLowerCase(java.util.Locale.ROOT));
      if (path.text().isEmpty()) {
        rules.missing(at, "a path");
      } else if (path.form() == Path.Form.REGEX) {
        rules.regex(at, path.text());
      }
    }
  }
}
