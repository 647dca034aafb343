package io.librarymesh.controlplane.translate;

import io.librarymesh.controlplane.istio.Finding;
import io.librarymesh.controlplane.istio.JwtRule;
import io.librarymesh.controlplane.istio.RequestAuthentication;
import io.librarymesh.controlplane.istio.Resource;
import io.librarymesh.controlplane.istio.Severity;
import io.librarymesh.controlplane.keys.KeySets;
import io.librarymesh.controlplane.keys.KeySource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which keys the rules of a mesh ask for, and where there are none. */
public final class TokenKeyFindings {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private TokenKeyFindings() {}

  /**
   * What has to be fetched, in the order of the rules, and for how long that may take at most: 5 s
   * unless a rule says more or less.
   */
  public static Map<KeySource, Duration> wanted(PushContext context) {
    Map<KeySource, Duration> wanted = new LinkedHashMap<>();
    for (RequestAuthentication policy : context.requestAuthentications()) {
      for (JwtRule rule : policy.jwtRules()) {
        Duration timeout = rule.timeout().orElse(TIMEOUT);
        KeySource.of(rule)
            .ifPresent(source -> wanted.merge(source, timeout, TokenKeyFindings::longer));
      }
    }
    return wanted;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /** A warning at each rule whose keys could not be had. */
  public static List<Finding> of(PushContext context) {
    KeySets keys = context.keys();
    List<Finding> findings = new ArrayList<>();
    if (keys.problems().isEmpty()) {
      return findings;
    }
    Set<Resource> written = Set.copyOf(context.resources());
    for (RequestAuthentication policy : context.requestAuthentications()) {
      for (int i = 0; i < policy.jwtRules().size(); i++) {
        Optional<KeySource> source = KeySource.of(policy.jwtRules().get(i));
        String problem = source.map(keys.problems()::get).orElse(null);
        if (source.isPresent() && problem != null) {
          // One that was made of a retired resource has other fields than its document.
          String path = written.contains(policy) ? path(i, source.get()) : "";
          findings.add(
              new Finding(
                  policy.position(),
                  Severity.WARNING,
                  path,
                  "keys of tokens could not be fetched: "
                      + problem
                      + consequence(keys, source.get())));
        }
      }
    }
    return findings;
  }

  private static String path(int rule, KeySource source) {
    return "spec.jwtRules["
        + rule
        + "]."
        + (source.kind() == KeySource.Kind.KEY_SET ? "jwksUri" : "issuer");
  }

  private static String consequence(KeySets keys, KeySource source) {
    return keys.set(source).isPresent()
        ? "; those that were fetched before are in use"
        : "; tokens of this issuer are refused; mend it, or write the keys in jwks";
  }
}
