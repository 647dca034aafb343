package io.librarymesh.controlplane.translate;

import com.google.re2j.Pattern;
import io.librarymesh.proto.envoy.config.route.v3.RedirectAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import io.librarymesh.proto.envoy.config.route.v3.RouteMatch;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.librarymesh.proto.envoy.type.matcher.v3.RegexMatcher;
import java.util.Optional;

/**
 * Replaces the prefix of a path by whole segments, as the Gateway API has it: {@code /foo/bar} with
 * {@code /foo} replaced by {@code /} is {@code /bar}, not {@code //bar}.
 */
final class GatewayPaths {
  private static final String ROOT = "/";

  private GatewayPaths() {}

  static void rewrite(RouteAction.Builder action, String replacement, RouteMatch match) {
    regex(replacement, match)
        .ifPresentOrElse(
            action::setRegexRewrite,
            () -> prefix(replacement, match).ifPresent(action::setPrefixRewrite));
  }

  static void redirect(RedirectAction.Builder action, String replacement, RouteMatch match) {
    regex(replacement, match)
        .ifPresentOrElse(
            action::setRegexRewrite,
            () -> prefix(replacement, match).ifPresent(action::setPrefixRewrite));
  }

  /** A prefix that goes away takes the slash behind it along, and leaves one if nothing is left. */
  private static Optional<RegexMatchAndSubstitute> regex(String replacement, RouteMatch match) {
    String matched = match.getPathSeparatedPrefix();
    if (matched.isEmpty() || !replacement.equals(ROOT)) {
      return Optional.empty();
    }
    String pattern = "^" + Pattern.quote(matched) + "(/?)(.*)";
    return Optional.of(
        RegexMatchAndSubstitute.newBuilder()
            .setPattern(RegexMatcher.newBuilder().setRegex(pattern))
            .setSubstitution("/\\2")
            .build());
  }

  /** The root that is matched is the slash before the rest, which the rest needs. */
  private static Optional<String> prefix(String replacement, RouteMatch match) {
    if (!match.getPathSeparatedPrefix().isEmpty()) {
      return Optional.of(replacement);
    }
    return replacement.equals(ROOT) ? Optional.empty() : Optional.of(replacement + ROOT);
  }
}
