package io.librarymesh.route;

import io.librarymesh.config.HashPolicy;
import io.librarymesh.config.HashPolicy.GeneratedCookie;
import io.librarymesh.config.RegexRewrite;
import io.librarymesh.random.Draw;
import io.librarymesh.random.RandomSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The compiled hash policies of a route. Hashes are xxHash64 with seed 0; one that comes after
 * another is combined with it: the one before is turned by one bit to the left, so that two equal
 * ones do not cancel each other out. Source: Envoy {@code HashPolicyImpl}.
 */
final class HashPlan {
  private final HashPolicy[] policies;
  private final @Nullable RequestField[] headers;
  private final @Nullable RegexSubstitution[] rewrites;

  private HashPlan(
      List<HashPolicy> policies,
      @Nullable RequestField[] headers,
      @Nullable RegexSubstitution[] rewrites) {
    this.policies = policies.toArray(HashPolicy[]::new);
    this.headers = headers;
    this.rewrites = rewrites;
  }

  /**
   * Compiles the policies of a route.
   *
   * @throws IllegalArgumentException when the rewrite of a header is not well-formed
   */
  static HashPlan compile(List<HashPolicy> policies) {
    @Nullable RequestField[] headers = new RequestField[policies.size()];
    @Nullable RegexSubstitution[] rewrites = new RegexSubstitution[policies.size()];
    for (int i = 0; i < headers.length; i++) {
      if (policies.get(i) instanceof HashPolicy.Header header) {
        headers[i] = RequestField.of(header.name());
        RegexRewrite rewrite = header.rewrite();
        rewrites[i] =
            rewrite.equals(RegexRewrite.NONE)
                ? null
                : RegexSubstitution.compile(rewrite.pattern(), rewrite.substitution());
      }
    }
    return new HashPlan(policies, headers, rewrites);
  }

  /**
   * The hash of a request.
   *
   * @param source what {@link HashPolicy.Source} hashes; empty when it is not known
   * @return null when no policy finds anything
   */
  @Nullable RequestHash hash(RequestHead head, String source, RandomSource random) {
    List<String> cookies = List.of();
    boolean found = false;
    long hash = 0;
    for (int i = 0; i < policies.length && !(found && i > 0 && policies[i - 1].terminal()); i++) {
      String text = text(i, head, source);
      if (text == null && policies[i] instanceof GeneratedCookie cookie) {
        text = HexFormat.of().toHexDigits(random.nextLong(Draw.HASH_COOKIE));
        cookies =
            with(
                cookies,
                CookieText.give(
                    cookie.name(),
                    text,
                    cookie.maxAgeSeconds(),
                    cookie.path(),
                    cookie.attributes()));
      }
      if (text != null) {
        hash = Long.rotateLeft(hash, 1) ^ XxHash64.hash(text);
        found = true;
      }
    }
    return found ? new RequestHash(hash, cookies) : null;
  }

  /** What is looked at to hash a request, in order. */
  List<HashExplanation> explain(RequestHead head, String source) {
    List<HashExplanation> looked = new ArrayList<>();
    boolean found = false;
    for (int i = 0; i < policies.length && !(found && i > 0 && policies[i - 1].terminal()); i++) {
      boolean has = text(i, head, source) != null;
      looked.add(new HashExplanation(policies[i], has));
      found |= has || policies[i] instanceof GeneratedCookie;
    }
    return looked;
  }

  private @Nullable String text(int index, RequestHead head, String source) {
    RequestField header = headers[index];
    if (header != null) {
      return lines(header.lines(head), rewrites[index]);
    }
    HashPolicy policy = policies[index];
    if (policy instanceof HashPolicy.Cookie cookie) {
      return CookieText.value(head, cookie.name());
    } else if (policy instanceof GeneratedCookie cookie) {
      return CookieText.value(head, cookie.name());
    } else if (policy instanceof HashPolicy.QueryParameter parameter) {
      return RequestPath.queryParameter(head.path(), parameter.name());
    }
    return source.isEmpty() ? null : source;
  }

  private static @Nullable String lines(List<String> lines, @Nullable RegexSubstitution rewrite) {
    if (lines.isEmpty()) {
      return null;
    }
    String[] sorted = lines.toArray(String[]::new);
    for (int i = 0; rewrite != null && i < sorted.length; i++) {
      sorted[i] = rewrite.replaceAll(sorted[i]);
    }
    Arrays.sort(sorted);
    return String.join("", sorted);
  }

  private static List<String> with(List<String> cookies, String cookie) {
    List<String> longer = new ArrayList<>(cookies);
    longer.add(cookie);
    return longer;
  }
}
