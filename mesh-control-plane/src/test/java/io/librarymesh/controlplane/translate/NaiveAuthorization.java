package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.AuthorizationPolicy;
import io.librarymesh.controlplane.istio.AuthorizationPolicy.Action;
import io.librarymesh.controlplane.istio.AuthorizationRule;
import io.librarymesh.controlplane.istio.AuthorizationRule.Condition;
import io.librarymesh.controlplane.istio.AuthorizationRule.Operation;
import io.librarymesh.controlplane.istio.AuthorizationRule.Source;
import io.librarymesh.controlplane.istio.AuthorizationRule.Values;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Decides by policies as they are written, in the plainest way, without filters or matchers.
 *
 * @param call what is decided about
 * @param claims of its token; empty without one
 * @param http whether it is a request, and not a connection of which nothing more is known
 */
record NaiveAuthorization(CallOfTests call, Map<String, Object> claims, boolean http) {
  /** The domain of the mesh, and its alias. */
  static final Set<String> OWN = Set.of("td1", "old-td");

  boolean passes(List<AuthorizationPolicy> policies) {
    List<AuthorizationPolicy> enforced = policies.stream().filter(p -> !p.isDryRun()).toList();
    if (matches(enforced, Action.CUSTOM) || matches(enforced, Action.DENY)) {
      return false;
    }
    return enforced.stream().noneMatch(policy -> policy.action() == Action.ALLOW)
        || matches(enforced, Action.ALLOW);
  }

  private boolean matches(List<AuthorizationPolicy> policies, Action action) {
    return policies.stream()
        .filter(policy -> policy.action() == action)
        .anyMatch(policy -> policy.rules().stream().anyMatch(rule -> matches(policy, rule)));
  }

  private boolean matches(AuthorizationPolicy policy, AuthorizationRule rule) {
    if (!http && policy.action() == Action.ALLOW && asksOfRequests(rule)) {
      return false;
    }
    String namespace = policy.metadata().namespace();
    return (rule.from().isEmpty()
            || rule.from().stream().anyMatch(source -> isFrom(source, namespace)))
        && (rule.to().isEmpty() || rule.to().stream().anyMatch(this::isTo))
        && rule.when().stream().allMatch(condition -> holds(condition, namespace));
  }

  private static boolean asksOfRequests(AuthorizationRule rule) {
    return rule.from().stream().anyMatch(source -> !source.requestPrincipals().isEmpty())
        || rule.to().stream()
            .anyMatch(
                to -> !to.hosts().isEmpty() || !to.methods().isEmpty() || !to.paths().isEmpty())
        || rule.when().stream().anyMatch(condition -> condition.key().startsWith("request."));
  }

  private boolean isFrom(Source source, String policyNamespace) {
    return asked(source.principals(), this::isPrincipal)
        && askedOfRequest(source.requestPrincipals(), this::isRequestPrincipal)
        && asked(source.namespaces(), this::isNamespace)
        && asked(source.serviceAccounts(), value -> isAccount(value, policyNamespace))
        && asked(source.trustDomains(), this::isTrustDomain)
        && asked(source.ipBlocks(), value -> isIn(value, call.ip()))
        && asked(source.remoteIpBlocks(), value -> isIn(value, client()));
  }

  private boolean isTo(Operation operation) {
    return askedOfRequest(operation.hosts(), value -> fits(lower(value), lower(call.authority())))
        && askedOfRequest(operation.methods(), value -> fits(value, call.method()))
        && askedOfRequest(operation.paths(), this::isPath)
        && asked(operation.ports(), value -> value.equals("" + call.destinationPort()));
  }

  private boolean holds(Condition condition, String policyNamespace) {
    Values values = condition.values();
    String key = condition.key();
    if (key.startsWith("request.headers[")) {
      String name = lower(key.substring(16, key.length() - 1));
      return askedOfRequest(
          values, value -> call.headerLines(name).stream().anyMatch(line -> fits(value, line)));
    }
    return switch (key) {
      case "source.principal" -> asked(values, this::isPrincipal);
      case "source.namespace" -> asked(values, this::isNamespace);
      case "source.serviceAccount" -> asked(values, value -> isAccount(value, policyNamespace));
      case "source.trustDomain" -> asked(values, this::isTrustDomain);
      case "source.ip" -> asked(values, value -> isIn(value, call.ip()));
      case "remote.ip" -> asked(values, value -> isIn(value, client()));
      case "destination.ip" -> asked(values, value -> isIn(value, Judge.ADDRESS));
      case "destination.port" -> asked(values, value -> value.equals("" + call.destinationPort()));
      case "connection.sni" -> asked(values, value -> fits(value, call.serverName()));
      case "request.auth.principal" -> askedOfRequest(values, this::isRequestPrincipal);
      case "request.auth.audiences" -> askedOfRequest(values, value -> has("aud", value));
      case "request.auth.presenter" -> askedOfRequest(values, value -> has("azp", value));
      case "request.auth.claims[groups]" -> askedOfRequest(values, value -> has("groups", value));
      default -> throw new AssertionError(key);
    };
  }

