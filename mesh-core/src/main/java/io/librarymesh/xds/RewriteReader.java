package io.librarymesh.xds;

import io.librarymesh.config.HostRewrite;
import io.librarymesh.config.PathRewrite;
import io.librarymesh.config.RequestRewrite;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction;
import java.util.ArrayList;
import java.util.List;

/** Reads how a route changes path and authority. Source: Envoy {@code route.v3.RouteAction}. */
final class RewriteReader {
  private RewriteReader() {}

  static RequestRewrite read(RouteAction action, FieldPath at, Findings findings) {
    return new RequestRewrite(
        path(action, at, findings), host(action, at, findings), action.getAppendXForwardedHost());
  }

  private static PathRewrite path(RouteAction action, FieldPath at, Findings findings) {
    List<String> set = new ArrayList<>();
    if (!action.getPrefixRewrite().isEmpty()) {
      set.add("prefix_rewrite");
    }
    if (action.hasRegexRewrite()) {
      set.add("regex_rewrite");
    }
    if (action.hasPathRewritePolicy()) {
      set.add("path_rewrite_policy");
    }
    if (set.size() > 1) {
      findings.error(at, String.join(" and ", set) + " (expected: one of them)");
    } else if (action.hasPathRewritePolicy()) {
      findings.error(
          at.field("path_rewrite_policy"),
          AnyReader.typeName(action.getPathRewritePolicy().getTypedConfig())
              + " (expected: prefix_rewrite or regex_rewrite)");
    }
    if (action.hasRegexRewrite()) {
      return RegexReader.rewrite(action.getRegexRewrite(), at.field("regex_rewrite"), findings);
    }
    return action.getPrefixRewrite().isEmpty()
        ? PathRewrite.NONE
        : new PathRewrite.Prefix(action.getPrefixRewrite());
  }

  private static HostRewrite host(RouteAction action, FieldPath at, Findings findings) {
    return switch (action.getHostRewriteSpecifierCase()) {
      case HOST_REWRITE_LITERAL ->
          action.getHostRewriteLiteral().isEmpty()
              ? HostRewrite.NONE
              : new HostRewrite.Literal(action.getHostRewriteLiteral());
      case HOST_REWRITE_HEADER ->
          action.getHostRewriteHeader().isEmpty()
              ? HostRewrite.NONE
              : new HostRewrite.Header(action.getHostRewriteHeader());
      case HOST_REWRITE_PATH_REGEX ->
          new HostRewrite.PathRegex(
              RegexReader.rewrite(
                  action.getHostRewritePathRegex(), at.field("host_rewrite_path_regex"), findings));
      case AUTO_HOST_REWRITE ->
          action.getAutoHostRewrite().getValue() ? new HostRewrite.Endpoint() : HostRewrite.NONE;
      case HOSTREWRITESPECIFIER_NOT_SET -> HostRewrite.NONE;
    };
  }
}
