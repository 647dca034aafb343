package io.librarymesh.controlplane.translate;

import com.google.re2j.Pattern;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatcher;
import io.librarymesh.proto.envoy.type.matcher.v3.StringMatcher;

/**
 * Values of policies as matchers: {@code abc} as it is, {@code abc*} what begins so, {@code *abc}
 * what ends so, {@code *} anything but nothing. Source: Istio {@code
 * pilot/pkg/security/authz/matcher/string.go}.
 */
final class TextPatterns {
  private static final String SCHEME = "spiffe://";

  private TextPatterns() {}

  static StringMatcher of(String value) {
    return of(value, false);
  }

  static StringMatcher ofAnyCase(String value) {
    return of(value, true);
  }

  private static StringMatcher of(String value, boolean ignoreCase) {
    if (value.equals("*")) {
      return regex(".+");
    }
    StringMatcher.Builder matcher = StringMatcher.newBuilder().setIgnoreCase(ignoreCase);
    if (value.startsWith("*")) {
      return matcher.setSuffix(value.substring(1)).build();
    } else if (value.endsWith("*")) {
      return matcher.setPrefix(value.substring(0, value.length() - 1)).build();
    }
    return matcher.setExact(value).build();
  }

  static StringMatcher exact(String value) {
    return StringMatcher.newBuilder().setExact(value).build();
  }

  /** What begins as the value does before the star at its end. */
  static StringMatcher prefix(String value) {
    return value.equals("*")
        ? of(value)
        : StringMatcher.newBuilder().setPrefix(value.substring(0, value.length() - 1)).build();
  }

  static StringMatcher regex(String regex) {
    return StringMatcher.newBuilder()
        .setSafeRegex(RegexMatcher.newBuilder().setRegex(regex))
        .build();
  }

  /** An identity without its scheme. */
  static StringMatcher principal(String value) {
    if (value.equals("*")) {
      return regex(".+");
    } else if (value.startsWith("*")) {
      return regex(SCHEME + ".*" + Pattern.quote(value.substring(1)));
    }
    return of(SCHEME + value);
  }

  /** Identities of a namespace, in which each star stands for anything but a slash. */
  static StringMatcher namespace(String value) {
    return regex(SCHEME + "[^/]+/ns/" + glob(value) + "/.*");
  }

  /** Identities of a trust domain, in which a star stands for anything but a slash. */
  static StringMatcher trustDomain(String value) {
    return value.indexOf('*') < 0 ? of(SCHEME + value + "/*") : regex(SCHEME + glob(value) + "/.*");
  }

  /** Identities of {@code NAMESPACE/ACCOUNT}, which may say more in pairs of segments. */
  static StringMatcher account(String value, String policyNamespace) {
    int slash = value.indexOf('/');
    String namespace = slash < 0 ? policyNamespace : value.substring(0, slash);
    return regex(
        SCHEME
            + "[^/]+/ns/"
            + Pattern.quote(namespace)
            + "/(?:[^/]+/[^/]+/)*sa/"
            + Pattern.quote(value.substring(slash + 1))
            + "(?:/[^/]+/[^/]+)*");
  }

  private static String glob(String value) {
    if (value.equals("*")) {
      return "[^/]+";
    }
    StringBuilder regex = new StringBuilder();
    int at = 0;
    for (int star = value.indexOf('*'); star >= 0; star = value.indexOf('*', at)) {
      regex.append(Pattern.quote(value.substring(at, star))).append("[^/]*");
      at = star + 1;
    }
    return regex.append(Pattern.quote(value.substring(at))).toString();
  }
}