  private static boolean asked(Values values, Predicate<String> is) {
    return (values.any().isEmpty() || values.any().stream().anyMatch(is))
        && values.none().stream().noneMatch(is);
  }

  /** Where no request is known, what is asked of it was left out of the rule. */
  private boolean askedOfRequest(Values values, Predicate<String> is) {
    return !http || asked(values, is);
  }

  private static boolean fits(String value, String text) {
    if (value.equals("*")) {
      return !text.isEmpty();
    } else if (value.startsWith("*")) {
      return text.endsWith(value.substring(1));
    } else if (value.endsWith("*")) {
      return text.startsWith(value.substring(0, value.length() - 1));
    }
    return text.equals(value);
  }

  private boolean isPrincipal(String value) {
    Optional<String> identity = call.identity();
    if (identity.isEmpty()) {
      return false;
    }
    String wanted = domain(value);
    boolean own = OWN.contains(wanted) || wanted.equals("cluster.local");
    if (own && value.split("/", -1).length == 5 && OWN.contains(domain(identity.get()))) {
      return fits(rest(value), rest(identity.get()));
    }
    boolean replaced = own && value.split("/", -1).length == 5;
    return !replaced && fits(value, identity.get());
  }

  private boolean isTrustDomain(String value) {
    if (call.identity().isEmpty()) {
      return false;
    }
    String domain = domain(call.identity().get());
    return (OWN.contains(value) || value.equals("cluster.local"))
        ? OWN.contains(domain)
        : value.equals(domain);
  }

  private static String domain(String identity) {
    return identity.substring(0, Math.max(0, identity.indexOf('/')));
  }

  private static String rest(String identity) {
    return identity.substring(identity.indexOf('/'));
  }

  private Optional<String> part(int index) {
    return call.identity().map(id -> id.split("/", -1)[index]);
  }

  private boolean isNamespace(String value) {
    return part(2).filter(namespace -> fits(value, namespace)).isPresent();
  }

  private boolean isAccount(String value, String policyNamespace) {
    String wanted = value.contains("/") ? value : policyNamespace + "/" + value;
    return call.identity().isPresent()
        && wanted.equals(part(2).orElseThrow() + "/" + part(4).orElseThrow());
  }

  private boolean isRequestPrincipal(String value) {
    Object issuer = claims.get("iss");
    Object subject = claims.get("sub");
    if (!(issuer instanceof String iss && subject instanceof String sub)) {
      return false;
    }
    if (iss.isEmpty() || sub.isEmpty()) {
      return false;
    }
    int slash = value.lastIndexOf('/');
    if (value.equals("*")) {
      return true;
    } else if (slash < 0) {
      return value.startsWith("*")
          ? sub.endsWith(value.substring(1))
          : value.endsWith("*") && fits(value, iss);
    }
    String wantedIssuer = value.substring(0, slash);
    String wantedSubject = value.substring(slash + 1);
    return value.startsWith("*")
        ? fits(wantedIssuer, iss) && wantedSubject.equals(sub)
        : wantedIssuer.equals(iss) && fits(wantedSubject, sub);
  }

  private boolean has(String claim, String value) {
    Object found = claims.get(claim);
    return found instanceof List<?> list
        ? list.stream().anyMatch(each -> fits(value, (String) each))
        : found instanceof String text && fits(value, text);
  }

  private boolean isPath(String value) {
    String path = call.path().replaceFirst("\\?.*", "");
    if (!value.contains("{")) {
      return fits(value, path);
    }
    List<String> wanted = Arrays.asList(value.split("/", -1));
    List<String> segments = Arrays.asList(path.split("/", -1));
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.get(i).equals("{**}")) {
        return segments.size() > i;
      } else if (i >= segments.size()
          || (wanted.get(i).equals("{*}")
              ? segments.get(i).isEmpty()
              : !wanted.get(i).equals(segments.get(i)))) {
        return false;
      }
    }
    return segments.size() == wanted.size();
  }

  private static boolean isIn(String block, String address) {
    return block.endsWith("/16")
        ? address.startsWith(block.replace("0.0/16", ""))
        : block.equals(address);
  }

  private String client() {
    List<String> lines = http ? call.headerLines("x-forwarded-for") : List.of();
    String all = String.join(",", lines);
    return all.isEmpty() ? call.ip() : all.substring(all.lastIndexOf(',') + 1).strip();
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
