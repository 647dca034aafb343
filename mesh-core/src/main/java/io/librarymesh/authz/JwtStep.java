package io.librarymesh.authz;

import io.librarymesh.config.JwtAuthentication;
import io.librarymesh.config.JwtProvider;
import io.librarymesh.config.JwtRequirement;
import io.librarymesh.config.JwtRequirement.Leniency;
import io.librarymesh.time.WallClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compiled demands for tokens. Source: Envoy's {@code jwt_authn} filter and its verifiers.
 *
 * <p>A token is missing, valid or bad, and a bad one is never taken for a missing one.
 */
final class JwtStep implements InboundStep {
  private static final int REALM_LENGTH = 256;

  private final Map<String, TokenVerifier> verifiers;
  private final JwtRequirement requirement;
  private final boolean bypassCorsPreflight;
  private final List<String> outputHeaders;

  private JwtStep(
      Map<String, TokenVerifier> verifiers,
      JwtRequirement requirement,
      boolean bypassCorsPreflight,
      List<String> outputHeaders) {
    this.verifiers = verifiers;
    this.requirement = requirement;
    this.bypassCorsPreflight = bypassCorsPreflight;
    this.outputHeaders = outputHeaders;
  }

  static JwtStep compile(
      JwtAuthentication filter, JwksSource remoteKeys, WallClock clock, List<String> problems) {
    Map<String, TokenVerifier> verifiers = new TreeMap<>();
    Set<String> outputHeaders = new LinkedHashSet<>();
    for (Map.Entry<String, JwtProvider> provider : filter.providers().entrySet()) {
      TokenVerifier verifier =
          TokenVerifier.compile(provider.getValue(), remoteKeys, clock, problems);
      verifiers.put(provider.getKey(), verifier);
      outputHeaders.addAll(verifier.outputHeaders());
    }
    return new JwtStep(
        verifiers, filter.requirement(), filter.bypassCorsPreflight(), List.copyOf(outputHeaders));
  }

  @Override
  public InboundVerdict.@Nullable Denied take(Passage passage) {
    // Before anything else, so that a caller cannot claim what only a token may say.
    passage.edit(outputHeaders, Map.of());
    if (bypassCorsPreflight && isPreflight(passage.request())) {
      return null;
    }
    Attempt attempt = new Attempt(passage);
    JwtStatus status = attempt.meet(requirement);
    return status == JwtStatus.OK ? null : denied(passage, status);
  }

  private static InboundVerdict.Denied denied(Passage passage, JwtStatus status) {
    InboundRequest request = passage.request();
    String url = request.scheme() + "://" + request.authority() + request.path();
    String shown = url.length() > REALM_LENGTH ? url.substring(0, REALM_LENGTH) : url;
    String challenge =
        "Bearer realm=\""
            + shown.replace("\\", "%5C").replace("\"", "%22")
            + "\""
            + (status == JwtStatus.MISSING ? "" : ", error=\"invalid_token\"");
    return passage.denied(
        status.httpStatus(),
        status.text(),
        "jwt_authn_access_denied{" + status.text().replace(' ', '_') + "}",
        "",
        challenge);
  }

  private static boolean isPreflight(InboundRequest request) {
    return request.method().equals("OPTIONS")
        && hasValue(request.headerLines("origin"))
        && hasValue(request.headerLines("access-control-request-method"));
  }

  private static boolean hasValue(List<String> lines) {
    return lines.stream().anyMatch(line -> !line.isEmpty());
  }

  /** One request's tokens, each taken apart once. */
  private final class Attempt {
    private final Passage passage;
    private final String target;
    private final Map<String, Jwt.Parsed> parsed = new HashMap<>();

    Attempt(Passage passage) {
      this.passage = passage;
      this.target = passage.target();
    }

    JwtStatus meet(JwtRequirement wanted) {
      if (wanted instanceof JwtRequirement.Provider provider) {
        return meet(provider);
      } else if (wanted instanceof JwtRequirement.Some some) {
        return some(some.requirements());
      } else if (wanted instanceof JwtRequirement.All all) {
        for (JwtRequirement one : all.requirements()) {
          JwtStatus status = meet(one);
          if (status != JwtStatus.OK) {
            return status;
          }
        }
        return JwtStatus.OK;
      }
      JwtStatus status = whatever();
      return wanted == Leniency.ALLOW_MISSING_OR_FAILED || status == JwtStatus.MISSING
          ? JwtStatus.OK
          : status;
    }

    private JwtStatus some(List<JwtRequirement> alternatives) {
      JwtStatus worst = JwtStatus.MISSING;
      for (JwtRequirement one : alternatives) {
        JwtStatus status = meet(one);
        if (status == JwtStatus.OK) {
          return status;
        }
        if (status != JwtStatus.MISSING && (worst.isVague() || !status.isVague())) {
          worst = status;
        }
      }
      return worst;
    }

    /** All tokens where the provider looks are its own and valid, and there is one. */
    private JwtStatus meet(JwtRequirement.Provider wanted) {
      TokenVerifier verifier = Objects.requireNonNull(verifiers.get(wanted.name()));
      List<TokenLocations.Found> tokens = verifier.locations().find(passage.request(), target);
      List<Jwt> good = new ArrayList<>(1);
      for (TokenLocations.Found found : tokens) {
        Jwt.Parsed token = parse(found);
        Jwt jwt = token.jwt();
        JwtStatus status = jwt == null ? token.status() : verifier.verify(jwt, wanted.audiences());
        if (jwt == null || status != JwtStatus.OK) {
          return status;
        }
        good.add(jwt);
      }
      for (int i = 0; i < good.size(); i++) {
        verifier.accept(passage, good.get(i), tokens.get(i));
      }
      return tokens.isEmpty() ? JwtStatus.MISSING : JwtStatus.OK;
    }

    /** All tokens where any provider looks are valid. */
    private JwtStatus whatever() {
      JwtStatus status = JwtStatus.MISSING;
      for (TokenVerifier verifier : verifiers.values()) {
        for (TokenLocations.Found found : verifier.locations().find(passage.request(), target)) {
          status = verify(found);
          if (status != JwtStatus.OK) {
            return status;
          }
        }
      }
      return status;
    }

    private JwtStatus verify(TokenLocations.Found found) {
      Jwt.Parsed token = parse(found);
      Jwt jwt = token.jwt();
      if (jwt == null) {
        return token.status();
      }
      for (TokenVerifier verifier : verifiers.values()) {
        if (verifier.isFrom(jwt)
            && verifier.locations().find(passage.request(), target).contains(found)) {
          JwtStatus status = verifier.verify(jwt, List.of());
          if (status == JwtStatus.OK) {
            verifier.accept(passage, jwt, found);
          }
          return status;
        }
      }
      return JwtStatus.UNKNOWN_ISSUER;
    }

    private Jwt.Parsed parse(TokenLocations.Found found) {
      return parsed.computeIfAbsent(found.token(), Jwt::parse);
    }
  }
}
